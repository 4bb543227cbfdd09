"""What was erased after a backup was made does not come back with it for good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .backups import backed_up, fill, with_keys_of
from .conftest import Installation


def test_a_restore_erases_again_what_the_list_kept_elsewhere_tells_of(
    make_installation: Callable[..., Installation], tmp_path: Path
) -> None:
    house = make_installation()
    fill(house, tmp_path / "seized")
    backup = backed_up(house, tmp_path / "backups")
    named = ("--case", "DK-4711", "--exhibit", "exhibit-seven")
    house.run("exhibit", "withdraw", *named, "--ground", "ordered", "--yes", officer="anna")
    listed = tmp_path / "erasures"
    listed.write_text(house.run("ledger", "erasures").stdout)
    fresh = with_keys_of(house, make_installation)
    [told] = fresh.json("restore", "--from", backup, "--erasures", listed)
    again = told["erasures"]
    assert (again["done_again"], again["known"], again["absent"], again["other_content"]) == (1, 0, 0, 0)
    assert fresh.json("ledger", "verify")[0]["ledger_ok"]
    fresh.sign_in("anna")
    fresh.sign_in("ben")
    assert fresh.json("items", "--case", "DK-4711", officer="anna") == []
    [overlap] = fresh.json("overlaps", officer="ben")
    assert overlap["ended"]
    # Without the list a restore says plainly that it cannot know.
    other = with_keys_of(house, make_installation)
    assert "what was erased after this backup was made is back" in " ".join(
        other.run("restore", "--from", backup).stdout.split()
    )

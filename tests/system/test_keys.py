"""Keys as an operator handles them: what is written down is what was done, and the newest key signs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .conftest import Installation


def test_after_a_rotation_the_newest_key_signs_at_once(two_agencies: Installation) -> None:
    with two_agencies.copied() as house:
        before = _root(house)
        house.run("keys", "rotate")
        after = _root(house)
        assert after["size"] > before["size"]
        assert after["key_id"] != before["key_id"]


def test_an_export_that_is_refused_is_not_written_down(two_agencies: Installation, tmp_path: Path) -> None:
    with two_agencies.copied() as house:
        before = _root(house)
        house.run("keys", "export", tmp_path, lines=("short", "short", "shorter", "shorter"), status=2)
        after = _root(house)
        assert after["size"] == before["size"]


def _root(house: Installation) -> dict[str, Any]:
    return json.loads(house.run("ledger", "root").stdout)

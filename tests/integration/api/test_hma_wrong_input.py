"""What a client of HMA may get wrong: it is told so, nothing is half done, and no fault of the program is met."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from .test_hma_door import HmaClient, anna, fingerprint, hma, lanes, name_of_bank, opened

__all__ = ["anna", "hma", "lanes"]

EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def test_the_empty_file_never_enters(hma: HmaClient) -> None:
    name = opened(hma)
    for kind in ("md5", "video_md5"):
        assert "no bytes" in hma.ask("POST", f"c/bank/{name}/signal", {kind: EMPTY_MD5}, status=400)["message"]
    assert hma.fast("m/lookup", f"signal={EMPTY_MD5}&signal_type=md5") == {}


def test_two_digests_of_one_kind_are_not_taken_for_one_content(hma: HmaClient) -> None:
    name, one, other = opened(hma), secrets.token_hex(16), secrets.token_hex(16)
    assert hma.ask("POST", f"c/bank/{name}/signal", {"md5": one, "video_md5": other}, status=400)["message"]
    assert hma.ask("POST", f"c/bank/{name}/signal", {"md5": one, "video_md5": one.upper()})["id"]


@pytest.mark.parametrize("wrong", [{"name": "small letters"}, {"name": None}, {"enabled_ratio": "much"}])
def test_a_change_of_which_a_part_is_wrong_changes_nothing(hma: HmaClient, wrong: dict[str, Any]) -> None:
    name = opened(hma)
    before = hma.ask("GET", f"c/bank/{name}")
    assert hma.ask("PUT", f"c/bank/{name}", {"enabled": False, "name": name_of_bank(), **wrong}, status=400)
    assert hma.ask("GET", f"c/bank/{name}") == before
    taken = opened(hma)
    assert hma.ask("PUT", f"c/bank/{name}", {"enabled": False, "name": taken}, status=403)
    assert hma.ask("GET", f"c/bank/{name}") == before


@pytest.mark.parametrize("until", [253402300800, 2**41, 2**63, 10**30])
def test_a_time_that_no_calendar_has_is_refused(hma: HmaClient, until: int) -> None:
    name = opened(hma)
    content = hma.ask("POST", f"c/bank/{name}/signal", {"pdq": fingerprint().hex()})["id"]
    told = hma.ask("PUT", f"c/bank/{name}/content/{content}", {"disable_until_ts": until}, status=400)
    assert "5 years" in told["message"]


def test_a_ratio_of_any_length_is_read_or_refused(hma: HmaClient) -> None:
    for ratio in (10**400, "1e400", "nan", -1, True):
        body = {"name": name_of_bank(), "enabled_ratio": ratio}
        hma.ask("POST", "c/banks", body, status=201 if ratio is True else 400)


@pytest.mark.parametrize(
    "metadata", [{"content_id": "\0"}, {"content_id": "\ud800"}, {"json": {"\0": 1}}, {"json": ["a", {"b": "\0"}]}]
)
def test_metadata_with_what_is_no_character_are_refused(hma: HmaClient, metadata: dict[str, Any]) -> None:
    name = opened(hma)
    body = {"pdq": fingerprint().hex(), "metadata": metadata}
    assert "character" in hma.ask("POST", f"c/bank/{name}/signal", body, status=400)["message"]
    assert hma.ask("POST", f"c/bank/{name}/signal", {**body, "metadata": {"content_id": "\\u0000"}})["id"]


def test_an_address_that_names_thousands_of_things_is_refused(hma: HmaClient) -> None:
    query = "&".join(f"a{number}=1" for number in range(2000))
    told = hma.lanes.send("GET", "/hma/m/lookup", key=hma.key, query=query, kind="")
    assert (told.status, bool(told.json["message"])) == (400, True)
    assert hma.send("GET", f"c/banks?{query}").status_code == 400

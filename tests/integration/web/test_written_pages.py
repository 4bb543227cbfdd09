"""What pages write: names that fit, times that say whose they are, and the ledger in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from tsunagu.web.ledger_lines import NAMES, line_of

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from .test_languages import PAGES, Read, in_japanese
from .visitors import Visitor

Visitors = Callable[[], Visitor]
UTC_IN_JAPANESE = "時刻は協定世界時（UTC）です。"  # noqa: RUF001 - as Japanese is written
ISO = re.compile(r"\d{4}-\d\d-\d\d(T|\b)")
OFFICER = "11111111-1111-4111-8111-111111111111"
ENTRY = {"entry": "0123456789abcdef", "at": "2026-03-01T10:20:30.123456+00:00", "act": "officer:left"}


def test_the_name_of_a_key_is_not_called_like_the_name_of_a_person(visitor: Visitors, web_scene: Scene) -> None:
    one = in_japanese(visitor()).sits_down_as(web_scene.people["anna"])
    page = one.get("/keys/").content.decode()
    assert "キー名" in page
    assert "氏名" not in page


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_every_page_says_whose_time_it_tells_and_writes_it_in_one_form(
    visitor: Visitors, web_scene: Scene, who: str, path: str
) -> None:
    for one, told in ((visitor(), "Times are UTC."), (in_japanese(visitor()), UTC_IN_JAPANESE)):
        answer = one.sits_down_as(web_scene.people[who]).get(path.format(**web_scene.targets))
        assert answer.content.decode().count(told) == 1
        written = {found[0] for text in Read(answer.content.decode()).texts for found in ISO.finditer(text)}
        assert {one for one in written if "T" in one or not told.isascii()} == set()


def test_the_ledger_names_officers_by_their_logins_and_facts_by_words(visitor: Visitors, web_scene: Scene) -> None:
    one = visitor().sits_down_as(web_scene.people["audra"])
    page = unescape(one.get("/ledger/").content.decode())
    for name in ("anna", "adam"):
        person = web_scene.people[name]
        assert f'<td title="{person.actor.officer_id}">{person.login}</td>' in page
    assert "merkle_root=" not in page
    assert "Merkle root" in page
    ids = {str(person.actor.officer_id)[:8] for person in web_scene.people.values()}
    assert not {one for one in ids if f">{one}<" in page}


def test_every_fact_of_the_scenes_ledger_has_a_name_on_the_page(visitor: Visitors, web_scene: Scene) -> None:
    page = in_japanese(visitor()).sits_down_as(web_scene.people["audra"]).get("/ledger/").content.decode()
    names = set(re.findall(r'class="fact">(.*?) <', page))
    assert len(names) > 9
    assert {one for one in names if one.isascii()} == set()


def test_a_line_of_the_ledger_shows_logins_within_its_facts_and_of_a_long_root_its_beginning() -> None:
    root = "ab" * 32
    entry = ENTRY | {"officer": OFFICER, "details": {"left": OFFICER, "merkle_root": root, "unheard": 7}}
    line = line_of(entry, {OFFICER: "anna"})
    assert (line.officer, line.officer_id, line.at.hour, line.purpose) == ("anna", OFFICER, 10, "")
    assert [(one.shown, one.whole) for one in line.facts] == [
        ("anna", OFFICER), (f"{root[:16]}…", root), ("7", "7"),
    ]  # fmt: skip
    assert [one.name for one in line.facts] == [NAMES["left"], NAMES["merkle_root"], "unheard"]


def test_a_line_of_the_ledger_shows_ids_and_days_with_their_hyphens() -> None:
    line = line_of(ENTRY | {"details": {"case": OFFICER, "until": "2031-11-27"}}, {})
    assert [one.shown for one in line.facts] == [OFFICER, "2031-11-27"]


def test_a_line_of_the_ledger_keeps_the_id_of_whom_no_login_is_known_and_names_no_officer_for_the_machine() -> None:
    assert line_of(ENTRY | {"officer": OFFICER}, {}).officer == OFFICER
    assert line_of(ENTRY, {OFFICER: "anna"}).officer == ""

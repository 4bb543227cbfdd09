"""The page of the law: the rules by which an agency goes, and which of them apply to a deed on its day."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

import pytest

from tsunagu.law.shipped import shipped_rules

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor

POSSESSION = "JP:possession_own_interest"


def asked(visitor: Callable[[], Visitor], scene: Scene, who: str = "ben", *, language: str = "en", **typed: str) -> str:
    seated = visitor().sits_down_as(scene.people[who])
    seated.post("/language/", language=language)
    answer = seated.get("/law/", **typed)
    assert answer.status_code == 200
    return unescape(" ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split()))


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2014-07-14", "not in force yet"),
        ("2014-07-15", "in force, and not punishable"),
        ("2015-07-14", "in force, and not punishable"),
        ("2015-07-15", "in force, and punishable"),
    ],
)
def test_possession_is_answered_by_the_day_of_the_act(
    visitor: Callable[[], Visitor], common_scene: Scene, day: str, told: str
) -> None:
    answer = asked(visitor, common_scene, deed=POSSESSION, on=day).partition("Which rules apply?")[2]
    answer = answer.partition("What no rule here covers")[0]
    assert f"Art. 7(1) {told}" in answer
    assert "unreviewed: nothing rests on it" in answer
    assert ("held or stored on the date of the act itself" in answer) is (day >= "2014-07-15")


def test_whoever_has_all_rules_shown_keeps_his_question(visitor: Callable[[], Visitor], common_scene: Scene) -> None:
    seated = visitor().sits_down_as(common_scene.people["ben"])
    page = unescape(seated.get("/law/", deed=POSSESSION, on="2014-07-15").content.decode())
    [kept] = re.findall(r'href="(\?[^"]*all=1[^"]*)"', page)
    assert kept == f"?{urlencode({'deed': POSSESSION, 'on': '2014-07-15', 'all': 1})}#rules"


def test_each_rule_is_listed_with_its_days_its_review_and_its_source(
    visitor: Callable[[], Visitor], common_scene: Scene
) -> None:
    every, today = asked(visitor, common_scene, all="1"), asked(visitor, common_scene)
    rules = shipped_rules().rules
    assert all(f"{one.rule_id} {one.version}" in every and one.source in every for one in rules)
    assert re.search("2014-07-15 . 2015-07-15 unreviewed", every)
    assert "EU-01 1" in every
    assert "EU-01 1" not in today, "it has lapsed"
    hers = asked(visitor, common_scene, "anna", all="1")
    assert "Rule set: agency" in hers, "she is told the set that her agency has adopted"
    assert "No lawyer has reviewed these rules" in every
    assert "No lawyer has reviewed these rules" not in hers


def test_what_cannot_be_asked_is_said_beside_the_form(visitor: Callable[[], Visitor], common_scene: Scene) -> None:
    for typed, told in (
        ({"deed": "JP:reporting", "on": "2020-01-01"}, "There is no such choice."),
        ({"deed": POSSESSION}, "The law is asked about the day of an act."),
        ({"deed": POSSESSION, "on": "2020-01-01", "decided": "2019-01-01"}, "Nothing is decided before the act."),
    ):
        assert told in asked(visitor, common_scene, **typed)


def test_the_page_speaks_japanese(visitor: Callable[[], Visitor], common_scene: Scene) -> None:
    text = asked(visitor, common_scene, language="ja", deed=POSSESSION, on="2015-07-15", decided="2015-07-15")
    assert "第7条第1項 施行済み・罰則適用 未確認" in text
    assert "行為日に現に所持し、又は保管していたこと" in text


def test_of_an_act_that_is_yet_to_come_it_is_said_that_its_day_stands_for_that_of_the_decision(
    visitor: Callable[[], Visitor], common_scene: Scene
) -> None:
    told = "its day stands for that of the decision"
    to_come = asked(visitor, common_scene, deed=POSSESSION, on="2999-01-01")
    assert "Decided on 2999-01-01." in to_come
    assert told in to_come
    past = asked(visitor, common_scene, deed=POSSESSION, on="2020-01-01", decided="2020-02-01")
    assert "Decided on 2020-02-01." in past
    assert told not in past


def test_of_all_rules_it_is_said_how_many_a_lawyer_has_reviewed(
    visitor: Callable[[], Visitor], common_scene: Scene
) -> None:
    page = visitor().sits_down_as(common_scene.people["anna"]).get("/law/", all="1").content.decode()
    assert re.search(r"A lawyer has reviewed \d+ of \d+ rules[.]", page)
    assert "Of the rules below a lawyer has reviewed 0 of 1." in asked(
        visitor, common_scene, deed=POSSESSION, on="2020-01-01"
    )


def test_a_japanese_page_tells_the_shipped_rules_in_japanese(
    visitor: Callable[[], Visitor], common_scene: Scene
) -> None:
    ben = visitor().sits_down_as(common_scene.people["ben"])
    ben.post("/language/", language="ja")
    page = ben.get("/law/", all="1").content.decode()
    left = re.findall(r'<span lang="en">([^<]*)</span>', page[page.index('id="rules"') :])
    assert [unescape(one) for one in left] == ["Trust & Safety Professional Association"]

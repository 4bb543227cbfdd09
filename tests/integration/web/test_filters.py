"""A list that is asked for what it does not know is shown whole, and says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from .test_languages import in_japanese, left_in_english
from .visitors import Visitor

Visitors = Callable[[], Visitor]
NO_CHOICE = "There is no such choice. All are shown."
NO_DAY = "A day is written as year, month and day, such as 2026-03-01. All are shown."
WRONG = [
    ("/overlaps/", {"state": "zz"}, NO_CHOICE),
    ("/overlaps/", {"strength": "zz"}, NO_CHOICE),
    ("/overlaps/", {"answered": "zz"}, NO_CHOICE),
    ("/overlaps/", {"since": "yesterday"}, NO_DAY),
    ("/overlaps/", {"text": "x" * 300}, "A reference is 1 to 200 printable characters."),
    ("/overlaps/", {"after": "zz"}, "No notice is named so. All are shown."),
    ("/notices/", {"after": "zz"}, "No notice is named so. All are shown."),
    ("/cases/", {"state": "zz"}, NO_CHOICE),
    ("/cases/", {"until": "2026-02-30"}, NO_DAY),
    ("/cases/", {"text": "x" * 300}, "A reference is 1 to 200 printable characters."),
]


@pytest.mark.parametrize(("path", "asked", "told"), WRONG)
def test_an_unknown_filter_shows_the_whole_list_with_a_message(
    path: str, asked: dict[str, str], told: str, visitor: Visitors, common_scene: Scene
) -> None:
    one = visitor().sits_down_as(common_scene.people["anna"])
    whole, answer = one.get(path).content.decode(), one.get(path, **asked)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert told in page
    assert page.count("<tr>") == whole.count("<tr>") > 1
    assert "All are shown" not in whole
    assert left_in_english(in_japanese(one).get(path, **asked)) == set()


def test_hits_that_are_not_shown_yet_are_not_said_to_be_none(visitor: Visitors, common_scene: Scene) -> None:
    one = visitor().sits_down_as(common_scene.people["anna"])
    page = one.get(f"/overlaps/{common_scene.targets['held']}/").content.decode()
    assert 'Hits <span class="count">not shown</span>' in page
    shared = one.get(f"/overlaps/{common_scene.targets['shared']}/").content.decode()
    assert 'Hits <span class="count">1</span>' in shared

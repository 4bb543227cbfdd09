"""Nothing is cut without a word: a field that holds too much is refused by its own message."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tsunagu.services.access import MOST_REFERENCE

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from .test_languages import in_japanese
from .visitors import Visitor

Visitors = Callable[[], Visitor]
FORMS = [
    ("anna", "/cases/", {"text", "reference"}),
    ("anna", "/cases/{shared case}/", {"login"}),
    ("anna", "/cases/{shared case}/intake/", {"exhibit"}),
    ("anna", "/overlaps/", {"text", "agency"}),
    ("anna", "/banks/", {"name"}),
    ("anna", "/keys/", {"name"}),
    ("adam", "/officers/", {"login", "name"}),
    ("adam", "/permissions/", {"login"}),
    ("audra", "/ledger/", {"case"}),
]
INPUT = re.compile(r"<input[^>]*>")


@pytest.mark.parametrize(("who", "path", "fields"), FORMS)
def test_a_field_of_a_name_says_how_long_it_may_be_and_cuts_nothing(
    who: str, path: str, fields: set[str], visitor: Visitors, common_scene: Scene
) -> None:
    for one, told in ((visitor(), "1 to 200 characters"), (in_japanese(visitor()), "1〜200文字")):
        page = one.sits_down_as(common_scene.people[who]).get(path.format(**common_scene.targets)).content.decode()
        found = {name[1]: it for it in INPUT.findall(page) if (name := re.search(r'name="(\w+)"', it))}
        for field in fields:
            assert "maxlength" not in found[field]
            assert f'pattern=".{{1,{MOST_REFERENCE}}}" title="{told}"' in found[field]


def test_a_reference_that_is_too_long_is_refused_whole(visitor: Visitors, common_scene: Scene) -> None:
    one = visitor().sits_down_as(common_scene.people["anna"])
    answer = one.post("/cases/", reference="x" * (MOST_REFERENCE + 1), purpose="investigation")
    assert answer.status_code == 422
    assert f"A reference is 1 to {MOST_REFERENCE} printable characters." in answer.content.decode()
    assert "x" * 50 not in one.get("/cases/").content.decode()

"""Nothing is typed twice: a form that is refused is shown again with what was typed in it, and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..reported import a_report, entered  # noqa: TID252 - tests are no package with a name
from ..scene import Scene  # noqa: TID252 - likewise
from .visitors import Visitor

Visitors = Callable[[], Visitor]
CLUE: dict[str, Any] = {
    "item": "1", "kind": "sound", "text": "a bell & a tram", "bearing": "supports", "countries": "SE NO",
    "support": "strong", "places": "", "left": "10", "top": "20", "width": "", "height": "",
    "from_s": "1.5", "to_s": "3",
}  # fmt: skip
CLUE_KEPT = (
    'value="1"', '<option value="sound" selected>', ">a bell &amp; a tram</textarea>",
    '<option value="supports" selected>', 'value="SE NO"', '<option value="strong" selected>', 'value="10"',
    'value="20"', 'value="1.5"', 'value="3"',
)  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "status", "told"),
    [
        ({}, 422, "A region has four numbers in percent"),
        ({"left": "", "top": "", "item": "999999"}, 404, "No such item."),
    ],
)
def test_the_form_of_a_clue_keeps_what_was_typed(
    common_scene: Scene, visitor: Visitors, wrong: dict[str, str], status: int, told: str
) -> None:
    case = common_scene.targets["case"]
    answer = visitor().sits_down_as(common_scene.people["anna"]).post(f"/cases/{case}/clues/", **CLUE | wrong)
    page = answer.content.decode()
    assert answer.status_code == status
    assert told in page.partition('id="enter"')[2]
    kept = [one for one in CLUE_KEPT if one not in page]
    assert kept == ['value="1"', 'value="10"', 'value="20"'][: 3 * bool(wrong)]


def test_the_form_of_a_report_keeps_what_was_typed_also_where_its_reference_was_used_before(
    common_scene: Scene, visitor: Visitors
) -> None:
    anna = common_scene.people["anna"]
    before = a_report()
    entered(common_scene.world, anna, before)
    typed = {
        "source_kind": before.source_kind.value, "source": before.source, "source_reference": before.source_reference,
        "text": "another text", "language": "ja", "grading": "B2", "imminent": "yes",
        "kind": ["chat", "e-mail"], "value": ["", "a@example.org"], "platform": ["", "a service"],
        "type": ["md5", "sha1"], "what": ["", "ab" * 20],
    }  # fmt: skip
    seat = visitor().sits_down_as(anna)
    for wrong, status in (({}, 409), ({"what": ["", "xyz"], "source_reference": "another one"}, 422)):
        answer = seat.post("/reports/new/", **typed | wrong)
        page = answer.content.decode()
        assert answer.status_code == status
        assert 'role="alert"' in page
        for kept in (
            f'<option value="{before.source_kind.value}" selected>', f'value="{before.source}"',
            ">another text</textarea>",
            'value="ja"', 'value="B2"', 'value="yes" checked', '<option value="e-mail" selected>',
            'value="a@example.org"', 'value="a service"', '<option value="sha1" selected>',
            'value="xyz"' if wrong else f'value="{"ab" * 20}"',
        ):  # fmt: skip
            assert kept in page

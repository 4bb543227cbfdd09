"""Comparisons in the browser: asked on the page of a series or a case, answered in words, noted and withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest

from tsunagu.domain.comparison import LONGEST_COMPARISON
from tsunagu.records.models import ComparisonHitRow, ComparisonRow
from tsunagu.records.session import acting_for
from tsunagu.web.pages import comparisons

from ..compared import compare, series_to_compare  # noqa: TID252 - tests are no package with a name
from ..scene import OVERSEES, WORKS  # noqa: TID252 - likewise
from ..world import Person, World, now  # noqa: TID252 - likewise
from .visitors import Visitor

pytestmark = pytest.mark.usefixtures("no_session_is_prolonged")

HOME = "Comparisons at other installations with a hit to be acknowledged"
NEW, ACKNOWLEDGED = '<span class="tag new">new</span>', "acknowledged here"
SEE_OTHER, UNFIT = 302, 422


@dataclass
class Asker:
    """A co-ordinator whose case is compared at another installation, with a hit there."""

    world: World
    person: Person
    visitor: Visitor
    named: dict[str, str]

    def text(self, path: str = "/comparisons/") -> str:
        """Return a page."""
        return unescape(self.visitor.get(path).content.decode())

    def change(self, **fields: object) -> None:
        """Let something have become of what was asked."""
        with acting_for(self.person.actor.agency_id):
            assert ComparisonRow.objects.filter(id=self.named["comparison"]).update(**fields) == 1


@pytest.fixture
def asker(world: World) -> Asker:
    anna, _ = world.found(WORKS, OVERSEES)
    named, _ = compare(world, anna)
    return Asker(world, anna, Visitor(world).sits_down_as(anna), named)


def test_a_hit_waits_on_home_until_it_is_acknowledged_and_what_is_withdrawn_says_so(asker: Asker) -> None:
    page, one = asker.text(), asker.named["comparison"]
    assert f"{asker.named['there']} (FR) holds some of the same." in page
    assert ("Talk to: a desk" in page, NEW in page, ACKNOWLEDGED in page) == (True, True, False)
    assert HOME in asker.text("/")
    answer = asker.visitor.post(f"/comparisons/{one}/acknowledge/")
    assert (answer.status_code, answer["Location"]) == (SEE_OTHER, f"/comparisons/#comparison-{one}")
    page = asker.text()
    assert (NEW in page, ACKNOWLEDGED in page, HOME in asker.text("/")) == (False, True, False)
    assert asker.visitor.post(f"/comparisons/{one}/withdraw/").status_code == SEE_OTHER
    page = asker.text()
    assert "has not come back yet" in page
    assert f"/comparisons/{one}/withdraw/" not in page  # nothing is left to withdraw
    asker.change(erased_at=now())
    assert "erased there" in asker.text()


def test_that_there_is_no_hit_is_said_only_once_everything_was_compared(asker: Asker) -> None:
    with acting_for(asker.person.actor.agency_id):
        ComparisonHitRow.objects.filter(comparison_id=asker.named["comparison"]).update(ended=True)
    page = asker.text()
    assert "no longer holds the same, or you do not" in page
    assert "is known to hold the same" not in page
    asked = {"to": asker.named["beyond"], "reason": "they know the room"}
    path = f"/cases/{asker.named['comparable']}/comparisons/"
    assert "No other installation was asked about it." in asker.text(path)
    assert asker.visitor.post(path, **asked).status_code == SEE_OTHER
    assert "Not everything has been compared there yet." in asker.text(path)
    with acting_for(asker.person.actor.agency_id):
        ComparisonRow.objects.filter(answered_at=None).exclude(id=asker.named["comparison"]).update(answered_at=now())
    page = asker.text(path)
    assert "nobody there is known to hold the same" in page
    assert "they know the room" in page
    assert asker.named["comparison"] not in page  # that is of another case


def test_those_that_wait_come_first_a_page_at_a_time(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "ROWS_A_PAGE", 1)
    path = f"/cases/{asker.named['comparable']}/comparisons/"
    asker.visitor.post(path, to=asker.named["beyond"], reason="they know the room")
    first, second = asker.text(), asker.text("/comparisons/?after=1")
    assert (asker.named["comparison"] in first, 'href="?after=1"' in first) == (True, True)
    assert (asker.named["comparison"] in second, "they know the room" in second, "after=2" in second) == (
        False, True, False,
    )  # fmt: skip


def test_a_series_is_asked_about_on_its_page_of_a_member_until_a_day(asker: Asker) -> None:
    series = series_to_compare(asker.world, asker.person, asker.named["comparable"], asker.named["there"])
    path = f"/series/{series}/comparisons/"
    assert path in asker.text(f"/series/{series}/")
    page, last = asker.text(path), now().date() + LONGEST_COMPARISON
    assert f"<option>{asker.named['beyond']}</option>" in page
    assert f'max="{last}"' in page
    asked = {"to": asker.named["beyond"], "reason": "they know the room"}
    too_long = f"{last + timedelta(days=1)}"
    refused = asker.visitor.post(path, **asked, until=too_long)
    assert (refused.status_code, path in refused.content.decode()) == (UNFIT, True)
    assert asker.visitor.post(path, **asked, until=f"{last}").status_code == SEE_OTHER
    page = asker.text(path)
    assert "being compared" in page
    assert f"until {last}" in page

"""Pages of lists: bounded in rows however much there is, and together whole, each row once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from tsunagu.domain.intake_run import IntakeSource, IntakeState
from tsunagu.domain.media import Refusal
from tsunagu.records import holdings, intakes
from tsunagu.records.models import Exhibit
from tsunagu.records.session import acting_for
from tsunagu.services.series.changes import add_to_series
from tsunagu.services.series.visits import accept_visit
from tsunagu.web.pages import home

from ..guested import invite, show_to  # noqa: TID252 - tests are no package with a name
from ..linked import Held, Made, copy, link  # noqa: TID252 - tests are no package with a name
from ..scene import OVERSEES, WORKS  # noqa: TID252 - tests are no package with a name
from ..series_scene import hold  # noqa: TID252 - tests are no package with a name
from ..world import Person, World, now  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor

A_PAGE, THERE = 3, 7
ROW = re.compile(r"<tr><td|<tr>\s+<td")
NEXT = re.compile(r'rel="next"[^>]*href="([^"]+)"')


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("guests", "overlaps", "intakes"):
        monkeypatch.setattr(f"tsunagu.web.pages.{module}.ROWS_A_PAGE", A_PAGE)
    monkeypatch.setattr(home, "NOTICES_SHOWN", A_PAGE)


@pytest.fixture(scope="module")
def told(world: World) -> tuple[Person, list[Held], Held]:
    """An officer with as many cases, each of which overlaps with one of another agency's."""
    (anna, _), (ben, _), made = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES), Made()
    ours, theirs = [Held.open(world, anna) for _ in range(THERE)], Held.open(world, ben)
    files = [made.file() for _ in range(2 * THERE)]
    for one, file in zip(ours, files, strict=False):
        one.keep(file)
    ours[0].keep(*files[THERE:-1])
    theirs.keep(*(copy(one) for one in files))
    link(world)
    return anna, ours, theirs


def pages(visitor: Visitor, path: str, one: re.Pattern[str]) -> list[list[str]]:
    """Go from page to page to the end, and return what each lists."""
    found, following = [], "?"
    while following:
        answer = visitor.client.get(path + following)
        assert answer.status_code == 200
        text = answer.content.decode()
        found.append(one.findall(text))
        link_on = NEXT.search(text)
        following = unescape(link_on[1]) if link_on else ""
    return found


@pytest.mark.parametrize("name", ["notices", "overlaps"])
def test_a_list_of_notices_is_paged(world: World, told: tuple[Person, list[Held], Held], name: str) -> None:
    anna, ours, _ = told
    cell = re.compile(r"<tr>\s*<td>(?:<a[^>]*>)?(case-[0-9a-f]+)<")
    found = pages(Visitor(world).sits_down_as(anna), reverse(name), cell)
    assert [len(one) for one in found] == [3, 3, 1]
    assert {case for page in found for case in page} == {one.case.reference for one in ours}


def test_a_search_goes_on_over_pages(world: World, told: tuple[Person, list[Held], Held]) -> None:
    anna, ours, _ = told
    wanted = ours[0].case.reference
    text = Visitor(world).sits_down_as(anna).get(reverse("overlaps"), text=wanted).content.decode()
    assert len(ROW.findall(text.partition("</main>")[0])) == 1
    assert not NEXT.search(text)


def test_home_shows_some_of_each_kind_and_the_way_to_all(world: World, told: tuple[Person, list[Held], Held]) -> None:
    text = Visitor(world).sits_down_as(told[0]).get(reverse("home")).content.decode()
    assert len(re.findall(r'name="from" value="notices"', text)) <= 2 * A_PAGE
    assert f'<span class="count">{THERE}</span>' in text
    assert "All notices" in text


def test_the_hits_of_an_overlap_are_paged_and_judging_leads_back_to_the_page(
    world: World, told: tuple[Person, list[Held], Held]
) -> None:
    anna, ours, theirs = told
    overlap = ours[0].notices()[0].overlap_id
    assert [one.share(overlap) for one in (ours[0], theirs)] == [False, True]
    visitor = Visitor(world).sits_down_as(anna)
    path = reverse("overlap", kwargs={"overlap_id": overlap})
    found = pages(visitor, path, re.compile(r'<tbody id="hit-(\d+)"'))
    assert [len(one) for one in found] == [3, 3, 1]
    assert [int(hit) for page in found for hit in page] == [hit.hit_id for hit in ours[0].hits(overlap)]
    judge = reverse("judge", kwargs={"overlap_id": overlap, "hit_id": int(found[1][0])})
    answer = visitor.post(f"{judge}?after={found[0][-1]}", answer="unsure")
    assert answer["Location"] == f"{path}?after={found[0][-1]}#hit-{found[1][0]}"


def test_what_was_refused_is_paged(world: World, visitor: Callable[[], Visitor]) -> None:
    (anna, _), made = world.found(WORKS, OVERSEES), Made()
    held = Held.open(world, anna)
    held.keep(made.file())
    intake_id, of = uuid4(), anna.actor.agency_id
    with acting_for(of):
        exhibit = Exhibit.objects.get(case_id=held.case.case_id).id
        named = {"source": IntakeSource.UPLOAD, "state": IntakeState.UPLOADING, "now": now()}
        intakes.add_intake(intake_id, anna.actor, exhibit, **named)
        refused = [(replace(made.file(), refused=Refusal.DAMAGED), 1) for _ in range(THERE - 1)]
        holdings.keep(refused, agency_id=of, exhibit_id=exhibit, intake_id=intake_id)
        intakes.note_changes(intake_id, of, [b"/changed"])
    path = reverse("intake_refused", kwargs={"intake_id": intake_id})
    found = pages(visitor().sits_down_as(anna), path, re.compile(r'<td class="path">([^<]+)<'))
    assert [len(one) for one in found] == [3, 3, 1]
    listed = [place for page in found for place in page]
    assert listed == sorted({*(one.path.decode() for one, _ in refused), "/changed"})


def test_what_a_guest_looks_at_is_paged(world: World, told: tuple[Person, list[Held], Held]) -> None:
    (anna, ours, _), (ben, _) = told, world.found(WORKS, OVERSEES)
    case, second = ours[-1].case.reference, world.founders[anna.agency][1]
    name, first = show_to(world, anna, case, ben)
    more = hold(world, anna, case, THERE - 1)
    add_to_series(name=name, case=case, items=more, is_context=False, actor=anna.actor, **world.parts)
    guest = {"guest_id": invite(anna, second, name, ben).guest_id}
    accept_visit(actor=ben.actor, **guest, **world.parts)
    path = reverse("visit", kwargs=guest)
    found = pages(Visitor(world).sits_down_as(ben), path, re.compile(r'<td class="digest">([0-9a-f]{64})<'))
    assert [len(one) for one in found] == [3, 3, 1]
    assert {each for page in found for each in page} == {first, *more}

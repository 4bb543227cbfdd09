"""Officers enter clues by hand; the countries are weighed with reasons, and one of them signs what he has seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tsunagu.domain.assessment import CountryState
from tsunagu.domain.clue import Bearing, ClueDraft, ClueKind, Region, Span, Support, Weighing
from tsunagu.domain.country import CODES
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.records.models import AssessmentRow, ClueRow
from tsunagu.records.session import acting_for
from tsunagu.services.cases.clues import ClueView, record_clue, sign_assessment, view_clues, withdraw_clue
from tsunagu.services.cases.life import close_case, withdraw_exhibit

from .linked import Held, Made
from .scene import OVERSEES, WORKS
from .world import Person, World

UNIFORM = ClueDraft(
    1,
    ClueKind.UNIFORM,
    "a school uniform with a sailor collar",
    Weighing(Bearing.SUPPORTS, frozenset({"JP", "KR"}), support=Support.STRONG),
    region=Region(0.25, 0.5, 0.25, 0.25),
)
SPEECH = ClueDraft(
    1,
    ClueKind.SPEECH,
    "a few words of Japanese, of the west of the country",
    Weighing(Bearing.SUPPORTS, frozenset({"JP"}), frozenset({"JP-26", "JP-27"}), Support.STRONG),
    span=Span(3.5, 8),
)
PLUG = ClueDraft(1, ClueKind.SOCKET, "a socket of type C", Weighing(Bearing.EXCLUDES, frozenset({"KR", "GB"})))
CURTAIN = ClueDraft(1, ClueKind.INTERIOR, "a plain curtain", Weighing(Bearing.NEUTRAL))


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person, Person]:
    """An officer, who oversees his agency, and an officer of another agency."""
    anna, adam = world.found(WORKS, OVERSEES)
    ben, _ = world.found(WORKS, OVERSEES)
    return anna, adam, ben


@pytest.fixture
def held(world: World, people: tuple[Person, Person, Person]) -> Held:
    return Held.open(world, people[0]).bring(Made().picture(), Made().picture())


def enter(held: Held, *drafts: ClueDraft) -> None:
    for one in drafts:
        record_clue(draft=one, **asked(held))


def asked(held: Held) -> dict[str, Any]:
    return {"actor": held.person.actor, "reference": held.case.reference, **held.world.parts}


def seen(held: Held) -> ClueView:
    return view_clues(**asked(held))


def sign(held: Held, seal: str, statement: str = "uniform and speech") -> Any:
    return sign_assessment(seal=seal, state=CountryState.PROBABLE, statement=statement, **asked(held))


def test_clues_come_back_as_they_were_entered(held: Held) -> None:
    drafts = (UNIFORM, SPEECH, PLUG, replace(CURTAIN, item=2))
    enter(held, *drafts)
    view = seen(held)
    assert tuple(one.draft for one in view.clues) == drafts
    assert [one.number for one in view.clues] == [1, 2, 3, 4]
    assert {one.recorded_by for one in view.clues} == {held.person.login}
    assert [one.source == view.clues[0].source for one in view.clues] == [True, True, True, False]


def test_the_list_of_countries_names_its_reasons_and_a_clue_taken_back_counts_no_more(held: Held) -> None:
    enter(held, UNIFORM, SPEECH, PLUG, CURTAIN)
    weighed = seen(held).weighed
    assert [one.country for one in weighed.countries] == ["JP"]
    assert {one.weight.country: (one.supported_by, one.excluded_by) for one in weighed.findings} == {
        "JP": ((1, 2), ()),
        "KR": ((1,), (3,)),
        "GB": ((), (3,)),
    }
    assert weighed.neutral == (4,)
    assert [place for place, _ in weighed.places] == ["JP-26", "JP-27"]
    withdraw_clue(number=3, why="it is an adapter", **asked(held))
    view = seen(held)
    assert [one.country for one in view.weighed.countries] == ["JP", "KR"]
    assert (view.clues[2].withdrawn_why, view.clues[2].draft) == ("it is an adapter", PLUG)
    with pytest.raises(NotFound):
        withdraw_clue(number=3, why="again", **asked(held))


def test_an_officer_signs_what_he_has_seen_and_later_clues_do_not_change_it(held: Held) -> None:
    enter(held, UNIFORM)
    first = seen(held)
    enter(held, SPEECH)
    with pytest.raises(Conflict):
        sign(held, first.seal)
    second = seen(held)
    signed = sign(held, second.seal)
    enter(held, PLUG)
    [kept] = seen(held).assessments
    assert kept == signed
    assert kept.weighed == second.weighed
    assert (kept.state, kept.statement, kept.signed_by) == (
        CountryState.PROBABLE,
        "uniform and speech",
        held.person.login,
    )


def test_nothing_is_signed_without_a_clue_or_without_grounds(held: Held) -> None:
    with pytest.raises(InputError):
        sign(held, seen(held).seal)
    enter(held, CURTAIN)
    with pytest.raises(InputError):
        sign(held, seen(held).seal, statement=" ")


def test_nobody_else_reads_or_enters_clues_and_absent_is_as_not_yours(
    held: Held, people: tuple[Person, Person, Person]
) -> None:
    enter(held, UNIFORM)
    _, adam, ben = people
    with pytest.raises(Forbidden):
        view_clues(**{**asked(held), "actor": adam.actor})
    for actor, reference in ((ben.actor, held.case.reference), (ben.actor, "no such case")):
        told = {**asked(held), "actor": actor, "reference": reference}
        for act in (lambda told: view_clues(**told), lambda told: record_clue(draft=UNIFORM, **told)):
            with pytest.raises(NotFound, match="no such case"):
                act(told)


def test_an_item_of_another_case_takes_no_clue_here(held: Held) -> None:
    with pytest.raises(NotFound):
        enter(held, replace(UNIFORM, item=3))


def test_a_clue_that_would_leave_no_country_is_refused_and_the_others_stay(held: Held) -> None:
    enter(held, UNIFORM)
    with pytest.raises(InputError):
        enter(held, replace(PLUG, weighing=Weighing(Bearing.EXCLUDES, CODES)))
    assert [one.draft for one in seen(held).clues] == [UNIFORM]


def test_a_closed_case_takes_no_clue(held: Held) -> None:
    enter(held, UNIFORM)
    close_case(**asked(held))
    for act in (
        lambda: enter(held, SPEECH),
        lambda: sign(held, seen(held).seal),
        lambda: withdraw_clue(number=1, why="wrong", **asked(held)),
    ):
        with pytest.raises(Conflict):
            act()


def test_clues_and_what_rests_on_them_go_with_the_exhibit(held: Held) -> None:
    enter(held, UNIFORM)
    sign(held, seen(held).seal)
    ground, queue = ErasureGround.WRONG_EXHIBIT, held.world.rooms.queue
    withdraw_exhibit(exhibit="E1", ground=ground, queue=queue, **asked(held))
    with acting_for(held.case.agency_id):
        of_case = {"case_id": held.case.case_id}
        assert not ClueRow.objects.filter(**of_case).exists()
        assert not AssessmentRow.objects.filter(**of_case).exists()


def test_clues_are_entered_weighed_and_signed_by_commands(held: Held) -> None:
    world, anna, case = held.world, held.person, held.case.reference
    spoken = ("--supports", "jp", "--places", "JP-26", "--support", "strong", "--span", "3.5-8")
    assert world.run(anna, "clue", "add", case, "1", "--kind", "speech", "--text", "words", *spoken).status == 0
    worn = ("--supports", "JP,KR", "--region", ".25,.5,.25,.25")
    assert world.run(anna, "clue", "add", case, "1", "--kind", "uniform", "--text", "a collar", *worn).status == 0
    [weighed] = world.json(anna, "clue", "weigh", case)
    assert [one["country"] for one in weighed["countries"]] == ["JP", "KR"]
    assert sum(one["weight"] for one in weighed["countries"]) + weighed["elsewhere"] == pytest.approx(1, abs=1e-5)
    said = ("--as", "probable", "--statement", "speech and uniform", "--seal", weighed["seal"])
    assert world.run(anna, "clue", "sign", case, *said).status == 0
    [signed] = world.json(anna, "clue", "signed", case)
    assert (signed["state"], signed["countries"]) == ("probable", weighed["countries"])
    assert world.run(anna, "clue", "withdraw", case, "1", "--reason", "misheard").status == 0
    assert "taken back: misheard" in world.run(anna, "clue", "list", case).text
    for options in ((), ("--neutral", "--supports", "JP")):
        assert world.run(anna, "clue", "add", case, "1", "--kind", "object", "--text", "x", *options).status == 2

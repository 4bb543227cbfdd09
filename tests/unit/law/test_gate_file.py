"""The gate file: in whatever order things are recorded, nobody is a suspect without all five points that hold today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.gate import GateStanding, GateStepKind
from tsunagu.law.applying import Showing
from tsunagu.law.gate_file import GateFile, GateStep, gate_file, rests_on
from tsunagu.law.points import Point
from tsunagu.law.rule_set import RuleSet
from tsunagu.law.shipped import shipped_rules

from .people import ACT_ON, REVIEWED

LEAD, OFFICER = UUID(int=1), UUID(int=2)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CARRIED = rests_on(REVIEWED.of_conduct("JP", "possession"))
SOURCES = [["E-1", "a register"], ["E-2", "a carrier"]]
K = GateStepKind


def found(point: Point, showing: str = "shown", evidence: list[list[str]] | None = None, assessment: int = 1) -> Any:
    evidence = SOURCES if evidence is None else evidence
    return (K.FOUND, {"point": point.value, "showing": showing, "evidence": evidence, "title": 1,
                      "assessment": assessment})  # fmt: skip


TAKEN_UP = (
    K.TAKEN_UP,
    {"reasons": "r", "jurisdiction": "JP", "conduct": "possession", "act_on": ACT_ON.isoformat()},
)
TOO_EARLY = (K.TAKEN_UP, {**TAKEN_UP[1], "act_on": "2015-07-14"})
ADULT, YOUNG = ((K.AGE, {"majority": one}) for one in ("adult", "unknown"))
PROMOTED = (K.PROMOTED, {"reasons": "r", "rests_on": CARRIED})
DROPPED = (K.DROPPED, {"reasons": "r"})
WHOLE = (TAKEN_UP, *map(found, Point), ADULT, PROMOTED)


def file_of(told: Any, *, rules: RuleSet = REVIEWED, latest: int | None = 1) -> GateFile:
    steps = [GateStep(at, kind, OFFICER, BEGIN + timedelta(hours=at), said) for at, (kind, said) in enumerate(told, 1)]
    return gate_file(LEAD, steps, rules, lambda *_: latest)


def test_all_that_is_needed_makes_a_suspect_and_the_same_steps_do_not_once_what_they_rest_on_is_gone() -> None:
    assert file_of(WHOLE).stands is GateStanding.SUSPECT
    assert file_of(WHOLE, latest=2).stands is GateStanding.PERSON_OF_INTEREST
    assert file_of(WHOLE, latest=None).stands is GateStanding.PERSON_OF_INTEREST
    assert file_of(WHOLE, rules=shipped_rules()).stands is GateStanding.PERSON_OF_INTEREST
    assert file_of(WHOLE, rules=RuleSet("none", (), "")).stands is GateStanding.PERSON_OF_INTEREST


def test_what_was_lost_and_shown_again_needs_another_decision() -> None:
    again = (*WHOLE, found(Point.PAYMENT, "disputed"), found(Point.PAYMENT))
    assert file_of(again).stands is GateStanding.PERSON_OF_INTEREST
    assert file_of((*again, PROMOTED)).stands is GateStanding.SUSPECT
    newly_assessed = (*WHOLE, found(Point.ITEM, assessment=2))
    assert file_of(newly_assessed, latest=2).stands is GateStanding.PERSON_OF_INTEREST
    assert file_of((*newly_assessed, PROMOTED), latest=2).stands is GateStanding.SUSPECT


def test_no_way_leads_back_from_the_juveniles() -> None:
    juvenile = (TAKEN_UP, (K.AGE, {"majority": "juvenile"}), (K.JUVENILE, {"reasons": "r"}))
    assert file_of((*juvenile, *WHOLE)).stands is GateStanding.JUVENILE
    assert file_of((*juvenile, DROPPED)).stands is GateStanding.JUVENILE


def test_whoever_was_dropped_is_taken_up_again_with_nothing_shown() -> None:
    assert file_of((*WHOLE, DROPPED)).stands is GateStanding.NO_CASE
    again = file_of((*WHOLE, DROPPED, TAKEN_UP))
    assert (again.stands, dict(again.found)) == (GateStanding.PERSON_OF_INTEREST, {})


EVIDENCE = st.sampled_from([SOURCES, SOURCES[:1], [SOURCES[0], ["E-9", " A  Register "]]])
FINDINGS = st.builds(
    found, st.sampled_from(Point), st.sampled_from(Showing).map(str), EVIDENCE, st.sampled_from([1, 2])
)
STEPS = st.one_of(FINDINGS, st.sampled_from([TAKEN_UP, TOO_EARLY, ADULT, YOUNG, PROMOTED, DROPPED]))


@given(
    st.one_of(st.just(()), st.just(WHOLE[:-1]), st.just(WHOLE)),
    st.lists(STEPS, max_size=6),
    st.sampled_from([1, 2, None]),
    st.sampled_from([REVIEWED, shipped_rules()]),
)
def test_nobody_is_a_suspect_without_all_five_points_a_decision_after_them_and_a_reviewed_rule(
    before: Any, after: Any, latest: int | None, rules: RuleSet
) -> None:
    told = (*before, *after)
    if file_of(told, rules=rules, latest=latest).stands is not GateStanding.SUSPECT:
        return
    kinds = [kind for kind, _ in told]
    begins = max(at for at, kind in enumerate(kinds) if kind is K.TAKEN_UP)
    decided = max(at for at, kind in enumerate(kinds) if kind is K.PROMOTED)
    assert begins < decided
    assert K.DROPPED not in kinds[begins:]
    assert date.fromisoformat(told[begins][1]["act_on"]) == ACT_ON
    assert rules is REVIEWED
    since = told[begins:]
    assert [said["majority"] for kind, said in since if kind is K.AGE][-1] == "adult"
    for until in (decided, len(told)):
        last = {said["point"]: said for kind, said in told[begins:until] if kind is K.FOUND}
        assert set(last) == {one.value for one in Point}
        assert {said["showing"] for said in last.values()} == {"shown"}
        assert len({source.strip().casefold() for _, source in last["identity"]["evidence"]}) == 2
        assert last["item"]["assessment"] == latest

"""The gate: nobody gets to the far side without all five points, by whatever way he is taken there."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tsunagu.domain.errors import InputError
from tsunagu.law.applying import Showing
from tsunagu.law.gate import (
    Allegation,
    Decision,
    GateClosed,
    JuvenileSubject,
    Lead,
    Majority,
    NoCase,
    PersonOfInterest,
    Suspect,
)
from tsunagu.law.points import Evidence, GateProblem, Point, PointFinding, Points
from tsunagu.law.rule_set import RuleSet
from tsunagu.law.shipped import shipped_rules

from .people import ACT_ON, ALL_SHOWN, BANK, CARRIER, NOW, POSSESSION, REGISTER, REVIEWED, decision, person, shown


def test_with_all_five_points_an_officers_decision_opens_it_and_says_on_which_rule_it_rests() -> None:
    decided = decision()
    suspect = person().pass_gate(REVIEWED, decided)
    assert suspect.decision == decided
    assert [one.rule_id for one in suspect.rests_on] == ["JP-CP-03"]
    assert suspect.rests_on[0].as_version.sha256 == shipped_rules().versions_of("JP-CP-03")[0].sha256


def test_a_lead_becomes_a_person_of_interest_by_a_decision_and_no_further_by_itself() -> None:
    taken_up = Lead(uuid4()).take_up(POSSESSION, decision())
    assert taken_up.problems(REVIEWED, NOW) == (
        GateProblem.IDENTITY_NOT_SHOWN,
        GateProblem.PAYMENT_NOT_SHOWN,
        GateProblem.DELIVERY_NOT_SHOWN,
        GateProblem.ITEM_NOT_SHOWN,
        GateProblem.DAY_NOT_SHOWN,
        GateProblem.AGE_UNKNOWN,
    )
    found = taken_up.state_majority(Majority.ADULT)
    for point in Point:
        found = found.find(point, getattr(ALL_SHOWN, point.value))
    assert isinstance(found, PersonOfInterest)  # everything is shown, and yet nobody has decided
    assert found.problems(REVIEWED, NOW) == ()


@pytest.mark.parametrize(
    ("point", "showing"), list(product(Point, [one for one in Showing if one is not Showing.SHOWN])), ids=str
)
def test_without_any_one_point_it_stays_closed(point: Point, showing: Showing) -> None:
    lacking = person(ALL_SHOWN.with_finding(point, PointFinding(showing, (REGISTER, CARRIER), ACT_ON)))
    with pytest.raises(GateClosed) as closed:
        lacking.pass_gate(REVIEWED, decision())
    assert closed.value.problems == (GateProblem(f"{point}-not-shown"),)
    assert str(closed.value) == f"the gate is closed: {point}-not-shown"


@pytest.mark.parametrize("second", ["the family register", " The  Family Register "])
def test_two_references_to_one_source_are_one_source(second: str) -> None:
    one_source = person(ALL_SHOWN.with_finding(Point.IDENTITY, shown(REGISTER, Evidence("E-9", second))))
    assert one_source.problems(REVIEWED, NOW) == (GateProblem.IDENTITY_FROM_ONE_SOURCE,)


@pytest.mark.parametrize("assessed_for", [None, date(2016, 4, 30), date(2016, 5, 2)])
def test_an_item_is_assessed_for_the_law_of_that_day(assessed_for: date | None) -> None:
    other_day = person(ALL_SHOWN.with_finding(Point.ITEM, shown(REGISTER, assessed_for=assessed_for)))
    assert other_day.problems(REVIEWED, NOW) == (GateProblem.ITEM_ASSESSED_FOR_ANOTHER_DAY,)


@pytest.mark.parametrize(
    ("act_on", "problem"),
    [
        (date(2014, 7, 14), GateProblem.DAY_NOT_PUNISHABLE),
        (date(2014, 7, 15), GateProblem.DAY_NOT_PUNISHABLE),
        (date(2015, 7, 14), GateProblem.DAY_NOT_PUNISHABLE),
        (date(2015, 7, 15), None),
        (date(2026, 11, 27), None),  # it is that day already where the day begins first
        (date(2026, 11, 28), GateProblem.DAY_TO_COME),
    ],
)
def test_the_day_lies_where_the_penalty_applied(act_on: date, problem: GateProblem | None) -> None:
    points = ALL_SHOWN.with_finding(Point.ITEM, shown(REGISTER, assessed_for=act_on))
    moved = replace(person(points), allegation=replace(POSSESSION, act_on=act_on))
    assert moved.problems(REVIEWED, NOW) == ((problem,) if problem else ())


def test_nothing_rests_on_a_rule_that_no_lawyer_has_reviewed() -> None:
    assert person().problems(shipped_rules(), NOW) == (GateProblem.RULE_UNREVIEWED,)
    with pytest.raises(GateClosed, match="rule-unreviewed"):
        person().pass_gate(shipped_rules(), decision())


def test_a_jurisdiction_or_conduct_that_is_not_known_is_refused() -> None:
    for change in ({"jurisdiction": "FR"}, {"conduct": "arson"}):
        with pytest.raises(InputError, match="no rule"):
            replace(person(), allegation=replace(POSSESSION, **change)).pass_gate(REVIEWED, decision())


def test_an_obligation_is_nothing_that_anybody_is_a_suspect_of() -> None:
    reporting = replace(person(), allegation=Allegation("US", "reporting", ACT_ON.replace(year=2025)))
    assert GateProblem.DAY_NOT_PUNISHABLE in reporting.problems(REVIEWED, NOW)


@pytest.mark.parametrize(
    ("majority", "problem"),
    [(Majority.UNKNOWN, GateProblem.AGE_UNKNOWN), (Majority.JUVENILE, GateProblem.JUVENILE)],
)
def test_who_is_not_known_to_be_an_adult_does_not_pass(majority: Majority, problem: GateProblem) -> None:
    with pytest.raises(GateClosed) as closed:
        person(majority=majority).pass_gate(REVIEWED, decision())
    assert closed.value.problems == (problem,)


def test_a_juvenile_goes_a_way_that_does_not_lead_to_the_gate() -> None:
    sent = person(majority=Majority.JUVENILE).send_to_juvenile_way(decision())
    assert isinstance(sent, JuvenileSubject)
    assert not hasattr(sent, "pass_gate")
    for majority in (Majority.ADULT, Majority.UNKNOWN):
        with pytest.raises(InputError, match="juvenile"):
            person(majority=majority).send_to_juvenile_way(decision())


def test_no_suspect_can_be_made_past_the_gate() -> None:
    rules = tuple(REVIEWED.of_conduct("JP", "possession"))
    assert Suspect(person(), rules, decision()).rests_on == rules
    other_conduct = tuple(REVIEWED.of_conduct("JP", "production_posing"))
    for wrong, rests_on in (
        (person(Points()), rules),
        (person(majority=Majority.JUVENILE), rules),
        (person(), ()),
        (person(), tuple(shipped_rules().of_conduct("JP", "possession"))),
        (person(), other_conduct),
        (person(), rules + other_conduct),
    ):
        with pytest.raises(GateClosed):
            Suspect(wrong, rests_on, decision())
    suspect = person().pass_gate(REVIEWED, decision())
    with pytest.raises(GateClosed):
        replace(suspect, person=person(Points()))


def test_a_suspect_who_loses_a_point_is_none_any_more() -> None:
    suspect = person().pass_gate(REVIEWED, decision())
    stolen = suspect.find(Point.PAYMENT, PointFinding(Showing.DISPUTED, (BANK,)))
    assert isinstance(stolen, PersonOfInterest)
    assert stolen.points.payment.showing is Showing.DISPUTED
    assert isinstance(suspect.state_majority(Majority.JUVENILE), PersonOfInterest)
    more = suspect.find(Point.PAYMENT, shown(BANK, CARRIER))
    assert isinstance(more, Suspect)
    assert more.person.points.payment.evidence == (BANK, CARRIER)


def test_a_suspect_whose_rule_lost_its_review_or_changed_is_none_any_more() -> None:
    suspect = person().pass_gate(REVIEWED, decision())
    assert suspect.rest_on(REVIEWED) == suspect
    assert suspect.rest_on(shipped_rules()) == suspect.person
    without = RuleSet("test", tuple(one for one in REVIEWED.rules if one.rule_id != "JP-CP-03"), "")
    assert suspect.rest_on(without) == suspect.person


def test_whoever_is_dropped_is_gone_but_for_the_lead() -> None:
    one = person()
    for standing in (one.lead, one, one.pass_gate(REVIEWED, decision())):
        dropped = standing.drop(decision("a stolen card"))
        assert dropped == NoCase(one.lead, dropped.decision)


def test_a_decision_has_reasons_and_a_time_and_evidence_names_something() -> None:
    with pytest.raises(InputError, match="reasons"):
        decision(" ")
    with pytest.raises(InputError, match="zone"):
        Decision(uuid4(), "because", NOW.replace(tzinfo=None))
    for reference, source in (("", "a bank"), ("E-1", " ")):
        with pytest.raises(InputError, match="evidence"):
            Evidence(reference, source)
    with pytest.raises(InputError, match="without evidence"):
        PointFinding(Showing.SHOWN)


def test_nothing_in_it_is_a_score() -> None:
    told = {one.type for kind in (Lead, PersonOfInterest, Points, PointFinding, Suspect) for one in fields(kind)}
    assert not {one for one in told if str(one) in {"int", "float", "Decimal"}}


EVIDENCE = st.lists(st.sampled_from([REGISTER, BANK, CARRIER]), max_size=3).map(tuple)


@st.composite
def findings(draw: st.DrawFn) -> PointFinding:
    evidence = draw(EVIDENCE)
    showing = draw(
        st.sampled_from(Showing) if evidence else st.sampled_from([one for one in Showing if one is not Showing.SHOWN])
    )
    return PointFinding(showing, evidence, draw(st.sampled_from([None, ACT_ON, date(2015, 7, 15), date(2014, 8, 1)])))


class Gate(RuleBasedStateMachine):
    """Everything that anybody may do with a lead, in any order; what was found last is noted beside it."""

    standing: object
    noted: dict[Point, PointFinding]
    majority: Majority
    act_on: date
    decided: bool

    def __init__(self) -> None:
        super().__init__()
        self.begin()

    def begin(self) -> None:
        self.standing, self.noted, self.majority = Lead(UUID(int=1)), {}, Majority.UNKNOWN
        self.act_on, self.decided = ACT_ON, False

    def stands(self, *kinds: type) -> bool:
        return isinstance(self.standing, kinds)

    @precondition(lambda self: self.stands(Lead))
    @rule(act_on=st.sampled_from([ACT_ON, date(2015, 7, 14), date(2015, 7, 15), date(2014, 8, 1)]))
    def take_up(self, act_on: date) -> None:
        assert isinstance(self.standing, Lead)
        self.act_on = act_on
        self.standing = self.standing.take_up(replace(POSSESSION, act_on=act_on), decision())

    @precondition(lambda self: self.stands(PersonOfInterest, Suspect))
    @rule(point=st.sampled_from(Point), finding=findings())
    def find(self, point: Point, finding: PointFinding) -> None:
        assert isinstance(self.standing, PersonOfInterest | Suspect)
        self.noted[point] = finding
        self.standing = self.standing.find(point, finding)

    @precondition(lambda self: self.stands(PersonOfInterest))
    @rule()
    def find_all(self) -> None:
        assert isinstance(self.standing, PersonOfInterest)
        self.majority = Majority.ADULT
        self.standing = self.standing.state_majority(Majority.ADULT)
        for point in Point:
            finding = shown(REGISTER, BANK, assessed_for=self.act_on)
            self.noted[point] = finding
            self.standing = self.standing.find(point, finding)

    @precondition(lambda self: self.stands(PersonOfInterest, Suspect))
    @rule(majority=st.sampled_from(Majority))
    def state_majority(self, majority: Majority) -> None:
        assert isinstance(self.standing, PersonOfInterest | Suspect)
        self.majority = majority
        self.standing = self.standing.state_majority(majority)

    @precondition(lambda self: self.stands(PersonOfInterest))
    @rule(rules=st.sampled_from([REVIEWED, REVIEWED, shipped_rules()]))
    def pass_gate(self, rules: RuleSet) -> None:
        assert isinstance(self.standing, PersonOfInterest)
        try:
            self.standing = self.standing.pass_gate(rules, decision())
        except GateClosed:
            assert rules is not REVIEWED or not self.is_whole()
        else:
            assert rules is REVIEWED
            self.decided = True

    @precondition(lambda self: self.stands(Suspect))
    @rule()
    def take_the_reviews_away(self) -> None:
        assert isinstance(self.standing, Suspect)
        self.standing = self.standing.rest_on(shipped_rules())
        assert isinstance(self.standing, PersonOfInterest)

    @precondition(lambda self: self.stands(PersonOfInterest) and self.majority is Majority.JUVENILE)
    @rule()
    def send_to_juvenile_way(self) -> None:
        assert isinstance(self.standing, PersonOfInterest)
        sent = self.standing.send_to_juvenile_way(decision())
        assert not isinstance(sent, Suspect | PersonOfInterest)
        self.begin()

    @precondition(lambda self: self.stands(PersonOfInterest, Suspect))
    @rule()
    def drop(self) -> None:
        assert isinstance(self.standing, PersonOfInterest | Suspect)
        assert isinstance(self.standing.drop(decision()), NoCase)
        self.begin()

    def is_whole(self) -> bool:
        """Whether the five points are shown, told anew from what was noted."""
        if set(self.noted) != set(Point) or any(one.showing is not Showing.SHOWN for one in self.noted.values()):
            return False
        sources = {one.source for one in self.noted[Point.IDENTITY].evidence}
        is_of_that_day = self.noted[Point.ITEM].assessed_for == self.act_on
        is_punishable = self.act_on >= date(2015, 7, 15)
        return len(sources) > 1 and is_of_that_day and is_punishable and self.majority is Majority.ADULT

    @invariant()
    def nobody_is_on_the_far_side_without_all_five_points_and_a_decision(self) -> None:
        if isinstance(self.standing, Suspect):
            assert self.decided
            assert self.is_whole()
            assert {one.rule_id for one in self.standing.rests_on} == {"JP-CP-03"}


TestGate = Gate.TestCase
TestGate.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)


@given(
    points=st.builds(Points, *[findings()] * 5),
    majority=st.sampled_from(Majority),
    act_on=st.dates(date(2013, 1, 1), date(2026, 12, 31)),
    rules=st.sampled_from([REVIEWED, shipped_rules()]),
)
def test_whoever_is_made_a_suspect_directly_has_all_five_points_too(
    points: Points, majority: Majority, act_on: date, rules: RuleSet
) -> None:
    one = replace(person(points, majority), allegation=replace(POSSESSION, act_on=act_on))
    try:
        suspect = Suspect(one, rules.of_conduct("JP", "possession"), decision())
    except GateClosed:
        return
    assert majority is Majority.ADULT
    assert all(getattr(points, point.value).showing is Showing.SHOWN for point in Point)
    assert act_on >= date(2015, 7, 15)
    assert all(one.review for one in suspect.rests_on)

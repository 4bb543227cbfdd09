"""Alerts: who is told what and when, where they can go, and that a command is done once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError
from django.db.utils import ProgrammingError

from tsunagu.domain.alert import HandOver, Priority, RefusalReason, Withheld
from tsunagu.domain.alert_path import AlertState
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotCertified, NotFound
from tsunagu.domain.outcome import Outcome, OutcomeCode, PersonOutcome, PersonRole
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records import agencies
from tsunagu.records.models import AlertPartyRow, AlertRow, AlertStepRow
from tsunagu.records.session import acting_for
from tsunagu.services.alerts import clocks as alert_clocks
from tsunagu.services.alerts import reading as alerts
from tsunagu.services.alerts.clocks import escalate_overdue

from .alerted import Cascade, member
from .linked import Held, Made, copy, overlap_between
from .world import World, now

SAFE = Outcome({OutcomeCode.SAFEGUARDED: 1})
LATER = timedelta(days=3)


@pytest.fixture
def cascade(world: World) -> Cascade:
    return Cascade.open(world)


def test_a_contributor_is_told_that_an_alert_rests_on_his_case_and_off_the_path_nobody_is(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    assert [cascade.listed(one) for one in (cascade.body, cascade.denmark, cascade.bureau)] == [[alert]] * 3
    for one in (cascade.osaka, cascade.kyoto, cascade.stranger):
        assert cascade.listed(one) == []
        with pytest.raises(NotFound):
            cascade.view(one, alert)
    colleague = cascade.world.founders[cascade.body.agency][1]
    helper = cascade.world.enroll(colleague, Role.OFFICER)
    assert cascade.listed(helper) == [], "he does not work on the case that it was raised from"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grounds": ()}, InputError),
        ({"finding": " "}, InputError),
        ({"priority": Priority.IMMINENT_RISK}, InputError),  # without a reason
        ({"purposes": frozenset()}, InputError),
        ({"agencies": ("nobody",)}, InputError),
        ({"overlaps": (uuid4(),)}, NotFound),
        ({"case": "nobody's"}, NotFound),
        ({"to": "nobody"}, InputError),
    ],
)
def test_what_is_not_whole_is_not_raised(cascade: Cascade, change: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        cascade.raise_alert(**change)
    assert cascade.listed(cascade.body) == cascade.listed(cascade.bureau) == []


def test_an_alert_rests_on_overlaps_that_both_sides_have_shared(world: World, cascade: Cascade) -> None:
    first = Made().file()
    mine, theirs = Held.open(world, cascade.body).bring(first), Held.open(world, member(world)).bring(copy(first))
    overlap = overlap_between(mine, theirs)
    mine.share(overlap)
    with pytest.raises(Conflict):
        cascade.raise_alert(case=mine.case.reference, overlaps=(overlap,))
    theirs.share(overlap)
    with pytest.raises(NotFound):
        cascade.raise_alert(overlaps=(overlap,))  # of another case
    assert cascade.raise_alert(case=mine.case.reference, overlaps=(overlap,))


def test_an_alert_goes_to_neighbours_in_the_tree_and_to_nobody_else(cascade: Cascade) -> None:
    for to in (cascade.kyoto, cascade.stranger, cascade.body):
        with pytest.raises(InputError):
            cascade.raise_alert(to=to.agency)
    alert = cascade.raise_alert()
    for to in (cascade.denmark, cascade.stranger, cascade.body):
        with pytest.raises(InputError):
            cascade.pass_on(cascade.bureau, alert, to.agency)
    cascade.pass_on(cascade.bureau, alert, cascade.osaka.agency)
    with pytest.raises(InputError):
        cascade.pass_on(cascade.osaka, alert, cascade.kyoto.agency)  # beside, without a form
    with pytest.raises(InputError):
        cascade.pass_on(cascade.osaka, alert, cascade.stranger.agency, HandOver.TRANSFER)
    cascade.pass_on(cascade.osaka, alert, cascade.kyoto.agency, HandOver.TRANSFER)
    assert cascade.view(cascade.kyoto, alert).path.hops[-1].form is HandOver.TRANSFER
    cascade.take(cascade.kyoto, alert)
    cascade.tell(cascade.kyoto, alert, SAFE)
    assert cascade.view(cascade.osaka, alert).state is AlertState.ANSWERED


def test_what_a_prefecture_raises_rises_and_falls_again(world: World, cascade: Cascade) -> None:
    held = Held.open(world, cascade.kyoto).bring(Made().file())
    other = replace(cascade, body=cascade.kyoto)
    alert = other.raise_alert(case=held.case.reference, overlaps=(), to=cascade.bureau.agency)
    cascade.pass_on(cascade.bureau, alert, cascade.body.agency)
    cascade.pass_on(cascade.body, alert, cascade.denmark.agency)
    with pytest.raises(InputError):
        cascade.pass_on(cascade.denmark, alert, cascade.body.agency)  # that is handing back
    assert cascade.pass_on(cascade.denmark, alert, None) == 4
    assert cascade.view(cascade.body, alert).state is AlertState.RETURNED


def test_only_who_has_it_answers_and_only_once(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    for one in (cascade.body, cascade.denmark):
        with pytest.raises(Conflict):
            cascade.acknowledge(one, alert)
    for one in (cascade.kyoto, cascade.stranger):
        with pytest.raises(NotFound):
            cascade.acknowledge(one, alert)
    cascade.acknowledge(cascade.bureau, alert)
    with pytest.raises(Conflict):
        cascade.acknowledge(cascade.bureau, alert)
    with pytest.raises(Conflict):
        cascade.tell(cascade.bureau, alert, SAFE)  # nobody has taken it


def test_a_command_is_done_once_however_often_it_comes_and_its_key_names_no_other(cascade: Cascade) -> None:
    alert = cascade.raise_alert("k1")
    assert cascade.raise_alert("k1") == alert
    with pytest.raises(Conflict):
        cascade.raise_alert("k1", finding="something else")
    steps = [cascade.refuse(cascade.bureau, alert, RefusalReason.WRONG_COUNTRY, key="k1") for _ in range(3)]
    assert steps == [2, 2, 2]
    with pytest.raises(Conflict):
        cascade.refuse(cascade.bureau, alert, RefusalReason.ALREADY_KNOWN, key="k1")
    before = cascade.world.entry_count()
    assert cascade.refuse(cascade.bureau, alert, RefusalReason.WRONG_COUNTRY, key="k1") == 2
    assert cascade.world.entry_count() == before
    assert cascade.view(cascade.body, alert).path.last == 2


def test_who_has_left_the_way_is_told_his_own_part_and_no_word_of_what_it_says(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, cascade.osaka.agency)
    assert cascade.view(cascade.osaka, alert).alert
    cascade.refuse(cascade.osaka, alert, RefusalReason.WRONG_PLACE)
    before = cascade.view(cascade.osaka, alert)
    assert (before.alert, before.withheld) == (None, Withheld.LEFT)
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    cascade.take(cascade.kyoto, alert)
    cascade.tell(cascade.kyoto, alert, SAFE)
    after = cascade.view(cascade.osaka, alert)
    assert (after.path, after.state, after.steps) == (before.path, before.state, before.steps)
    assert not after.is_new


@pytest.mark.parametrize(
    ("label", "purpose", "waits", "withheld"),
    [
        ({}, None, 0, None),
        ({}, Purpose.INVESTIGATION, 0, None),
        ({}, Purpose.AUDIT, 0, Withheld.BY_LABEL),
        ({"agencies": True}, None, 0, Withheld.BY_LABEL),
        ({}, None, 401, Withheld.EXPIRED),
    ],
)
def test_the_label_is_held_against_at_every_reading(
    cascade: Cascade, label: dict[str, object], purpose: Purpose | None, waits: int, withheld: Withheld | None
) -> None:
    other = {"agencies": (cascade.denmark.agency,)} if label else {}
    alert = cascade.raise_alert(**other)
    view = cascade.wait(days=waits).view(cascade.bureau, alert, purpose)
    assert (view.withheld, view.alert is None) == (withheld, withheld is not None)
    assert view.path.holder_id == cascade.bureau.actor.agency_id
    assert cascade.view(cascade.body, alert, purpose).alert, "its originator is told always"


def test_what_may_not_be_passed_on_is_handed_back_or_taken(cascade: Cascade) -> None:
    alert = cascade.raise_alert(may_forward=False)
    with pytest.raises(Conflict, match="nobody pass"):
        cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    with pytest.raises(NotFound):
        cascade.view(cascade.kyoto, alert)
    cascade.pass_on(cascade.bureau, alert, None)
    assert cascade.view(cascade.body, alert).is_yours
    named = cascade.raise_alert(agencies=(cascade.bureau.agency, cascade.kyoto.agency))
    with pytest.raises(Conflict, match="label"):
        cascade.pass_on(cascade.bureau, named, cascade.osaka.agency)
    cascade.pass_on(cascade.bureau, named, cascade.kyoto.agency)


def test_what_is_taken_into_a_case_is_told_to_those_who_work_on_it(world: World, cascade: Cascade) -> None:
    administrator = world.founders[cascade.kyoto.agency][1]
    helper = world.enroll(administrator, Role.OFFICER)
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    assert cascade.listed(helper) == [alert]
    case = Held.open(world, cascade.kyoto).case
    with pytest.raises(NotFound):
        cascade.take(cascade.kyoto, alert, "nobody's")
    cascade.take(cascade.kyoto, alert, case.reference)
    assert cascade.listed(helper) == []
    assert cascade.listed(cascade.kyoto) == [alert]
    assert world.last_entry()["act"] == "alert:read"


def test_no_answer_in_time_is_told_hop_by_hop_and_listed_by_all_on_the_way(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    ledger = cascade.world.rooms.ledger

    def escalated() -> list[str]:
        before = len(cascade.world.entries())
        escalate_overdue(now=cascade.at, ledger=ledger)
        escalate_overdue(now=cascade.at, ledger=ledger)
        told = [one for one in cascade.world.entries()[before:] if one["details"].get("alert") == str(alert)]
        assert all("officer" not in one for one in told)
        return [one["agency"] for one in told]

    assert escalated() == []
    assert cascade.overdue(cascade.kyoto) == []
    cascade.wait(days=2)
    assert [cascade.overdue(one) for one in (cascade.kyoto, cascade.bureau, cascade.body)] == [[alert]] * 3
    assert cascade.overdue(cascade.stranger) == []
    ids = [str(one.actor.agency_id) for one in (cascade.kyoto, cascade.bureau, cascade.body)]
    assert escalated() == [ids[0], ids[1]]
    assert cascade.view(cascade.bureau, alert).path.told_of() == cascade.bureau.actor.agency_id
    cascade.wait(days=2)
    assert escalated() == [ids[0], ids[2]]
    cascade.acknowledge(cascade.kyoto, alert)
    assert cascade.overdue(cascade.kyoto) == []


def test_an_alert_whose_clock_cannot_be_read_keeps_no_other_from_being_told_of(
    cascade: Cascade, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, other = cascade.raise_alert(), cascade.raise_alert()
    cascade.wait(days=2)
    lock = alert_clocks.alerts.lock

    def breaks(alert_id: UUID) -> None:
        if alert_id == broken:
            raise ValueError("a step that no release knows")
        lock(alert_id)

    monkeypatch.setattr(alert_clocks.alerts, "lock", breaks)
    before = len(cascade.world.entries())
    with pytest.raises(ValueError, match="no release"):
        escalate_overdue(now=cascade.at, ledger=cascade.world.rooms.ledger)
    told = {one["details"].get("alert") for one in cascade.world.entries()[before:]}
    assert str(other) in told
    assert str(broken) not in told


def test_withdrawal_reaches_everybody_whom_it_ever_came_to_and_takes_back_what_it_said(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, cascade.osaka.agency)
    cascade.refuse(cascade.osaka, alert, RefusalReason.WRONG_PLACE)
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    cascade.take(cascade.kyoto, alert)
    cascade.tell(cascade.kyoto, alert, Outcome({}, (PersonOutcome(1, PersonRole.SUSPECT),)))
    reached = (cascade.denmark, cascade.bureau, cascade.osaka, cascade.kyoto)
    for one in reached:
        cascade.view(one, alert)
    with pytest.raises(Conflict):
        cascade.withdraw(cascade.denmark, alert)
    before = len(cascade.world.entries())
    cascade.withdraw(cascade.body, alert)
    told = {one["agency"] for one in cascade.world.entries()[before:] if one["act"] == "alert:withdrawn"}
    assert told == {str(one.actor.agency_id) for one in (cascade.body, *reached)}
    for one in reached:
        view = cascade.view(one, alert)
        assert (view.state, view.withheld, view.is_yours) == (AlertState.WITHDRAWN, Withheld.WITHDRAWN, False)
        assert all((each.words, each.outcome) == ("", None) for each in view.steps)
    with pytest.raises(Conflict):
        cascade.tell(cascade.kyoto, alert, SAFE)


def test_an_expired_certification_and_a_role_that_sees_no_content_open_nothing(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    lapsed = replace(cascade.bureau.actor, is_certified=False)
    auditor = cascade.world.founders[cascade.bureau.agency][1].actor
    for actor, error in ((lapsed, NotCertified), (auditor, Forbidden)):
        with pytest.raises(error):
            alerts.view_alert(actor=actor, alert_id=alert, **cascade.parts)
        with pytest.raises(error):
            alerts.list_alerts(actor=actor, **cascade.parts)


def test_past_the_services_the_database_still_shows_an_alert_to_its_path_alone(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    for one, sees in ((cascade.body, 1), (cascade.denmark, 1), (cascade.bureau, 1), (cascade.kyoto, 0)):
        with acting_for(one.actor.agency_id):
            assert (
                AlertRow.objects.filter(id=alert).count() == AlertStepRow.objects.filter(alert_id=alert).count() == sees
            )
            assert AlertPartyRow.objects.filter(alert_id=alert).count() == sees
    kyoto = cascade.kyoto.actor.agency_id
    for target in (alert, uuid4()):
        with pytest.raises(ProgrammingError, match="row-level security"), acting_for(kyoto):
            AlertPartyRow.objects.create(alert_id=target, agency_id=kyoto)
    for statement in ({"words": "changed"}, {"state": "taken"}):
        with pytest.raises(DatabaseError, match="permission denied"), acting_for(cascade.bureau.actor.agency_id):
            AlertStepRow.objects.filter(alert_id=alert).update(**statement)
    assert agencies.agency_called(cascade.kyoto.agency)
    assert now() - cascade.at < LATER

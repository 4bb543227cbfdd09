"""Home tells how much waits besides notices: as much as the officer's lists show of it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tsunagu.domain.act import Act
from tsunagu.domain.alert import RefusalReason
from tsunagu.domain.alert_path import AlertState
from tsunagu.domain.enquiry_request import RequestState
from tsunagu.domain.guest import GuestState
from tsunagu.domain.outcome import Outcome, OutcomeCode, PersonRole
from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.person import ENDED, PersonEnd
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.referral import ReferralState
from tsunagu.domain.report_steps import ReportState
from tsunagu.records.waiting import CaseToClear
from tsunagu.services.alerts.notes import write_note
from tsunagu.services.alerts.reading import list_alerts, list_overdue
from tsunagu.services.cases.enquiries import list_overdue_enquiries
from tsunagu.services.cases.opening import list_cases, open_case
from tsunagu.services.comparisons.asking import list_comparisons
from tsunagu.services.gate.requests import list_enquiry_requests
from tsunagu.services.persons.stating import add_subject, list_persons, state_person
from tsunagu.services.persons.withdrawing import answer_recall, list_recalls, note_told, withdraw_person
from tsunagu.services.referrals.lists import list_referrals
from tsunagu.services.reports.reading import list_reports
from tsunagu.services.series.guests import list_guests
from tsunagu.services.series.visits import list_visits
from tsunagu.services.submissions.inbox import list_received
from tsunagu.services.waiting import Waiting, count_waiting

from ..alerted import Cascade, command  # noqa: TID252 - tests are no package with a name
from ..enquired import enquire_once_more  # noqa: TID252 - likewise
from ..peopled import basis  # noqa: TID252 - likewise
from ..reported import a_report, entered  # noqa: TID252 - likewise
from ..scene import Scene  # noqa: TID252 - likewise
from ..world import World, now, random_name  # noqa: TID252 - likewise
from .visitors import Visitor

SAFE = Outcome({OutcomeCode.SAFEGUARDED: 1})
WAITS = {AlertState.SENT, AlertState.ACKNOWLEDGED, AlertState.RETURNED, AlertState.TAKEN}


@pytest.fixture(scope="module")
def scene(common_scene: Scene) -> Scene:
    world, anna = common_scene.world, common_scene.people["anna"]
    entered(world, anna, a_report(is_imminent=True))
    enquire_once_more(world, anna, common_scene.targets["case"])
    return common_scene


def to_clear(actor: dict[str, Any]) -> tuple[CaseToClear, ...]:
    """Cases in which a withdrawal is owed, by what each of them lists."""
    if not actor["actor"].may(Permission.PERSON_WITHDRAW):
        return ()
    found = []
    for case in sorted(one.reference for one in list_cases(**actor)):
        ended = [one for one in list_persons(reference=case, **actor).subjects() if one.status in set(ENDED)]
        untold = [one for one in list_recalls(reference=case, **actor).recalls if one.at is None]
        found += [CaseToClear(case, bool(ended), bool(untold))] if ended or untold else []
    return tuple(found)


def by_the_lists(actor: dict[str, Any]) -> Waiting:
    """What waits, counted in the lists that services return."""
    own = actor["actor"].agency_id
    told = list_alerts(**actor)
    alerts = [one for one in told if one.path.holder_id == own and one.state in WAITS]
    late = {one.alert_id for one in list_overdue(**actor)}
    reports = list_reports(states=[ReportState.WAITING], after=None, most=1000, **actor)
    came = [
        one for one in list_referrals(**actor) if one.receiver.agency_id == own and one.path.state is ReferralState.SENT
    ]
    return Waiting(
        len(alerts),
        sum(one.alert_id in late for one in alerts),
        sum(one.is_new for one in told),
        len(reports),
        sum(one.kept.is_imminent for one in reports),
        len(came),
        len(list_overdue_enquiries(**actor)),
        sum(one.state(now()) is GuestState.INVITED for one in list_visits(**actor).visits),
        sum(
            one.state(now()) is GuestState.PROPOSED and one.proposed_by != actor["actor"].officer_id
            for one in list_guests(**actor).guests
        ),
        sum(
            one.receiver.agency_id == own and one.summary.state is RequestState.ASKED
            for one in list_enquiry_requests(**actor)
        ),
        sum(one.may_be_taken(now().date()) for one in list_received(**actor).submissions),
        sum(bool(one.taken_at and one.withdrawn_at) for one in list_received(**actor).submissions),
        sum(one.waits for one in list_comparisons(**actor).comparisons),
        to_clear(actor),
    )


def test_as_much_waits_as_the_lists_show(scene: Scene) -> None:
    found = {}
    for name in ("anna", "carl", "ben", "cleo", "dora"):
        actor = {"actor": scene.people[name].actor, **scene.world.parts}
        found[name] = count_waiting(**actor)
        assert found[name] == by_the_lists(actor), name
    assert found["cleo"] == Waiting()
    assert found["anna"].reports_at_risk
    assert found["anna"].enquiries_late
    assert not found["carl"].enquiries_late  # he works on none of these cases
    assert found["dora"].alerts
    assert (found["ben"].visits, found["anna"].guests, found["carl"].guests) == (2, 1, 0)
    assert found["dora"].referrals
    assert found["dora"].requests
    assert found["ben"].submissions
    assert found["anna"].to_clear
    assert (found["anna"].comparisons, found["carl"].comparisons) == (1, 0)
    assert not found["carl"].to_clear


def test_a_subject_without_a_case_waits_until_he_is_withdrawn_and_every_receiver_told(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    officer, colleague = world.found({Role.OFFICER}, {Role.OFFICER})
    case = random_name("case")
    open_case(actor=officer.actor, reference=case, purpose=Purpose.INVESTIGATION, covert=False, **world.parts)
    parts = {"actor": officer.actor, "reference": case, **world.parts}

    def waits(person: Any) -> tuple[CaseToClear, ...]:
        return count_waiting(actor=person.actor, **world.parts).to_clear

    page = visitor().sits_down_as(officer)

    def leads_to(name: str) -> bool:
        return f'href="{reverse(name, args=[case])}">{case}</a>' in page.get("/").content.decode()

    subject = add_subject(code="", basis=basis(), **parts)
    note_told(name=subject, receiver="a school", **parts)
    assert waits(officer) == ()
    state_person(name=subject, value=PersonRole.NO_CASE.value, basis=basis(), **parts)
    assert (waits(officer), waits(colleague)) == ((CaseToClear(case, to_withdraw=True, to_tell=False),), ())
    assert leads_to("persons")
    state_person(name=subject, value=PersonRole.PERSON_OF_INTEREST.value, basis=basis(), **parts)
    assert waits(officer) == ()
    state_person(name=subject, value=PersonRole.NO_CASE.value, basis=basis(), **parts)
    withdraw_person(name=subject, why=PersonEnd.NO_CASE, **parts)
    assert waits(officer) == (CaseToClear(case, to_withdraw=False, to_tell=True),)
    assert leads_to("persons_recalls")
    answer_recall(name=subject, number=1, answer="destroyed", **parts)
    assert waits(officer) == ()


def test_an_alert_is_overdue_only_once_its_time_is_over_and_waits_until_its_outcome_is_told(world: World) -> None:
    cascade = Cascade.open(world)
    cascade.raise_alert()

    def at(person: Any) -> tuple[int, int]:
        found = count_waiting(actor=person.actor, **cascade.parts)
        return found.alerts, found.alerts_late

    assert (at(cascade.bureau), at(cascade.kyoto), at(cascade.body)) == ((1, 0), (0, 0), (0, 0))
    cascade.wait(days=30)
    assert (at(cascade.bureau), at(cascade.kyoto)) == ((1, 1), (0, 0))


def test_home_tells_of_an_alert_that_came_back_until_it_is_read_and_of_no_news_that_the_list_does_not_mark(
    world: World,
) -> None:
    cascade = Cascade.open(world)
    everybody = [cascade.body, cascade.denmark, cascade.bureau, cascade.osaka, cascade.kyoto, cascade.stranger]

    def news() -> list[int]:
        counted = []
        for person in everybody:
            parts = {"actor": person.actor, **cascade.parts}
            counted.append(count_waiting(**parts).alerts_news)
            marked = [one.alert_id for one in list_alerts(**parts) if one.is_new]
            assert [one.alert_id for one in list_alerts(has_news=True, **parts)] == marked
            assert counted[-1] == len(marked)
        return counted

    alert = cascade.raise_alert()
    assert news() == [0, 1, 1, 0, 0, 0]  # to who raised it, its raising is no news
    cascade.pass_on(cascade.bureau, alert, cascade.osaka.agency)
    cascade.refuse(cascade.osaka, alert, RefusalReason.WRONG_PLACE)
    for person in everybody[:4]:
        cascade.view(person, alert)
    assert news() == [0, 0, 0, 0, 0, 0]
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    assert news() == [1, 1, 0, 0, 1, 0]  # Osaka has left its way, and the bureau did it itself
    cascade.view(cascade.body, alert)
    write_note(actor=cascade.kyoto.actor, alert_id=alert, words="by noon", command=command(), **cascade.parts)
    assert news() == [1, 1, 1, 0, 1, 0]
    cascade.view(cascade.body, alert)
    cascade.take(cascade.kyoto, alert)
    cascade.tell(cascade.kyoto, alert, SAFE)
    cascade.view(cascade.kyoto, alert)
    assert news() == [1, 1, 1, 0, 0, 0]
    cascade.view(cascade.body, alert)
    write_note(actor=cascade.bureau.actor, alert_id=alert, words="seen", command=command(), **cascade.parts)
    cascade.withdraw(cascade.body, alert)
    assert news() == [1, 1, 1, 1, 1, 0]  # who raised it is still told of the note, whose alert it withdrew itself
    for person in everybody[:5]:
        cascade.view(person, alert)
    assert news() == [0] * 6


def test_nobody_learns_on_home_of_a_package_about_somebody_who_bears_his_name(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    dora = scene.people["dora"]
    actor = {"actor": dora.actor, **scene.world.parts}
    before = count_waiting(**actor).referrals
    monkeypatch.setattr("tsunagu.services.referrals.names.PackagesWithheld.hides", lambda *_: True)
    assert (count_waiting(**actor).referrals, before > 0) == (0, True)


def test_nobody_learns_on_home_of_a_request_about_somebody_who_bears_his_name(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = {"actor": scene.people["dora"].actor, **scene.world.parts}
    before = count_waiting(**actor).requests
    monkeypatch.setattr("tsunagu.services.gate.requests.RequestsWithheld.hides", lambda *_: True)
    assert (count_waiting(**actor).requests, before > 0) == (0, True)


def test_home_shows_what_waits_with_the_way_there_and_writes_down_that_it_was_told(
    scene: Scene, visitor: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tsunagu.web.pages.home.MOST_REFERRALS", 1)
    pages = {
        name: visitor().sits_down_as(scene.people[name]).get("/").content.decode() for name in ("anna", "cleo", "dora")
    }
    assert 'class="waits"' not in pages["cleo"]
    for name in ("reports", "enquiries_overdue"):
        assert f'href="{reverse(name)}"><b>' in pages["anna"]
    assert "child at imminent risk: " in pages["anna"]
    assert f'href="{reverse("persons_recalls", args=[scene.targets["case"]])}"' in pages["anna"]
    assert "+</b>" in pages["dora"]  # there may be others
    assert Act.WAITING_READ in {one["act"] for one in scene.world.entries()[-5:]}

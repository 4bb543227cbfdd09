"""Incoming reports: none is lost, none is joined by a machine, and each is read by those who have it."""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from tsunagu.cli.report_acts import CHECK
from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.errors import Conflict
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.report import ObservationKind, ReportedObservation
from tsunagu.records.models import ReportContentRow, ReportKeyRow, ReportRow, ReportStepRow
from tsunagu.records.reports import LOCK_REPORT, change, joined_with
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.tree import confirm_places, place_agency
from tsunagu.services.cases.opening import open_case
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion
from tsunagu.services.reports.acts import join_report
from tsunagu.services.reports.retention import erase_expired_reports

from .reported import a_report, entered
from .world import Person, World, now, random_name

REFUSED, NOT_FOUND, CONFLICT = 2, 4, 6


@pytest.fixture(scope="module")
def national(world: World) -> Person:
    one, _ = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
    return one


@pytest.fixture(scope="module")
def kyoto(world: World, national: Person) -> Person:
    """Give an officer of a prefecture beneath the national police."""
    one, _ = world.found({Role.OFFICER}, {Role.ADMINISTRATOR})
    kind = AgencyKind.REGIONAL_POLICE
    place_agency(name=one.agency, under=national.agency, kind=kind, now=now(), ledger=world.rooms.ledger)
    confirm_places(actor=national.actor, names=[one.agency], **world.parts)
    return one


def offered(**said: Any) -> dict[str, Any]:
    told = {"source_kind": "provider", "source": random_name("provider"), "source_reference": random_name("n")}
    return {**told, "text": random_name("text"), **said}


def bring(world: World, person: Person, *told: object, status: int = 0) -> list[dict[str, Any]]:
    file = world.file("\n".join(json.dumps(one) for one in told).encode())
    done = world.run(person, "report", "import", file, "--json")
    assert done.status == status, done.text
    return [json.loads(line) for line in done.stdout.splitlines()]


def do(world: World, by: Person, act: str, report: object, *typed: str, status: int = 0) -> None:
    done = world.run(by, "report", act, str(report), *typed)
    assert done.status == status, done.text


def show(world: World, by: Person, report: object) -> dict[str, Any]:
    [found] = world.json(by, "report", "show", str(report))
    return found


def queue(world: World, by: Person, *typed: str) -> list[str]:
    return [one["report"] for one in world.json(by, "report", "list", *typed)]


def test_of_a_batch_what_is_wrong_is_refused_by_name_and_the_rest_is_kept(world: World, national: Person) -> None:
    text_alone = offered(text="she is asked to meet him")
    wrong_digest = offered(known_by=[{"type": "sha256", "value": "12"}])
    unknown_field = offered(pictures=["x"])
    empty = offered(text=" ")
    done = bring(world, national, text_alone, wrong_digest, unknown_field, 7, empty, status=REFUSED)
    assert [one["state"] for one in done] == ["entered", "refused", "refused", "refused", "refused"]
    assert [one["field"] for one in done] == [None, "known_by", "pictures", "report", "text"]
    assert show(world, national, done[0]["report"])["text"] == "she is asked to meet him"
    assert done[0]["report"] in queue(world, national)


def test_the_very_same_report_again_is_known_and_another_under_its_name_is_refused(
    world: World, national: Person
) -> None:
    one = offered()
    [first], [again] = bring(world, national, one), bring(world, national, one)
    assert (again["state"], again["report"]) == ("known", first["report"])
    [other] = bring(world, national, {**one, "text": "something else"}, status=REFUSED)
    assert (other["state"], other["field"]) == ("refused", "source_reference")


def test_risk_that_a_report_tells_of_when_it_is_sent_again_is_said_of_it_once(
    world: World, national: Person, kyoto: Person
) -> None:
    told = offered(text="one\ntwo")
    [first] = bring(world, national, told)
    again = {**told, "text": "one\r\ntwo", "imminent_risk": True}
    [known] = bring(world, national, again)
    assert (known["state"], known["report"]) == ("known", first["report"])
    assert show(world, national, first["report"])["imminent_risk"] is True
    do(world, national, "risk", first["report"], "--not-imminent", "--reason", "she is safe")
    bring(world, national, again)
    steps = [step["kind"] for step in show(world, national, first["report"])["steps"]]
    assert steps == ["entered", "risk-set", "risk-lifted"]
    do(world, national, "assign", first["report"], "--to", kyoto.agency, "--reason", "w")
    [refused] = bring(world, national, again, status=REFUSED)
    assert (refused["field"], refused["report"]) == ("imminent_risk", None)


def test_a_text_from_outside_moves_no_terminal(world: World, national: Person) -> None:
    [first] = bring(world, national, offered(text="one\n\x1b[2Jtwo"))
    shown = world.run(national, "report", "show", first["report"]).stdout
    assert "\x1b" not in shown
    assert "one\n\\x1b[2Jtwo" in shown


def test_a_closed_report_waits_again_once_its_source_tells_of_risk(world: World, national: Person) -> None:
    told = offered(text="one")
    [first] = bring(world, national, told)
    do(world, national, "close", first["report"], "--reason", "leads nowhere")
    bring(world, national, told)
    assert first["report"] not in queue(world, national)
    bring(world, national, {**told, "imminent_risk": True})
    assert queue(world, national)[0] == first["report"]
    steps = [step["kind"] for step in show(world, national, first["report"])["steps"]]
    assert steps == ["entered", "closed", "risk-set", "put-back"]


def test_who_sends_a_report_again_is_in_the_ledger_and_learns_its_id_only_if_he_may_read_it(world: World) -> None:
    one, colleague = world.found({Role.OFFICER}, {Role.OFFICER})
    told = offered()
    [first] = bring(world, one, told)
    bring(world, one, told)
    again = world.last_entry()
    assert (again["act"], again["details"]["report"]) == ("report:resent", first["report"])
    case = ("--case", random_name("case"), "--open-for", "investigation")
    do(world, one, "merge", first["report"], *case, "--reason", "w")
    [known] = bring(world, colleague, told)
    assert (known["state"], known["report"]) == ("known", None)
    assert world.last_entry()["details"] == {"refused": 0, "source_kind": "provider"}
    [refused] = bring(world, colleague, {**told, "text": "something else"}, status=REFUSED)
    assert refused["report"] is None
    assert world.last_entry()["details"] == {"refused": 1, "source_kind": "provider"}
    assert first["report"] not in json.dumps(world.last_entry())


def test_risk_comes_first_as_a_person_has_said_it_and_then_what_waits_longest(world: World) -> None:
    one, _ = world.found({Role.OFFICER}, {Role.OFFICER})
    ages = [entered(world, one, a_report(received_at=now() - timedelta(days=days))) for days in (1, 3, 2)]
    assert queue(world, one) == [str(ages[1]), str(ages[2]), str(ages[0])]
    do(world, one, "risk", ages[0], "--imminent", "--reason", "she said so")
    do(world, one, "risk", ages[0], "--imminent", "--reason", "again", status=CONFLICT)
    assert queue(world, one) == [str(ages[0]), str(ages[1]), str(ages[2])]
    assert queue(world, one, "--after", str(ages[0])) == [str(ages[1]), str(ages[2])]
    assert queue(world, one, "--after", str(ages[1])) == [str(ages[2])]
    do(world, one, "close", ages[1], "--reason", "w")
    assert queue(world, one, "--after", str(ages[1])) == [str(ages[2])]
    do(world, one, "risk", ages[0], "--not-imminent", "--reason", "she is safe")
    assert [step["words"] for step in show(world, one, ages[0])["steps"]] == ["", "she said so", "she is safe"]


def test_a_list_does_not_begin_again_by_itself_where_the_report_it_goes_on_after_is_gone(world: World) -> None:
    one, colleague = world.found({Role.OFFICER}, {Role.OFFICER})
    first, _ = (entered(world, one, a_report()) for _ in range(2))
    do(world, one, "merge", first, "--case", random_name("case"), "--open-for", "investigation", "--reason", "w")
    done = world.run(colleague, "report", "list", "--after", str(first))
    assert done.status == CONFLICT, done.text


def test_risk_stays_in_the_queue_with_the_report_that_the_one_at_risk_was_joined_to(world: World) -> None:
    one, _ = world.found({Role.OFFICER}, {Role.OFFICER})
    lead, other, at_risk, later = (entered(world, one, a_report()) for _ in range(4))
    do(world, one, "risk", at_risk, "--imminent", "--reason", "w")
    do(world, one, "join", at_risk, str(other), "--reason", "one chat")
    assert queue(world, one)[0] == str(other)
    do(world, one, "join", other, str(lead), "--reason", "one child")
    assert queue(world, one)[0] == str(lead)
    risk = [step["words"] for step in show(world, one, lead)["steps"] if step["kind"] == "risk-set"]
    assert risk == ["one child"]
    done = world.run(one, "report", "show", str(lead))
    assert done.text.count("A CHILD IS AT IMMINENT RISK") == len((lead, other, at_risk))
    do(world, one, "risk", lead, "--not-imminent", "--reason", "she is safe")
    do(world, one, "join", later, str(lead), "--reason", "w")
    do(world, one, "risk", later, "--imminent", "--reason", "another child")
    assert show(world, one, lead)["imminent_risk"] is True


def test_a_report_is_not_joined_to_one_that_is_closed_meanwhile(world: World, admin: Any) -> None:
    one, _ = world.found({Role.OFFICER}, {Role.OFFICER})
    lead, other = (entered(world, one, a_report()) for _ in range(2))

    def join() -> None:
        try:
            join_report(actor=one.actor, report_id=other, to=lead, reason="w", **world.parts)
        finally:
            connections.close_all()

    admin.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_REPORT, str(lead)])
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND NOT granted"
    with ThreadPoolExecutor(1) as thread:
        joining = thread.submit(join)
        for _ in range(500):
            if joining.done() or admin.execute(waiting, [LOCK_REPORT]).fetchone()[0]:
                break
            time.sleep(0.01)
        admin.execute("UPDATE report SET state = 'closed' WHERE id = %s", [lead])
        admin.commit()
        with pytest.raises(Conflict):
            joining.result()
    assert queue(world, one) == [str(other)]


def test_nothing_is_done_to_a_joined_report_that_was_put_back_meanwhile(world: World) -> None:
    one, _ = world.found({Role.OFFICER}, {Role.OFFICER})
    lead, other = (entered(world, one, a_report()) for _ in range(2))
    do(world, one, "join", other, str(lead), "--reason", "w")
    with acting_for(one.actor.agency_id):
        [joined] = joined_with(one.actor, lead)
    do(world, one, "put-back", other, "--reason", "w")
    with acting_for(one.actor.agency_id), pytest.raises(Conflict):
        change(joined, imminent=True)


def test_what_may_be_the_same_is_shown_with_why_and_nothing_is_joined_by_itself(world: World, national: Person) -> None:
    first = a_report()
    handle = ReportedObservation(ObservationKind.HANDLE, first.observations[0].value.upper(), " Game")
    same_handle = a_report(observations=(handle,))
    same_digest = a_report(known_by=first.known_by)
    same_text = a_report(text=f"  {first.text.upper()}\n")
    ids = [entered(world, national, one) for one in (first, same_handle, same_digest, same_text, a_report())]
    shown = show(world, national, ids[0])
    assert {one["report"]: one["grounds"] for one in shown["duplicates"]} == {
        str(ids[1]): ["observation"],
        str(ids[2]): ["digest"],
        str(ids[3]): ["text"],
    }
    assert shown["state"] == "waiting"
    [line] = [one for one in world.json(national, "report", "list") if one["report"] == str(ids[0])]
    assert line["duplicates"] == len(shown["duplicates"])
    assert show(world, national, ids[4])["duplicates"] == []


def test_a_report_is_assigned_with_what_was_joined_to_it_and_its_receiver_alone_reads_on(
    world: World, national: Person, kyoto: Person
) -> None:
    lead, other = (entered(world, national, a_report()) for _ in range(2))
    do(world, national, "join", other, str(lead), "--reason", "one chat")
    do(world, national, "join", other, str(lead), "--reason", "again", status=CONFLICT)
    assert str(other) not in queue(world, national)
    assert show(world, national, lead)["joined"] == [str(other)]
    assert kyoto.agency in show(world, national, lead)["may_be_assigned_to"]
    do(world, kyoto, "close", lead, "--reason", "w", status=NOT_FOUND)
    do(world, national, "assign", lead, "--to", random_name("nowhere"), "--reason", "w", status=REFUSED)
    do(world, national, "assign", lead, "--to", kyoto.agency, "--reason", "it speaks of Kyoto")
    for one in (lead, other):
        do(world, national, "show", one, status=NOT_FOUND)
        do(world, national, "answer", one, "--words", "w", status=NOT_FOUND)
        assert show(world, kyoto, one)["received_by"] == national.agency
    passed_on = {one["report"]: one for one in world.json(national, "report", "list", "--passed-on")}
    assert passed_on[str(lead)]["agency"] == kyoto.agency
    assert set(passed_on[str(lead)]) == {"report", "source", "source_reference", "agency", "contact"}
    assert [step["kind"] for step in show(world, kyoto, lead)["steps"]] == ["entered", "assigned"]
    do(world, kyoto, "assign", lead, "--to", national.agency, "--reason", "not here")
    assert str(lead) in queue(world, national)
    do(world, kyoto, "show", lead, status=NOT_FOUND)


def test_of_what_an_agency_has_passed_on_the_database_shows_it_the_envelope_alone(
    world: World, national: Person, kyoto: Person
) -> None:
    one = entered(world, national, a_report())
    do(world, national, "assign", one, "--to", kyoto.agency, "--reason", "w")
    inside = (ReportContentRow, ReportKeyRow, ReportStepRow)
    with acting_for(national.actor.agency_id):
        assert ReportRow.objects.filter(id=one).exists()
        assert not any(each.objects.filter(report_id=one).exists() for each in inside)
        assert ReportRow.objects.filter(id=one).update(imminent=True) == 0
    with acting_for(kyoto.actor.agency_id):
        assert all(each.objects.filter(report_id=one).exists() for each in inside)


def test_what_was_merged_into_a_case_is_read_by_those_who_work_on_it(world: World) -> None:
    one, colleague = world.found({Role.OFFICER}, {Role.OFFICER})
    report = a_report()
    lead, case = entered(world, one, report), random_name("case")
    same = entered(world, one, a_report(known_by=report.known_by))
    do(world, one, "merge", lead, "--case", case, "--reason", "w", status=NOT_FOUND)
    assert str(lead) in queue(world, colleague)
    do(world, one, "merge", lead, "--case", case, "--open-for", "investigation", "--reason", "it is his")
    assert show(world, one, lead)["case"] == case
    do(world, colleague, "show", lead, status=NOT_FOUND)
    assert show(world, colleague, same)["duplicates"] == []
    assert show(world, one, same)["duplicates"] != []
    assert queue(world, colleague, "--state", "merged") == []
    do(world, one, "merge", same, "--case", case, "--open-for", "investigation", "--reason", "w", status=CONFLICT)
    do(world, one, "put-back", lead, "--reason", "the wrong case")
    assert str(lead) in queue(world, colleague)
    assert show(world, one, lead)["case"] is None


def test_the_source_is_answered_and_the_answer_leaves_signed(world: World, national: Person, tmp_path: Path) -> None:
    report = a_report()
    one = entered(world, national, report)
    do(world, national, "letter", one, "--out", str(tmp_path), status=CONFLICT)
    do(world, national, "answer", one, "--words", "received")
    do(world, national, "close", one, "--reason", "known already")
    do(world, national, "answer", one, "--words", "thank you; it is looked into")
    do(world, national, "letter", one, "--out", str(tmp_path))
    told = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert (told["source_reference"], told["answer"]) == (report.source_reference, "thank you; it is looked into")
    assert told["answered_by"] == national.login
    subprocess.run(shlex.split(CHECK), cwd=tmp_path, check=True, capture_output=True)
    assert "This text is not signed" in (tmp_path / "answer.txt").read_text(encoding="utf-8")
    answers = [step for step in show(world, national, one)["steps"] if step["kind"] == "answered"]
    assert [(step["by"], step["words"]) for step in answers] == [
        (national.login, "received"),
        (national.login, "thank you; it is looked into"),
    ]


def test_a_report_goes_with_its_last_day_and_what_was_joined_goes_with_the_last_of_them(
    world: World, admin: Any
) -> None:
    one, _ = world.found({Role.OFFICER}, {Role.OFFICER})
    lead, joined, young = (entered(world, one, a_report()) for _ in range(3))
    do(world, one, "join", joined, str(lead), "--reason", "w")
    yesterday = now().date() - timedelta(days=1)

    def over(*reports: UUID) -> int:
        for each in reports:
            admin.execute("UPDATE report SET keep_until = %s WHERE id = %s", [yesterday, each])
        admin.commit()
        agency = one.actor.agency_id
        return erase_expired_reports(agency, today=now().date(), now=now(), ledger=world.rooms.ledger)

    assert over() == 0
    assert over(lead) == 0
    assert over(joined) == len((lead, joined))
    assert world.last_entry()["act"] == "report:expired"
    assert queue(world, one, "--state", "waiting", "--state", "joined") == [str(young)]


def test_a_report_that_is_put_back_after_its_last_day_is_not_erased_the_next_night(world: World, admin: Any) -> None:
    one, _ = world.found({Role.OFFICER}, {Role.OFFICER})
    lead, joined = (entered(world, one, a_report()) for _ in range(2))
    do(world, one, "join", joined, str(lead), "--reason", "w")
    do(world, one, "close", lead, "--reason", "w")
    day = show(world, one, lead)["keep_until"]
    for each in (lead, joined):
        admin.execute("UPDATE report SET keep_until = '2020-01-01' WHERE id = %s", [each])
    admin.commit()
    do(world, one, "put-back", lead, "--reason", "it was not nothing")
    assert [show(world, one, each)["keep_until"] for each in (lead, joined)] == [day, day]
    put_back = [entry for entry in world.entries() if entry["act"] == "report:put_back"]
    assert {entry["details"]["until"] for entry in put_back[-2:]} == {day}


def test_a_report_goes_with_the_case_that_it_was_merged_into(world: World) -> None:
    one, colleague = world.found({Role.OFFICER}, {Role.OFFICER})
    report, case = entered(world, one, a_report()), random_name("case")
    parts, asked = world.parts, {"reference": case, "ground": ErasureGround.ORDERED}
    open_case(actor=one.actor, reference=case, purpose=Purpose.INVESTIGATION, covert=False, **parts)
    assert world.run(one, "case", "join", case, colleague.login).status == 0
    do(world, one, "merge", report, "--case", case, "--reason", "w")
    propose_deletion(actor=one.actor, **asked, **parts)
    confirm_deletion(actor=colleague.actor, reference=case, queue=world.rooms.queue, **parts)
    with acting_for(one.actor.agency_id):
        assert not ReportRow.objects.filter(id=report).exists()
        assert not ReportStepRow.objects.filter(report_id=report).exists()


def test_every_act_is_in_the_ledger_and_none_of_what_a_report_says(world: World, national: Person) -> None:
    report = a_report()
    one = entered(world, national, report)
    show(world, national, one)
    do(world, national, "close", one, "--reason", "nothing in it")
    told = [entry for entry in world.entries() if entry.get("details", {}).get("report") == str(one)]
    assert [entry["act"] for entry in told] == ["report:entered", "report:read", "report:closed"]
    secrets = (report.text, report.source, report.source_reference, report.observations[0].value, "nothing in it")
    assert not any(secret in json.dumps(told, ensure_ascii=False) for secret in secrets)

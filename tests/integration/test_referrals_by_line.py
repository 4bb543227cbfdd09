"""A suspect is handed over to an agency of another installation, and what becomes of him comes back over the line."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError

from tsunagu.cli.referral_answers import CHECK
from tsunagu.domain.alert import HandOver
from tsunagu.domain.hub import MessageKind
from tsunagu.domain.outcome import AgeBand
from tsunagu.domain.referral import ReferralStep, ReferralStepKind
from tsunagu.federation.referral_messages import (
    ToldReferralStep,
    package_in,
    package_said,
    sent_stream,
    step_in,
    step_said,
)
from tsunagu.federation.sealed_said import opened_said
from tsunagu.records import referrals
from tsunagu.records.models import HubOutgoing, ReferralRow
from tsunagu.records.session import acting_for
from tsunagu.services.referrals import inbox as referral_inbox

from .gated import BUYER, Gated
from .lined import Line, keep, own_keys
from .seized import fillers
from .test_referrals import POLICE, RISK, send
from .world import Person, now, random_name

CONFLICT, NOT_FOUND = 6, 4


@pytest.fixture
def gated(line: Line, tmp_path: Path) -> Iterator[Gated]:
    """Give a suspect of whom all is recorded, at the sender's installation, where we are."""
    others = [(*one, *("",) * (len(BUYER) - len(one))) for one in fillers(3)]
    with line.here.here() as world:
        made = Gated.of(world, line.force, tmp_path, BUYER, *others)
        made.suspect()
        made.gate("risk", *RISK)
        made.gate("welfare", "--suicide", "a physician is told", "--children", "the centre is told")
        yield made


def told(line: Line, by: Person) -> dict[str, dict[str, Any]]:
    """Return the referrals that somebody there is told of."""
    return {one["referral"]: one for one in line.do(by, "referral", "list")}


def mine(gated: Gated, referral: str) -> dict[str, Any]:
    listed = gated.desk.world.json(gated.desk.one, "referral", "list")
    return next(one for one in listed if one["referral"] == referral)


def test_a_package_goes_over_the_line_and_what_becomes_of_it_comes_back(line: Line, gated: Gated) -> None:
    first = send(gated)
    assert mine(gated, first)["state"] == "sent"
    done = gated.desk.world.run(gated.desk.one, "referral", "receive", first)
    assert done.status == CONFLICT, "its receiver answers it itself"
    line.carry()
    assert told(line, line.nagasaki)[first]["state"] == "sent"
    assert first not in told(line, line.fukuoka)
    line.do(line.fukuoka, "referral", "receive", first, status=NOT_FOUND)
    line.do(line.nagasaki, "referral", "receive", first)
    line.do(line.nagasaki, "referral", "return", first, "--because", "wrong-area", "--words", "he lives in Fukuoka")
    line.carry()
    assert (mine(gated, first)["state"], mine(gated, first)["returned"]) == ("returned", "wrong-area")
    gated.gate("residence", "--prefecture", "40", "--evidence", "E-5=the resident register")
    second = send(gated)
    line.carry()
    line.do(line.fukuoka, "referral", "receive", second)
    line.do(
        line.fukuoka,
        "referral",
        "outcome",
        second,
        "--role",
        "suspect",
        "--done",
        "cleared",
        "--done",
        "referred-on-papers",
    )
    line.carry()
    line.do(line.fukuoka, "referral", "outcome", second, "--role", "charged", "--done", "summary-order", "--age", "40s")
    line.carry()
    stages = gated.desk.stages()
    assert {name: stages[name]["count"] for name in (
        "suspects", "referred", "received", "returned", "answered", "cleared", "referred-on-papers", "summary-order",
        "packages", "packages-to-recall",
    )} == {
        "suspects": 1, "referred": 1, "received": 1, "returned": 1, "answered": 1, "cleared": 1,
        "referred-on-papers": 1, "summary-order": 1, "packages": 2, "packages-to-recall": 0,
    }  # fmt: skip
    assert (stages["returned"]["parts"], stages["answered"]["parts"]) == ({"wrong-area": 1}, {"charged": 1})
    with acting_for(line.force.one.actor.agency_id):
        kept = referrals.referral_of(UUID(second))
    assert kept
    assert kept.path.outcomes[-1].age is AgeBand.FORTIES


def test_a_receiver_takes_it_into_a_case_and_its_print_is_checked_by_its_senders_key(line: Line, gated: Gated) -> None:
    referral, case = send(gated), random_name("case")
    line.carry()
    with line.there.here() as world:
        assert world.run(line.nagasaki, "case", "open", case).status == 0
    line.do(line.nagasaki, "referral", "receive", referral)
    line.do(line.nagasaki, "referral", "take", referral, "--case", case)
    assert told(line, line.nagasaki)[referral]["case"] == case
    out = gated.desk.folder / random_name("letter")
    with line.there.here() as world:
        done = world.run(line.nagasaki, "referral", "letter", referral, "--out", str(out), "--without-pdf")
    assert gated.desk.world.rooms.keys.signer().key_id in done.text
    assert subprocess.run(shlex.split(CHECK), cwd=out, check=False, capture_output=True).returncode == 0
    line.carry()
    typed = ("referral", "withdraw", referral, "--reason", "the card was stolen")
    [recalled] = gated.desk.world.json(gated.desk.one, *typed)
    assert recalled["was_printed"], "that it was printed there is known here"


def test_each_hop_has_its_times_on_both_sides(line: Line, gated: Gated) -> None:
    referral = send(gated)
    assert mine(gated, referral)["by_line"]
    line.carry()
    line.do(line.nagasaki, "referral", "receive", referral)
    line.carry()
    here, there = mine(gated, referral)["steps"], told(line, line.nagasaki)[referral]["steps"]
    assert [one["kind"] for one in here] == [one["kind"] for one in there] == ["sent", "arrived", "received"]
    assert [one["at"] for one in here] == [one["at"] for one in there]
    assert [one["told_at"] is not None for one in here] == [False, True, True]
    assert [one["told_at"] is not None for one in there] == [True, False, False]


def test_a_withdrawal_erases_it_there_and_the_proof_comes_back(line: Line, gated: Gated) -> None:
    referral = send(gated)
    line.carry()
    line.do(line.nagasaki, "referral", "receive", referral)
    withdraw(gated, referral)
    line.carry()  # what he has received meanwhile is told, too
    assert (mine(gated, referral)["state"], mine(gated, referral)["erased"]) == ("withdrawn", True)
    [erased] = [one for one in gated.desk.world.entries() if one["act"] == "referral:erased" and about(one, referral)]
    with line.there.here() as world, acting_for(line.nagasaki.actor.agency_id):
        row = ReferralRow.objects.get(id=referral)
        assert (row.key, row.sealed) == (None, None)
        [proven] = [one for one in world.entries() if one["act"] == "referral:erased" and about(one, referral)]
    assert erased["details"]["merkle_root"] == proven["details"]["merkle_root"] != ""
    assert erased["details"]["items"] == proven["details"]["items"] == 5
    shown = told(line, line.nagasaki)[referral]
    assert (shown["state"], shown["erased"]) == ("withdrawn", True)
    line.do(line.nagasaki, "referral", "outcome", referral, "--role", "suspect", "--done", "cleared", status=CONFLICT)
    with line.there.here() as world:
        out = ("--out", str(gated.desk.folder / random_name("letter")), "--without-pdf")
        assert world.run(line.nagasaki, "referral", "letter", referral, *out).status == CONFLICT


def test_what_a_receiver_did_before_it_heard_of_a_withdrawal_counts(line: Line, gated: Gated) -> None:
    referral = send(gated)
    line.carry()
    line.do(line.nagasaki, "referral", "receive", referral)
    line.do(line.nagasaki, "referral", "outcome", referral, "--role", "suspect", "--done", "cleared")
    withdraw(gated, referral)
    line.carry()
    known = mine(gated, referral)
    assert (known["state"], known["erased"]) == ("withdrawn", True)
    assert known["outcomes"] == [{"role": "suspect", "disposals": ["cleared"]}]
    assert [one["kind"] for one in known["steps"]] == ["sent", "arrived", "withdrawn", "received", "outcome", "erased"]


def test_what_is_withdrawn_before_it_went_never_goes(line: Line, gated: Gated) -> None:
    referral = send(gated)
    withdraw(gated, referral)
    line.carry()
    assert referral not in told(line, line.nagasaki)
    assert mine(gated, referral)["erased"]


def test_an_acquittal_there_withdraws_what_others_had_of_him(line: Line, gated: Gated) -> None:
    first = send(gated)
    line.carry()
    line.do(line.nagasaki, "referral", "return", first, "--because", "moved")
    line.carry()
    gated.gate("residence", "--prefecture", "40", "--evidence", "E-5=the resident register")
    second = send(gated)
    line.carry()
    line.do(line.fukuoka, "referral", "receive", second)
    line.do(line.fukuoka, "referral", "outcome", second, "--role", "acquitted")
    line.carry()
    assert {mine(gated, one)["state"] for one in (first, second)} == {"withdrawn", "answered"}
    assert told(line, line.nagasaki)[first]["erased"]
    assert not told(line, line.fukuoka)[second]["erased"]


def test_who_is_police_stays_with_the_coordinators_there_too(line: Line, gated: Gated) -> None:
    gated.gate("position", *POLICE)
    referral = send(gated)
    line.carry()
    assert referral in told(line, line.nagasaki)
    assert referral not in told(line, line.plain)
    line.do(line.plain, "referral", "receive", referral, status=NOT_FOUND)


def come(line: Line, kind: MessageKind, said: dict[str, Any], by: UUID | None = None) -> str | None:
    return keep(line.there, referral_inbox.keep, kind, said, by=by or line.here.installation_id)


def test_a_package_that_is_not_what_its_sender_signed_is_refused(line: Line, gated: Gated) -> None:
    gated.gate("position", *POLICE)
    referral = send(gated)
    member_id = line.there.installation_id
    assert member_id
    with acting_for(member_id):
        [waiting] = HubOutgoing.objects.filter(stream=sent_stream(UUID(referral)))
    assert set(waiting.body) == {"sealed"}, "no outbox shows whom it is about"
    said = opened_said(waiting.body["sealed"], own_keys(line.there))
    package, kind = package_in(said), MessageKind.REFERRAL
    assert package_said(package) == said

    def refuses(**other: Any) -> str | None:
        return come(line, kind, package_said(replace(package, **other)))

    changed = package.body.replace(BUYER[0], "somebody else")
    signer = gated.desk.world.rooms.keys.signer()
    assert refuses(body=changed) == "forged"
    assert refuses(coordinators_alone=False) == "re-labelled", "he is police"
    assert refuses(keep_until=package.keep_until + timedelta(days=1)) == "re-labelled"
    assert refuses(form=HandOver.TRANSFER) == "re-labelled"
    assert refuses(referral_id=uuid4()) == "malformed"
    assert refuses(body="{}", signature=signer.sign(b"{}")) == "malformed"
    assert refuses(sent_at=now() + timedelta(hours=1)) == "from-the-future"
    assert refuses(receiver_id=line.fukuoka.actor.agency_id) == "not-theirs", "he lives in Nagasaki"
    assert refuses(receiver_id=line.force.one.actor.agency_id) == "not-theirs"
    assert refuses(sender=replace(package.sender, agency_id=line.nagasaki.actor.agency_id)) == "not-theirs"
    assert come(line, kind, {**said, "coordinators_alone": "no"}) == "malformed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(referral_inbox, "MOST_A_DAY", 0)
        assert refuses() == "too-many"
    assert refuses() is refuses() is None, "the same again changes nothing"
    assert come(line, kind, said, by=line.three.nordic.installation_id) == "not-theirs"
    other = replace(package, body=changed, signature=signer.sign(changed.encode()))
    assert come(line, kind, package_said(other)) == "contradicts"
    kept = json.dumps({**json.loads(package.body), "handling": {"restriction": "r", "keep_until": "2099-01-01"}})
    longer = replace(package, body=kept, signature=signer.sign(kept.encode()), keep_until=date(2099, 1, 1))
    assert come(line, kind, package_said(longer)) == "re-labelled"
    past = kept.replace("2099", "2020")
    over = replace(package, body=past, signature=signer.sign(past.encode()), keep_until=date(2020, 1, 1))
    assert come(line, kind, package_said(over)) == "expired"
    assert [one for one in told(line, line.nagasaki) if one == referral] == [referral]


def test_nobody_else_tells_what_a_receiver_did(line: Line, gated: Gated) -> None:
    referral = UUID(send(gated))
    line.carry()
    receiver_id = line.nagasaki.actor.agency_id
    mark = ToldReferralStep(referral, receiver_id, ReferralStep(3, ReferralStepKind.RECEIVED, receiver_id, now()))

    def refuses(told: ToldReferralStep, by: UUID | None = None) -> str | None:
        member_id = by or line.there.installation_id
        return keep(line.here, referral_inbox.keep, MessageKind.REFERRAL_STEP, step_said(told), by=member_id)

    def step(**other: Any) -> ToldReferralStep:
        return replace(mark, step=replace(mark.step, **other))

    assert refuses(mark, by=line.three.nordic.installation_id) == "not-theirs"
    assert refuses(replace(mark, referral_id=uuid4())) == "not-theirs"
    fukuoka = line.fukuoka.actor.agency_id
    assert refuses(replace(step(agency_id=fukuoka), receiver_id=fukuoka)) == "not-theirs"
    assert refuses(step(agency_id=line.force.one.actor.agency_id)) == "malformed"
    assert refuses(step(kind=ReferralStepKind.WITHDRAWN)) == "malformed"
    assert refuses(step(kind=ReferralStepKind.ERASED)) == "contradicts", "it is not withdrawn"
    assert refuses(step(at=now() + timedelta(hours=1))) == "from-the-future"
    assert refuses(mark) is refuses(mark) is None
    assert refuses(step(kind=ReferralStepKind.PRINTED)) == "contradicts"
    assert step_in(step_said(mark)) == mark
    assert mine(gated, str(referral))["state"] == "received"


def test_a_withdrawal_counts_from_its_sender_alone(line: Line, gated: Gated) -> None:
    referral = UUID(send(gated))
    line.carry()
    sides = (line.nagasaki.actor.agency_id, line.force.one.actor.agency_id)
    over = ToldReferralStep(referral, sides[0], ReferralStep(2, ReferralStepKind.WITHDRAWN, sides[1], now()))
    kind, nordic = MessageKind.REFERRAL_OVER, line.three.nordic.installation_id
    assert come(line, kind, step_said(over), by=nordic) == "not-theirs"
    stranger = replace(over, step=replace(over.step, agency_id=line.three.body.actor.agency_id))
    assert come(line, kind, step_said(stranger)) is None, "it has sent no such referral: nothing is told of this one"
    received = replace(over, step=replace(over.step, kind=ReferralStepKind.RECEIVED))
    assert come(line, kind, step_said(received)) == "malformed"
    assert told(line, line.nagasaki)[str(referral)]["state"] == "sent"


def test_the_database_lets_nobody_empty_a_package_that_was_not_withdrawn(line: Line, gated: Gated) -> None:
    referral = UUID(send(gated))
    with pytest.raises(DatabaseError), acting_for(line.force.one.actor.agency_id):
        referrals.erase_said(referral)
    line.carry()
    for agency_id in (line.force.one.actor.agency_id, line.nagasaki.actor.agency_id):
        with line.there.here(), suppress(DatabaseError), acting_for(agency_id):
            referrals.erase_said(referral)
    with line.there.here(), acting_for(line.nagasaki.actor.agency_id):
        assert ReferralRow.objects.get(id=referral).key is not None


def test_a_membership_that_ended_leaves_its_sender_to_enter_what_comes_on_paper(
    line: Line, gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral = send(gated)
    line.carry()
    monkeypatch.setattr("tsunagu.services.members.outbox.hub_members.member_ids", lambda: ())
    document = gated.desk.world.file(b"a letter")
    done = gated.desk.world.run(gated.desk.one, "referral", "receive", referral, "--document", document)
    assert done.status == 0, done.text


def about(entry: dict[str, Any], referral: str) -> bool:
    return bool(entry["details"].get("referral") == referral)


def withdraw(gated: Gated, referral: str) -> None:
    done = gated.desk.world.run(gated.desk.one, "referral", "withdraw", referral, "--reason", "the card was stolen")
    assert done.status == 0, done.text

"""A person taken out of a case: erased here, and everybody who may have been told is to be told again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import check_words
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import InputError
from tsunagu.domain.permission import Permission
from tsunagu.domain.person import (
    ENDED,
    CasePerson,
    PersonEnd,
    PersonKind,
    PersonName,
    Recall,
    ReceiverKind,
)
from tsunagu.records import alerts, enquiry_requests, persons, withdrawn
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.ledger.pages import all_entries_of_case
from tsunagu.services.access import deed
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.persons.access import case_opened, words_by
from tsunagu.services.references import erased_reference


@dataclass(frozen=True, slots=True)
class RecallsView:
    """Who is to be told of a case's withdrawals: who was not reached yet first."""

    case: CaseSummary
    recalls: tuple[Recall, ...]


def note_told(
    *, actor: Actor, reference: str, name: PersonName, receiver: str, now: datetime, keys: Keys, ledger: Ledger
) -> int:
    """Write down that somebody outside was told of a person, so that a withdrawal reaches him; return the number.

    Raises:
        Forbidden: the actor records no persons.
        NotFound: no such case or person, or not the actor's.
        InputError: nothing is said of the receiver, or too much.
    """
    check_words(receiver)
    with case_opened(actor, Permission.PERSON_RECORD, reference, now=now, keys=keys, ledger=ledger) as case:
        words = words_by(keys)
        person = persons.person_called(case, name, words)
        number = persons.add_told(case, person, receiver, words, by=actor.officer_id, now=now)
        about: dict[str, str | int] = {"person": str(person.person_id), "told": number}
        ledger.write(deed(Act.PERSON_TOLD, actor=actor, case=case, now=now, **about))
    return number


def withdraw_person(
    *, actor: Actor, reference: str, name: PersonName, why: PersonEnd, now: datetime, keys: Keys, ledger: Ledger
) -> int:
    """Erase a person of a case for good, with the identity and all statements, and return how many are to be told.

    Those are whoever was noted as told, and the receivers of what left the case while the person stood in it: its
    packages, referrals and alerts. Of the person the ledger alone keeps something: keyed references as proof.

    Raises:
        Forbidden: the actor withdraws no persons.
        NotFound: no such case or person, or not the actor's.
        InputError: no role of the subject says so; a child is withdrawn only when entered by mistake.
    """
    with case_opened(actor, Permission.PERSON_WITHDRAW, reference, now=now, keys=keys, ledger=ledger) as case:
        persons.locked(case)
        words = words_by(keys)
        person = persons.person_called(case, name, words)
        _check_end(person, why)
        receivers = [(ReceiverKind.TOLD, one) for one in withdrawn.told_of(person, words)]
        receivers += _reached(actor, case, person)
        gone = withdrawn.withdraw(case, person, why, receivers, words, officer_id=actor.officer_id, now=now)
        leaves = [erased_reference(keys, one) for one in gone]
        about: dict[str, str | int] = {
            "person": str(person.person_id),
            "why": why.value,
            "gone": len(gone),
            "recalls": len(receivers),
            "merkle_root": merkle_root(leaves).hex(),
        }
        ledger.write(deed(Act.PERSON_WITHDRAWN, actor=actor, case=case, now=now, **about))
    return len(receivers)


def answer_recall(
    *,
    actor: Actor,
    reference: str,
    name: PersonName,
    number: int,
    answer: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Enter that a receiver was told of a withdrawal and what he says became of it; return how many are left.

    Raises:
        Forbidden: the actor withdraws no persons.
        NotFound: no such case or receiver, or not the actor's.
        InputError: nothing is said, or too much.
        Conflict: it was entered before.
    """
    check_words(answer)
    with case_opened(actor, Permission.PERSON_WITHDRAW, reference, now=now, keys=keys, ledger=ledger) as case:
        told = (case, name, number, answer, words_by(keys))
        person_id, left = withdrawn.answer_recall(*told, officer_id=actor.officer_id, now=now)
        about: dict[str, str | int] = {"person": str(person_id), "recall": number, "left": left}
        ledger.write(deed(Act.PERSON_RECALLED, actor=actor, case=case, now=now, **about))
    return left


def list_recalls(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> RecallsView:
    """Return who is to be told, or was, of the withdrawals of one of the actor's cases.

    Raises:
        Forbidden: the actor reads no persons.
        NotFound: no such case, or not the actor's.
    """
    with case_opened(actor, Permission.PERSON_READ, reference, now=now, keys=keys, ledger=ledger) as case:
        view = RecallsView(case, withdrawn.recalls_of(case, words_by(keys)))
        ledger.write(deed(Act.PERSON_READ, actor=actor, case=case, now=now, recalls=len(view.recalls)))
    return view


def _check_end(person: CasePerson, why: PersonEnd) -> None:
    if person.name.kind is PersonKind.CHILD:
        if why is not PersonEnd.MISTAKEN:
            raise InputError("a child is withdrawn only when entered by mistake")
    elif why in {PersonEnd.ACQUITTED, PersonEnd.NO_CASE} and person.status not in {one.value for one in ENDED}:
        raise InputError("state first that the subject was acquitted, or that there is no case")


def _reached(actor: Actor, case: CaseSummary, person: CasePerson) -> Iterator[tuple[ReceiverKind, str]]:
    """Yield what left a case since a person was entered into it."""
    since = person.entered_at
    for entry in all_entries_of_case(case.case_id):
        body = json.loads(entry.body)
        if body["act"] == Act.CASE_EXPORTED and datetime.fromisoformat(body["at"]) >= since:
            yield ReceiverKind.PACKAGE, f"{body['at'][:16]} {entry.hash.hex()[:16]}"
    for referral_id in withdrawn.referrals_since(case, since):
        yield ReceiverKind.REFERRAL, str(referral_id)
    for request in enquiry_requests.kept_of(case.case_id, None):
        if request.asked_at >= since:
            yield ReceiverKind.ENQUIRY_REQUEST, str(request.request_id)
    for submission_id in withdrawn.submissions_since(case, since):
        yield ReceiverKind.SUBMISSION, str(submission_id)
    for alert, _ in alerts.alerts_told(actor, case_id=case.case_id):
        if alert.raised_at >= since:
            yield ReceiverKind.ALERT, str(alert.alert_id)

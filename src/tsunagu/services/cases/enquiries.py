"""The actions book: enquiries of a case, what came of them, and which are overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import check_words
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.enquiry import Enquiry, EnquiryDraft, EnquiryResult
from tsunagu.domain.errors import InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.records import enquiries
from tsunagu.records.cases import case_of, cases_of
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed, denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import refuse_closed


@dataclass(frozen=True, slots=True)
class ActionsBook:
    """The enquiries of a case: those without a result first, the soonest due first."""

    case: CaseSummary
    enquiries: tuple[Enquiry, ...]


def record_enquiry(
    *, actor: Actor, reference: str, draft: EnquiryDraft, now: datetime, keys: Keys, ledger: Ledger
) -> int:
    """Enter an enquiry into the actions book of a case, and return its number there.

    Raises:
        Forbidden: the actor records no enquiries.
        NotFound: no such case, or not the actor's.
        InputError: its day is over already.
        Conflict: the case is closed.
    """
    if draft.due_on < now.date():
        raise InputError("the day on which an enquiry is due cannot be over already")
    permission = Permission.ENQUIRY_RECORD
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = case_of(actor, reference)
        refuse_closed(case)
        enquiry_id, number = enquiries.add_enquiry(case, draft, officer_id=actor.officer_id, now=now)
        due = draft.due_on.isoformat()
        ledger.write(deed(Act.ENQUIRY_RECORDED, actor=actor, case=case, now=now, enquiry=str(enquiry_id), until=due))
    return number


def answer_enquiry(
    *,
    actor: Actor,
    reference: str,
    number: int,
    result: EnquiryResult,
    words: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> None:
    """Enter what came of an enquiry, also where nothing was found; it is entered once, and stays.

    Raises:
        Forbidden: the actor records no enquiries.
        NotFound: no such case or enquiry, or not the actor's.
        InputError: nothing is said of it, or too much.
        Conflict: it was entered before.
    """
    check_words(words)
    permission = Permission.ENQUIRY_RECORD
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = case_of(actor, reference)
        by = actor.officer_id
        enquiry_id = enquiries.answer_enquiry(case, number, result=result, words=words, officer_id=by, now=now)
        told: dict[str, str | int] = {"enquiry": str(enquiry_id), "result": result.value}
        ledger.write(deed(Act.ENQUIRY_ANSWERED, actor=actor, case=case, now=now, **told))


def list_enquiries(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> ActionsBook:
    """Return the actions book of one of the actor's cases.

    Raises:
        Forbidden: the actor reads no cases.
        NotFound: no such case, or not the actor's.
    """
    permission = Permission.CASE_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = case_of(actor, reference)
        book = ActionsBook(case, enquiries.enquiries_of(case))
        ledger.write(deed(Act.ENQUIRY_READ, actor=actor, case=case, now=now, enquiries=len(book.enquiries)))
    return book


def list_overdue_enquiries(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[Enquiry, ...]:
    """Return the enquiries of the actor's cases whose day is over without a result, the longest overdue first.

    Raises:
        Forbidden: the actor reads no cases.
    """
    permission = Permission.CASE_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked="enquiries", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        found = enquiries.overdue_enquiries(actor, today=now.date())
        named = {one.case for one in found}
        cases = tuple(sorted(one.case_id for one in cases_of(actor) if one.reference in named))
        about = {"enquiries": len(found)}
        ledger.write(
            Deed(Act.ENQUIRY_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=about, case_ids=cases)
        )
    return found

"""Cases: opened, staffed, read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary, Colleague, ExhibitSummary, HoldingSummary
from tsunagu.domain.errors import Conflict, Forbidden, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission, permissions_of
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.retention import checked_until
from tsunagu.domain.search import CaseSearch
from tsunagu.records import agencies, retention
from tsunagu.records import cases as rows
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for
from tsunagu.services.access import REFERENCE, case_for, check_reference, deed, denials_recorded
from tsunagu.services.page import Page
from tsunagu.services.parts import Keys, Ledger


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its exhibits and those who work on it."""

    case: CaseSummary
    exhibits: tuple[ExhibitSummary, ...]
    people: tuple[Colleague, ...]


def open_case(
    *,
    actor: Actor,
    reference: str,
    purpose: Purpose,
    covert: bool,
    keep_until: date | None = None,
    keep_limit: date | None = None,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> CaseSummary:
    """Open a case; who opens it works on it.

    Args:
        keep_until: the last day on which it is kept; None for the latest that may be.
        keep_limit: the last day that the originator of its data allows.

    Raises:
        Forbidden: the actor opens no cases.
        InputError: the reference is empty, too long, or holds control characters; or the last day is over, or later
            than the agency or the originator allows.
        Conflict: the agency has a case of this reference already; the message says so where the actor works on it.
    """
    check_reference(reference)
    with (
        denials_recorded(
            actor=actor, permission=Permission.CASE_OPEN, asked=reference, now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        until = checked_until(keep_until, limit=keep_limit, keep_months=retention.keep_months(), today=now.date())
        case = CaseSummary(uuid4(), actor.agency_id, reference, purpose, covert, now, until, keep_limit)
        try:
            rows.add_case(case, opened_by=actor.officer_id)
        except Conflict as error:
            if any(one.reference == reference for one in rows.cases_of(actor)):
                raise Conflict("you work on a case of this reference already") from error
            raise
        ledger.write(deed(Act.CASE_OPENED, actor=actor, case=case, now=now, until=until.isoformat()))
    return case


def staff_case(*, actor: Actor, reference: str, login: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Let a colleague of the same agency work on a case.

    Raises:
        Forbidden: the actor may not staff cases, or the colleague's roles read none.
        NotFound: no such case, or not the actor's; or no such colleague.
    """
    case = case_for(
        actor=actor, reference=reference, permission=Permission.CASE_STAFF, now=now, keys=keys, ledger=ledger
    )
    with (
        denials_recorded(actor=actor, permission=Permission.CASE_STAFF, asked=login, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        colleague = next((one for one in agencies.officer_cards() if one.login == login), None)
        if colleague is None:
            raise NotFound("no such officer")
        if Permission.CASE_READ not in permissions_of(colleague.roles):
            raise Forbidden("the roles of this colleague reach no content: nobody lets him work on a case")
        rows.add_member(case, officer_id=colleague.officer_id, added_by=actor.officer_id, now=now)
        ledger.write(deed(Act.CASE_JOINED, actor=actor, case=case, now=now, joined=str(colleague.officer_id)))


def unstaff_case(*, actor: Actor, reference: str, login: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Let a colleague work on a case no more: he reads it no longer from this moment on. One may leave it oneself.

    Raises:
        Forbidden: the actor may not staff cases.
        NotFound: no such case, or not the actor's; or nobody of this login works on it.
        Conflict: nobody would be left.
    """
    case = case_for(
        actor=actor, reference=reference, permission=Permission.CASE_STAFF, now=now, keys=keys, ledger=ledger
    )
    with (
        denials_recorded(actor=actor, permission=Permission.CASE_STAFF, asked=login, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        colleague = next((one for one in rows.colleagues_on(case) if one.login == login), None)
        if colleague is None:
            raise NotFound("no such officer")
        rows.remove_member(case, officer_id=colleague.officer_id)
        ledger.write(deed(Act.CASE_LEFT, actor=actor, case=case, now=now, left=str(colleague.officer_id)))


def _root_of(found: tuple[HoldingSummary, ...]) -> str:
    """Return the Merkle root of the digests that are shown, which names them without telling them."""
    return merkle_root([one.sha256 for one in found if one.sha256]).hex()


def list_cases(
    *, actor: Actor, search: CaseSearch | None = None, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[CaseSummary, ...]:
    """Return the actor's cases, by reference.

    Args:
        search: which of them are looked for; all when it is left out. Of others nothing is told by it.

    Raises:
        Forbidden: the actor reads no cases.
        InputError: the text that is looked for can be no part of a reference.
    """
    if search is not None and search.text:
        check_reference(search.text)
    with (
        denials_recorded(
            actor=actor, permission=Permission.CASE_READ, asked="cases", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        found = rows.cases_of(actor, search, today=now.date())
    told: dict[str, str | int] = {"cases": len(found)}
    if search is not None and search.text:
        told["searched"] = keys.mac(REFERENCE, search.text.encode()).hex()
    ledger.record(Deed(Act.CASE_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return found


def view_case(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> CaseView:
    """Return one of the actor's cases with its exhibits and people.

    Raises:
        Forbidden: the actor reads no cases.
        NotFound: no such case, or not the actor's.
    """
    permission = Permission.CASE_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = rows.case_of(actor, reference)
        exhibits, people = rows.exhibits_of(case), rows.colleagues_on(case)
        ledger.write(deed(Act.CASE_READ, actor=actor, case=case, now=now, exhibits=len(exhibits)))
    return CaseView(case, exhibits, people)


def list_holdings(
    *, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[HoldingSummary, ...]:
    """Return every holding of one of the actor's cases.

    Raises:
        Forbidden: the actor reads no media.
        NotFound: no such case, or not the actor's.
    """
    case = case_for(
        actor=actor, reference=reference, permission=Permission.MEDIA_READ, now=now, keys=keys, ledger=ledger
    )
    with acting_for(actor.agency_id):
        found = tuple(rows.holdings_of(case))
    ledger.record(
        deed(Act.MEDIA_READ, actor=actor, case=case, now=now, holdings=len(found), merkle_root=_root_of(found))
    )
    return found


def page_holdings(
    *,
    actor: Actor,
    reference: str,
    exhibit: str,
    after: int,
    most: int,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Page[HoldingSummary]:
    """Return the next holdings of an exhibit, in the order they came in, as many as fit on a page.

    Args:
        after: the number of the last one that was seen; 0 for the first page.
        most: how many at most.

    Raises:
        Forbidden: the actor reads no media.
        NotFound: no such case, or not the actor's.
    """
    case = case_for(
        actor=actor, reference=reference, permission=Permission.MEDIA_READ, now=now, keys=keys, ledger=ledger
    )
    with acting_for(actor.agency_id):
        found = Page.of(tuple(rows.some_holdings_of(case, exhibit, after=after, most=most + 1)), most)
    ledger.record(
        deed(Act.MEDIA_READ, actor=actor, case=case, now=now, holdings=len(found), merkle_root=_root_of(found))
    )
    return found

"""Guests of a series: specialists of other agencies whom two people of its owner invite to look at it, for a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import check_words
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.domain.guest import MOST_DAYS, Guest, GuestEnd, GuestState
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, guests
from tsunagu.records import series as rows
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_login, check_reference, denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.series.desk import SeriesDesk

COVERT = "it rests on a covert case: nobody of another agency looks at it"
NOT_LET = "the handling of this series does not let that agency be given it until that day"


@dataclass(frozen=True, slots=True)
class GuestBook:
    """The guests of series, as those who work on these see them.

    Attributes:
        agencies: the directory.
        logins: of the owner's officers, by id.
    """

    guests: tuple[Guest, ...]
    agencies: Mapping[UUID, AgencyCard]
    logins: Mapping[UUID, str]


def propose_guest(
    *,
    actor: Actor,
    name: str,
    agency: str,
    login: str,
    asked: str,
    until: date,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> UUID:
    """Propose to ask a specialist of another agency to look at a series; return the invitation's id.

    Somebody else who works on the series confirms it. Whether anybody at that agency has this login is not told.

    Args:
        name: of the series.
        agency: name of his agency, one of this installation.
        login: his, as he has told it.
        asked: what he is asked.
        until: the last day, in UTC: at most `MOST_DAYS` days from today.

    Raises:
        Forbidden: the actor invites nobody; or the handling of the series keeps it from that agency.
        NotFound: no such series, or not the actor's; or no such agency.
        InputError: a day that cannot be, or nothing is asked.
        Conflict: the series rests on a covert case, or he is invited to it already.
    """
    check_words(asked)
    check_login(login)
    check_reference(agency)
    if not now.date() <= until <= now.date() + timedelta(days=MOST_DAYS):
        raise InputError(f"a guest looks at a series until a day from today on, {MOST_DAYS} days at most")
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name, Permission.GUEST_INVITE) as found:
        card = next((one for one in agencies.agency_cards().values() if one.name == agency), None)
        if card is None or card.is_correspondent or card.member_id is not None or card.agency_id == actor.agency_id:
            raise NotFound("no such agency of this installation besides your own")
        if guests.is_covert(found.root_id):
            raise Conflict(COVERT)
        if not found.handling.lets(card.agency_id, found.purpose, today=until):
            raise Forbidden(NOT_LET)
        before = guests.guests_of(actor, found.root_id)
        if any((one.agency_id, one.login) == (card.agency_id, login) and not one.is_over(now) for one in before):
            raise Conflict("he is invited to this series already")
        one = Guest(
            uuid4(), found.root_id, name, actor.agency_id, card.agency_id, login, asked.strip(), found.purpose, until,
            actor.officer_id, now, None, None, None, None, None, None,
        )  # fmt: skip
        guests.add_guest(one)
        told: dict[str, str | int] = {"agency": str(card.agency_id), "until": until.isoformat()}
        ledger.write(desk.deed(Act.GUEST_PROPOSED, found, found.case_ids, guest=str(one.guest_id), **told))
    return one.guest_id


def confirm_guest(*, actor: Actor, guest_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Agree, as a second person, that somebody is invited: from now on he can accept.

    Raises:
        Forbidden: the actor invites nobody, or has proposed this himself.
        NotFound: no such invitation, or to no series of the actor's; or who proposed it has left.
        Conflict: it was confirmed before, or is over.
    """
    permission = Permission.GUEST_INVITE
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(guest_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        one = guests.guest_of(actor, guest_id)
        if one.proposed_by == actor.officer_id:
            raise Forbidden("nobody confirms what he proposed himself: a colleague who works on the series does")
        if one.state(now) is not GuestState.PROPOSED:
            raise Conflict("this invitation was confirmed before, or is over")
        agencies.officer_card(one.proposed_by)
        guests.confirm(guest_id, confirmed_by=actor.officer_id, now=now)
        ledger.write(*_deeds(Act.GUEST_CONFIRMED, one, actor, now))


def end_guest(*, actor: Actor, guest_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Let an invitation to a series end, or refuse it while it is proposed: at once, by one person alone.

    Raises:
        Forbidden: the actor invites nobody.
        NotFound: no such invitation, or to no series of the actor's.
        Conflict: it is over already.
    """
    permission = Permission.GUEST_INVITE
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(guest_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        one = guests.guest_of(actor, guest_id)
        if one.is_over(now):
            raise Conflict("this invitation is over already")
        guests.end(guest_id, GuestEnd.WITHDRAWN, now=now)
        own, theirs = _deeds(Act.GUEST_ENDED, one, actor, now, why=GuestEnd.WITHDRAWN.value)
        ledger.write(own, *([theirs] if one.confirmed_at else []))


def list_guests(*, actor: Actor, name: str | None = None, now: datetime, keys: Keys, ledger: Ledger) -> GuestBook:
    """Return the guests of the actor's series with what they have answered, newest first.

    Args:
        name: of the one series whose guests are asked for; of all when it is left out.

    Raises:
        Forbidden: the actor reads no series.
        NotFound: no such series, or not the actor's.
    """
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.at_work(name or "guests", Permission.SERIES_READ):
        found = rows.series_called(actor, name) if name else None
        book = GuestBook(
            guests.guests_of(actor, found.root_id if found else None), agencies.agency_cards(), agencies.logins()
        )
    told: dict[str, str | int] = {"guests": len(book.guests)}
    if found is None:
        ledger.record(Deed(Act.GUEST_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    else:
        ledger.record(desk.deed(Act.GUEST_READ, found, found.case_ids, series=str(found.root_id), **told))
    return book


def _deeds(act: Act, one: Guest, actor: Actor, now: datetime, **told: str | int) -> tuple[Deed, Deed]:
    """Return what the ledgers of owner and guest are told. Call it within `acting_for` the owner."""
    about: dict[str, str | int] = {"guest": str(one.guest_id), **told}
    own, theirs = {**about, "agency": str(one.agency_id)}, {**about, "agency": str(one.owner_id)}
    cases, purpose = guests.cases_under(one.series_id), actor.purpose or one.purpose
    return (
        Deed(act, now, one.owner_id, actor.officer_id, purpose, details=own, case_ids=cases),
        Deed(act, now, one.agency_id, purpose=purpose, details=theirs),
    )

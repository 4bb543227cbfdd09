"""What a guest does: he accepts or declines, looks at one series, answers, leaves. Both agencies' ledgers tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.guest import Answer, Guest, GuestEnd, GuestState, KeptAnswer
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.series_steps import Member
from tsunagu.records import agencies, guests
from tsunagu.records.guests import SeenItem, SeenSeries
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for, visiting
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger

NO_MORE = "this invitation is over, or you have not accepted it"


@dataclass(frozen=True, slots=True)
class VisitsView:
    """The invitations of an officer, newest first, and the directory of agencies."""

    visits: tuple[Guest, ...]
    agencies: Mapping[UUID, AgencyCard]


@dataclass(frozen=True, slots=True)
class VisitView:
    """An invitation as its guest sees it.

    Attributes:
        owner: the agency whose series it is.
        series, items: what he is shown of it; None and nothing while he has not accepted, or once it is over.
        answers: his own, by number.
    """

    visit: Guest
    owner: AgencyCard
    series: SeenSeries | None
    items: tuple[SeenItem, ...]
    answers: tuple[KeptAnswer, ...]


@dataclass(frozen=True, slots=True)
class _Visit:
    """An invitation that is being dealt with.

    Attributes:
        series: what is shown of it; None while nothing is.
        items: what it consists of, each with its key.
        case_ids: the owner's cases that it rests on, of which its ledger is told.
    """

    guest: Guest
    series: SeenSeries | None
    items: tuple[tuple[Member, SeenItem], ...]
    answers: tuple[KeptAnswer, ...]
    case_ids: tuple[UUID, ...]
    actor: Actor
    now: datetime

    def check(self, state: GuestState) -> None:
        """Do nothing when it stands so.

        Raises:
            Conflict: it does not.
        """
        if self.guest.state(self.now) is not state:
            raise Conflict("you have answered this before, have not accepted it, or it is over")

    def deeds(self, act: Act, **told: str | int) -> tuple[Deed, Deed]:
        """Return what the ledgers of the guest's agency and of the owner are told."""
        one, actor = self.guest, self.actor
        about: dict[str, str | int] = {"guest": str(one.guest_id), **told}
        own = {**about, "agency": str(one.owner_id)}
        theirs = {**about, "agency": str(one.agency_id)}
        return (
            Deed(act, self.now, actor.agency_id, actor.officer_id, actor.purpose or one.purpose, details=own),
            Deed(act, self.now, one.owner_id, purpose=one.purpose, details=theirs, case_ids=self.case_ids),
        )


def list_visits(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> VisitsView:
    """Return the invitations by which the actor is, or was, to look at series of other agencies, newest first.

    Raises:
        Forbidden: the actor is nobody's guest.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.GUEST_ANSWER, asked="visits", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        view = VisitsView(guests.visits_of(actor), agencies.agency_cards())
    told = {"guests": len(view.visits)}
    ledger.record(Deed(Act.GUEST_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return view


def accept_visit(*, actor: Actor, guest_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Accept an invitation: from now on the actor sees the series, until the last day or his certification expires.

    Raises:
        Forbidden: the actor is nobody's guest.
        NotFound: no such invitation, or not the actor's.
        Conflict: he has answered it before, or it is over.
    """
    with _opened(actor, guest_id, now=now, keys=keys, ledger=ledger) as visit:
        visit.check(GuestState.INVITED)
        lapses_at = agencies.officer_card(actor.officer_id).certified_until
        guests.accept(guest_id, officer_id=actor.officer_id, lapses_at=lapses_at, now=now)
        ledger.write(*visit.deeds(Act.GUEST_ACCEPTED))


def decline_visit(*, actor: Actor, guest_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Decline an invitation.

    Raises:
        Forbidden: the actor is nobody's guest.
        NotFound: no such invitation, or not the actor's.
        Conflict: he has answered it before, or it is over.
    """
    with _opened(actor, guest_id, now=now, keys=keys, ledger=ledger) as visit:
        visit.check(GuestState.INVITED)
        guests.decline(guest_id, officer_id=actor.officer_id, now=now)
        ledger.write(*visit.deeds(Act.GUEST_DECLINED))


def leave_visit(*, actor: Actor, guest_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Look at a series no longer.

    Raises:
        Forbidden: the actor is nobody's guest.
        NotFound: no such invitation, or not the actor's.
        Conflict: he has not accepted it, or it is over.
    """
    with _opened(actor, guest_id, now=now, keys=keys, ledger=ledger) as visit:
        visit.check(GuestState.LOOKING)
        guests.end(guest_id, GuestEnd.STOPPED, now=now)
        ledger.write(*visit.deeds(Act.GUEST_ENDED, why=GuestEnd.STOPPED.value))


def view_visit(*, actor: Actor, guest_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> VisitView:
    """Return an invitation of the actor's; and the series, while he is its guest and its handling lets him be.

    He is told what it is called, how far it is, and of each item what it is and by which digest it is known; nothing of
    the cases that it rests on, and no picture.

    Raises:
        Forbidden: the actor is nobody's guest.
        NotFound: no such invitation, or not the actor's.
    """
    with _opened(actor, guest_id, now=now, keys=keys, ledger=ledger) as visit:
        owner = agencies.agency_cards()[visit.guest.owner_id]
        items = tuple(item for _, item in visit.items)
        root = merkle_root([one.sha256 for one in items]).hex()
        own, theirs = visit.deeds(Act.GUEST_LOOKED, items=len(items), merkle_root=root)
        ledger.write(own, *([theirs] if visit.series else []))
    return VisitView(visit.guest, owner, visit.series, items, visit.answers)


def answer_visit(*, actor: Actor, guest_id: UUID, answer: Answer, now: datetime, keys: Keys, ledger: Ledger) -> int:
    """Say what the actor makes of a series that he looks at, or of an item of it; return the answer's number.

    It is his opinion and stays as it is. Nothing is weighed by it before an officer of the owner enters a clue.

    Raises:
        Forbidden: the actor is nobody's guest.
        NotFound: no such invitation, or not the actor's; or no such item of the series.
        Conflict: he has not accepted it, it is over, or the series is not to be shown to him any more.
    """
    with _opened(actor, guest_id, now=now, keys=keys, ledger=ledger) as visit:
        if visit.series is None:
            raise Conflict(NO_MORE)
        called = [member for member, item in visit.items if item.sha256 == answer.item]
        if answer.item is not None and not called:
            raise NotFound("no such item in this series")
        number = guests.add_answer(guest_id, answer, called[0] if called else None, now=now)
        ledger.write(*visit.deeds(Act.GUEST_ANSWERED, number=number))
    return number


def end_visits_of(officer_id: UUID, agency_id: UUID, *, now: datetime) -> tuple[Deed, ...]:
    """End what an officer looks at who leaves his agency, and return what both agencies' ledgers are told.

    Call it within `acting_for` his agency.
    """
    told = {"why": GuestEnd.GONE.value}
    deeds: list[Deed] = []
    for guest_id, owner_id in guests.end_of_officer(officer_id, now=now):
        details: dict[str, str | int] = {"guest": str(guest_id), "agency": str(agency_id), **told}
        deeds += [Deed(Act.GUEST_ENDED, now, one, details=details) for one in (agency_id, owner_id)]
    return tuple(deeds)


@contextmanager
def _opened(actor: Actor, guest_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger) -> Iterator[_Visit]:
    """Give an invitation of the actor's that nobody changes meanwhile, in a transaction in which he is its guest.

    What is shown is decided by row-level security in that transaction's kind; by the ids that it has told, the owner's
    rows then say what each content is.
    """
    permission, asked = Permission.GUEST_ANSWER, str(guest_id)
    with denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger):
        with visiting(actor.agency_id, guest_id):
            one = guests.visit_of(actor, guest_id)
            shown = _shown(one, now)
        with acting_for(one.owner_id):
            cases = guests.cases_under(one.series_id)
            items = guests.items_told(shown.members) if shown else ()
            answers = guests.answers_of([guest_id]).get(guest_id, ())
        with visiting(actor.agency_id, guest_id):
            one = guests.visit_of(actor, guest_id)
            shown = _shown(one, now)
            yield _Visit(one, shown, items if shown else (), answers if shown else one.answers, cases, actor, now)


def _shown(one: Guest, now: datetime) -> SeenSeries | None:
    """Return what a guest is shown at this moment. Call it within `visiting`."""
    if one.state(now) is not GuestState.LOOKING:
        return None
    found = guests.seen(one, now=now)
    return found if found is not None and found.is_let else None

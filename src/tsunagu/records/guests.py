"""Guests of series, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.clue import Bearing, Support, Weighing
from tsunagu.domain.errors import NotFound
from tsunagu.domain.guest import Answer, Guest, GuestEnd, KeptAnswer
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.report import SourceGrading
from tsunagu.domain.series import Distributed, SeriesStatus
from tsunagu.domain.series_steps import Member
from tsunagu.records.models import (
    GuestAnswerRow,
    GuestRow,
    MediaItem,
    Officer,
    Series,
    SeriesAlias,
    SeriesCase,
    SeriesItemRow,
)
from tsunagu.records.series import handling_of, seen_by

NO_GUEST = "no such invitation"


@dataclass(frozen=True, slots=True)
class SeenItem:
    """An item of a series as its guest sees it: what it is, and nothing of the case that it lies in."""

    sha256: bytes
    media_type: str | None
    is_context: bool


@dataclass(frozen=True, slots=True)
class SeenSeries:
    """A series as its guest sees it.

    Attributes:
        is_let: whether its handling lets his agency be given it today, for what he was invited for.
        members: its contents, with whether each is context; in the order in which they came into it.
    """

    name: str
    aliases: tuple[str, ...]
    status: SeriesStatus
    distributed: Distributed
    is_let: bool
    members: tuple[tuple[Member, bool], ...]


def add_guest(guest: Guest) -> None:
    """Keep an invitation that somebody of the owner proposes."""
    GuestRow.objects.create(
        id=guest.guest_id,
        owner_id=guest.owner_id,
        series_id=guest.series_id,
        of_id=guest.agency_id,
        login=guest.login,
        asked=guest.asked,
        purpose=guest.purpose,
        until=guest.until,
        proposed_by_id=guest.proposed_by,
        proposed_at=guest.proposed_at,
    )


def guests_of(actor: Actor, root_id: UUID | None = None) -> tuple[Guest, ...]:
    """Return the guests of series that the actor may see, newest first; of one series where it is named."""
    rows = _his(actor)
    if root_id is not None:
        rows = rows.filter(series__root_id=root_id)
    return _guests(rows)


def guest_of(actor: Actor, guest_id: UUID) -> Guest:
    """Return an invitation to a series that the actor may see, which nobody changes meanwhile.

    Raises:
        NotFound: there is none, or it is not his.
    """
    return _one(_his(actor).filter(id=guest_id))


def visits_of(actor: Actor) -> tuple[Guest, ...]:
    """Return the invitations by which the actor is a guest of others, newest first."""
    return _guests(_addressed_to(actor))


def visit_of(actor: Actor, guest_id: UUID) -> Guest:
    """Return an invitation by which the actor is a guest, which nobody changes meanwhile.

    Raises:
        NotFound: there is none, or it is another's.
    """
    return _one(_addressed_to(actor).filter(id=guest_id))


def confirm(guest_id: UUID, *, confirmed_by: UUID, now: datetime) -> None:
    """Keep that a second person of the owner has agreed."""
    GuestRow.objects.filter(id=guest_id).update(confirmed_by_id=confirmed_by, confirmed_at=now)


def accept(guest_id: UUID, *, officer_id: UUID, lapses_at: datetime | None, now: datetime) -> None:
    """Keep that somebody looks at the series from now on, until his certification expires at the latest."""
    GuestRow.objects.filter(id=guest_id).update(officer_id=officer_id, taken_at=now, lapses_at=lapses_at)


def decline(guest_id: UUID, *, officer_id: UUID, now: datetime) -> None:
    """Keep that somebody does not want to look at the series."""
    GuestRow.objects.filter(id=guest_id).update(officer_id=officer_id, declined_at=now)


def end(guest_id: UUID, why: GuestEnd, *, now: datetime) -> None:
    """Keep that an invitation is over."""
    GuestRow.objects.filter(id=guest_id).update(ended_at=now, end=why)


def end_of_officer(officer_id: UUID, *, now: datetime) -> tuple[tuple[UUID, UUID], ...]:
    """End what an officer who leaves has accepted; return the invitations, each with the agency that owns its series.

    An invitation that he has not answered cannot be answered any more either: he has left.
    """
    rows = GuestRow.objects.filter(officer_id=officer_id, ended_at=None, declined_at=None)
    found = tuple(rows.order_by("id").values_list("id", "owner_id"))
    rows.filter(id__in=[guest_id for guest_id, _ in found]).update(ended_at=now, end=GuestEnd.GONE)
    return found


def end_not_let(owner_id: UUID, *, now: datetime) -> tuple[tuple[UUID, UUID, UUID], ...]:
    """End the invitations to series of an agency that are not to be shown any more.

    Return each with the guest's agency, and with the series that its own is now, or was merged into.

    These are series that were merged into another, rest on a covert case, or whose handling does not let the guest's
    agency be given them.
    """
    covert = SeriesCase.objects.filter(series__root_id=OuterRef("series__root_id"), case__covert=True)
    rows = GuestRow.objects.filter(owner_id=owner_id, ended_at=None, declined_at=None, until__gte=now.date())
    lasting = rows.annotate(covert=Exists(covert)).select_related("series").order_by("id")
    found = tuple(
        (row.id, row.of_id, row.series.root_id)
        for row in lasting
        if row.covert
        or row.series.root_id != row.series_id
        or not row.series.stands
        or not handling_of(row.series).lets(row.of_id, Purpose(row.purpose), today=now.date())
    )
    GuestRow.objects.filter(id__in=[one for one, *_ in found]).update(ended_at=now, end=GuestEnd.NOT_LET)
    return found


def seen(guest: Guest, *, now: datetime) -> SeenSeries | None:
    """Return the series of an invitation; None where nothing of it is shown. Call it within `visiting`."""
    row = Series.objects.filter(id=guest.series_id, root_id=F("id"), stands=True, agency_id=guest.owner_id).first()
    if row is None:
        return None
    aliases = SeriesAlias.objects.filter(series__root_id=row.id, agency_id=guest.owner_id)
    items = SeriesItemRow.objects.filter(series__root_id=row.id, agency_id=guest.owner_id).order_by("id")
    return SeenSeries(
        row.name or "",
        tuple(sorted(aliases.values_list("alias", flat=True))),
        SeriesStatus(row.status),
        Distributed(row.distributed),
        handling_of(row).lets(guest.agency_id, guest.purpose, today=now.date()),
        tuple((Member(case, item), flag) for case, item, flag in items.values_list("case_id", "item_id", "is_context")),
    )


def items_told(members: Sequence[tuple[Member, bool]]) -> tuple[tuple[Member, SeenItem], ...]:
    """Return what contents are of which `seen` has told, within `acting_for` their own agency."""
    rows = MediaItem.objects.filter(id__in={one.item_id for one, _ in members})
    told = {item: (bytes(sha256), kind) for item, sha256, kind in rows.values_list("id", "sha256", "media_type")}
    return tuple((one, SeenItem(*told[one.item_id], is_context)) for one, is_context in members if one.item_id in told)


def cases_under(series_id: UUID) -> tuple[UUID, ...]:
    """Return the cases that a series rests on, within `acting_for` their own agency."""
    rows = SeriesCase.objects.filter(series__root_id=series_id)
    return tuple(sorted(set(rows.values_list("case_id", flat=True))))


def is_covert(root_id: UUID) -> bool:
    """Return whether a series rests on a covert case."""
    return SeriesCase.objects.filter(series__root_id=root_id, case__covert=True).exists()


def add_answer(guest_id: UUID, answer: Answer, about: Member | None, *, now: datetime) -> int:
    """Keep an answer, and return its number. Call it within `visiting`."""
    rows = GuestAnswerRow.objects.filter(guest_id=guest_id)
    number: int = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    GuestAnswerRow.objects.create(
        guest_id=guest_id,
        number=number,
        case_id=about.case_id if about else None,
        item_id=about.item_id if about else None,
        words=answer.words.strip(),
        grading=str(answer.grading),
        bearing=answer.weighing.bearing,
        countries=sorted(answer.weighing.countries),
        places=sorted(answer.weighing.places),
        support=answer.weighing.support,
        answered_at=now,
    )
    return number


def answers_of(guest_ids: Collection[UUID]) -> dict[UUID, tuple[KeptAnswer, ...]]:
    """Return the answers to these invitations, by number; what they are about is told to the owner of the contents."""
    rows = list(GuestAnswerRow.objects.filter(guest_id__in=guest_ids).order_by("guest_id", "number"))
    about = {row.item_id for row in rows if row.item_id is not None}
    contents = MediaItem.objects.filter(id__in=about).values_list("id", "sha256")
    digests = {item: bytes(sha256) for item, sha256 in contents}
    found: dict[UUID, tuple[KeptAnswer, ...]] = {}
    for row in rows:
        item = None if row.item_id is None else digests.get(row.item_id)
        found[row.guest_id] = (*found.get(row.guest_id, ()), _answer(row, item))
    return found


def count_waiting(actor: Actor, *, now: datetime) -> tuple[int, int]:
    """Return how many invitations wait for the actor's answer, and how many to his series for him as second person."""
    invited = _addressed_to(actor).filter(taken_at=None).values("id")
    proposed = _his(actor).filter(confirmed_at=None).exclude(proposed_by_id=actor.officer_id).values("id")
    counted = _waits(GuestRow.objects.all(), now).aggregate(
        invited=Count("id", filter=Q(id__in=invited)), proposed=Count("id", filter=Q(id__in=proposed))
    )
    return counted["invited"], counted["proposed"]


def _waits(rows: QuerySet[GuestRow], now: datetime) -> QuerySet[GuestRow]:
    return rows.filter(ended_at=None, declined_at=None, until__gte=now.date())


def _his(actor: Actor) -> QuerySet[GuestRow]:
    return GuestRow.objects.filter(owner_id=actor.agency_id, series_id__in=seen_by(actor, "root_id").values("id"))


def _addressed_to(actor: Actor) -> QuerySet[GuestRow]:
    mine = Q(officer_id=None) | Q(officer_id=actor.officer_id)
    login = Officer.objects.filter(id=actor.officer_id).values("login")
    return GuestRow.objects.filter(mine, of_id=actor.agency_id, login__in=login)


def _one(rows: QuerySet[GuestRow]) -> Guest:
    """Return the one of these; one that is over is so for good, and row-level security lets nobody lock it."""
    ids = rows.values_list("id", flat=True)
    found = ids.select_for_update(of=("self",)).first() or ids.first()
    if found is None:
        raise NotFound(NO_GUEST)
    return _guests(GuestRow.objects.filter(id=found))[0]


def _guests(rows: QuerySet[GuestRow]) -> tuple[Guest, ...]:
    found = list(rows.order_by("-proposed_at", "id"))
    names = dict(Series.objects.filter(id__in={one.series_id for one in found}).values_list("id", "root__name"))
    answers = answers_of([one.id for one in found])
    return tuple(
        Guest(
            row.id,
            row.series_id,
            names.get(row.series_id) or "",
            row.owner_id,
            row.of_id,
            row.login,
            row.asked,
            Purpose(row.purpose),
            row.until,
            row.proposed_by_id,
            row.proposed_at,
            row.confirmed_at,
            row.taken_at,
            row.lapses_at,
            row.declined_at,
            row.ended_at,
            GuestEnd(row.end) if row.end else None,
            answers.get(row.id, ()),
        )
        for row in found
    )


def _answer(row: GuestAnswerRow, item: bytes | None) -> KeptAnswer:
    support = Support(row.support) if row.support else None
    weighing = Weighing(Bearing(row.bearing), frozenset(row.countries), frozenset(row.places), support)
    answer = Answer(row.words, SourceGrading.parse(row.grading), weighing, item)
    return KeptAnswer(row.number, answer, row.answered_at)

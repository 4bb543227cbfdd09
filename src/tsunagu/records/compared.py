"""Comparisons that agencies at other installations ask of this one, as rows.

Call everything within `acting_for` the asking agency, except where it says otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from tsunagu.domain.case import CaseSummary
from tsunagu.domain.comparison import MOST_TRACES
from tsunagu.domain.errors import Conflict
from tsunagu.domain.media import Examined
from tsunagu.domain.purpose import Purpose
from tsunagu.federation.comparison_messages import Asked
from tsunagu.records import cases, holdings
from tsunagu.records.models import (
    Agency,
    Case,
    ClaimRow,
    ComparedCase,
    Erasure,
    Exhibit,
    Holding,
    OverlapNotice,
    Trace,
)
from tsunagu.records.session import LINKER

EXHIBIT = "asked"


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison that is asked of this installation.

    Attributes:
        items: how many contents were announced.
        told: what the asking side was last told of each notice, by its id.
        is_there: whether its case is.
    """

    comparison_id: UUID
    agency_id: UUID
    member_id: UUID
    items: int
    is_whole: bool
    is_answered: bool
    is_over: bool
    told: Mapping[str, Mapping[str, Any]]
    is_there: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One notice of a comparison, as its asking side may be told of it."""

    notice_id: UUID
    overlap_id: UUID
    other_agency_id: UUID
    noticed_at: datetime
    is_ended: bool


def open_case(asked: Asked, member_id: UUID, *, now: datetime) -> None:
    """Open the case that stands for a comparison; of its agency, whose officers are all elsewhere.

    Raises:
        Conflict: something else has this id.
    """
    agency_id, items = asked.agency.agency_id, asked.items
    try:
        with transaction.atomic():
            ComparedCase.objects.create(
                id=asked.comparison_id, asker_id=agency_id, member_id=member_id, items=items, arrived_at=now
            )
    except IntegrityError as error:
        raise Conflict("this id is another comparison's") from error
    case = _case(asked.comparison_id, asked.agency.agency_id, asked.purpose, asked.until, now)
    cases.add_case(case, opened_by=None)
    cases.exhibit_of(case, EXHIBIT, registered_by=None, now=now)


def _case(comparison_id: UUID, agency_id: UUID, purpose: Purpose, until: date, now: datetime) -> CaseSummary:
    return CaseSummary(comparison_id, agency_id, str(comparison_id), purpose, covert=False, opened_at=now,
                       keep_until=until, keep_limit=until)  # fmt: skip


def compared(comparison_id: UUID) -> Compared | None:
    """Return a comparison of the agency that is acted for; None where it asks for none of this id."""
    row = _rows().filter(id=comparison_id).first()
    return None if row is None else _compared(row)


def not_told(member_id: UUID) -> tuple[Compared, ...]:
    """Return the comparisons that the agency asks for through a member and of which there may be more to tell."""
    has_notice = Exists(OverlapNotice.objects.filter(case_id=OuterRef("id"), held=False))
    is_changing = Q(answered_at=None) | Q(has_notice) | Q(is_there=False)
    rows = _rows().filter(is_changing, member_id=member_id, erased_at=None)
    return tuple(map(_compared, rows.order_by("arrived_at", "id")))


def lasting(member_id: UUID) -> tuple[UUID, ...]:
    """Return the comparisons that the agency asks for through a member and that are not over."""
    rows = ComparedCase.objects.filter(member_id=member_id, over_at=None, erased_at=None)
    return tuple(rows.order_by("id").values_list("id", flat=True))


def keep_items(found: Compared, items: Sequence[Examined], *, now: datetime) -> tuple[Examined, ...]:
    """Keep some contents of a comparison, and return those that were not here yet.

    Raises:
        Conflict: these are more than were announced, or have more fingerprints than are sent at once, or it is being
            erased.
    """
    exhibit = Exhibit.objects.get(case_id=found.comparison_id)
    here = {bytes(key) for key in Holding.objects.filter(exhibit=exhibit).values_list("path_digest", flat=True)}
    new = {key: one for one in items if (key := holdings.path_digest(one.path)) not in here}
    if len(here) + len(new) > found.items:
        raise Conflict("these are more contents than were announced")
    holdings.keep(
        [(one, 0) for one in new.values()],
        agency_id=found.agency_id,
        exhibit_id=exhibit.id,
        scanned=True,
        claimed=True,
    )
    if Trace.objects.filter(item__holding__exhibit=exhibit).count() > MOST_TRACES:
        raise Conflict("these have more fingerprints than are sent at once")
    if len(here) + len(new) == found.items:
        ComparedCase.objects.filter(id=found.comparison_id, whole_at=None).update(whole_at=now)
    return tuple(new.values())


def waiting_items(comparison_id: UUID) -> int:
    """Return how many contents of a comparison wait to be compared; those that cannot be do not."""
    rows = Holding.objects.filter(exhibit__case_id=comparison_id, linked_at=None, item__parked=None)
    return rows.count()


def sides_of(comparison_id: UUID) -> tuple[Side, ...]:
    """Return the notices of a comparison that its asking side may be told of; row-level security hides the others."""
    rows = OverlapNotice.objects.filter(case_id=comparison_id, held=False, other_agency_id__isnull=False)
    return tuple(
        Side(row.id, row.overlap_id, row.other_agency_id or row.id, row.noticed_at, row.ended)
        for row in rows.order_by("noticed_at", "id")
    )


def acknowledged_by_others(overlap_ids: Collection[UUID], comparison_id: UUID) -> set[UUID]:
    """Return of which of these overlaps the other side has taken note. As the linker, within `looking_up`."""
    rows = OverlapNotice.objects.using(LINKER).filter(overlap_id__in=list(overlap_ids), acknowledged_at__isnull=False)
    return set(rows.exclude(case_id=comparison_id).values_list("overlap_id", flat=True))


def acknowledge(comparison_id: UUID, notice_id: UUID, *, at: datetime) -> Side | None:
    """Keep that the asking side has taken note of a hit, and return it; None where it has before, or there is none."""
    rows = OverlapNotice.objects.filter(id=notice_id, case_id=comparison_id)
    if not rows.filter(acknowledged_at=None).update(acknowledged_at=at):
        return None
    return next(one for one in sides_of(comparison_id) if one.notice_id == notice_id)


def set_claim(found: Compared, until: datetime | None, *, now: datetime) -> bool:
    """Keep that the asking agency claims what it asks about, or does no more, and return whether that is new."""
    rows = ClaimRow.objects.filter(case_id=found.comparison_id, released_at=None)
    standing = rows.values_list("expires_at", flat=True).first()
    if standing == until:
        return False
    if until is None:
        rows.update(released_at=now)
    elif standing is not None:
        rows.update(expires_at=until)
    else:
        ClaimRow.objects.create(
            agency_id=found.agency_id, case_id=found.comparison_id, reason="", claimed_at=now, expires_at=until
        )
    return True


def note_told(comparison_id: UUID, told: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep what the asking side was told last."""
    ComparedCase.objects.filter(id=comparison_id).update(told=told)


def note_answered(comparison_id: UUID, *, now: datetime) -> None:
    """Keep that the asking side was told that everything was compared."""
    ComparedCase.objects.filter(id=comparison_id).update(answered_at=now)


def note_over(comparison_id: UUID, *, now: datetime) -> None:
    """Keep that the asking side has withdrawn it."""
    ComparedCase.objects.filter(id=comparison_id, over_at=None).update(over_at=now)


def note_erased(comparison_id: UUID, *, now: datetime) -> None:
    """Keep that the asking side was told that it is erased; of what it was told before nothing is kept."""
    ComparedCase.objects.filter(id=comparison_id).update(erased_at=now, told={})


def proof_of(comparison_id: UUID) -> tuple[int, UUID] | None:
    """Return what the erasure of a comparison came to: items, and its id; None while it is not erased."""
    rows = Erasure.objects.filter(case_id=comparison_id, exhibit_id=None, ended_at__isnull=False)
    found = rows.values_list("items", "id").first()
    return None if found is None else (found[0], found[1])


def askers_through(member_id: UUID) -> tuple[UUID, ...]:
    """Return the agencies of a member, by id. Needs no `acting_for`."""
    return tuple(Agency.objects.filter(member_id=member_id).order_by("id").values_list("id", flat=True))


def _rows() -> Any:
    return ComparedCase.objects.annotate(is_there=Exists(Case.objects.filter(id=OuterRef("id"))))


def _compared(row: Any) -> Compared:
    return Compared(
        row.id,
        row.asker_id,
        row.member_id,
        row.items,
        row.whole_at is not None,
        row.answered_at is not None,
        row.over_at is not None,
        row.told,
        row.is_there,
    )

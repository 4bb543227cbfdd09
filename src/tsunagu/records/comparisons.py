"""Comparisons that agencies here ask of other installations, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.comparison import Comparison, ComparisonHit
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.federation.comparison_messages import Asked, ToldHit
from tsunagu.records.claims import Scope
from tsunagu.records.models import (
    Case,
    ComparisonHitRow,
    ComparisonRow,
    Series,
    SeriesCase,
)
from tsunagu.records.series import mine, seen_by


@dataclass(frozen=True, slots=True)
class Sent:
    """A comparison as messages about it need it.

    Attributes:
        series_id, case_id: what it is about; the one or the other.
    """

    comparison_id: UUID
    agency_id: UUID
    member_id: UUID
    series_id: UUID | None
    case_id: UUID | None
    purpose: Purpose
    until: date
    is_over: bool


def add(asked: Asked, scope: Scope, member_id: UUID, *, officer_id: UUID, reason: str, now: datetime) -> None:
    """Keep what is asked of a member."""
    is_series = scope.kind is ClaimScope.SERIES
    ComparisonRow.objects.create(
        id=asked.comparison_id,
        agency_id=scope.agency_id,
        member_id=member_id,
        series=scope.id if is_series else None,
        case=None if is_series else scope.id,
        purpose=asked.purpose,
        items=asked.items,
        reason=reason,
        asked_at=now,
        asked_by_id=officer_id,
        until=asked.until,
    )


def comparisons_of(
    actor: Actor, comparison_id: UUID | None = None, *, about: Scope | None = None
) -> tuple[Comparison, ...]:
    """Return what was asked about the actor's cases and their series, newest first; or the one that is named.

    What is about a covert case is told to a co-ordinator alone.

    Args:
        about: a case, or a series with all that was merged into it, to which it is narrowed down.
    """
    series = {row.id: row.name or "" for row in seen_by(actor, "root_id")}
    cases = dict(Case.objects.filter(id__in=mine(actor)).values_list("id", "reference"))
    rows = _told_to(actor).select_related("asked_by")
    if comparison_id is not None:
        rows = rows.filter(id=comparison_id)
    if about is not None:
        rows = rows.filter(_about(about.kind, about.id))
    found = list(rows.order_by("-asked_at", "id"))
    hits = _hits([row.id for row in found])
    names = series | cases
    return tuple(_comparison(row, names, hits.get(row.id, ())) for row in found)


def count_waiting(actor: Actor) -> int:
    """Return how many comparisons that the actor may see have hits of which nobody has taken note."""
    waits = ComparisonHitRow.objects.filter(comparison_id=OuterRef("id"), acknowledged_at=None, ended=False)
    return _told_to(actor).filter(Exists(waits)).count()


def sent_by(actor: Actor, comparison_id: UUID) -> Sent:
    """Return a comparison that the actor may see.

    Raises:
        NotFound: there is none, or it is not about what is his: the answer is the same for both.
    """
    found = sent(comparison_id) if comparisons_of(actor, comparison_id) else None
    if found is None:
        raise NotFound("no such comparison")
    return found


def sent(comparison_id: UUID) -> Sent | None:
    """Return a comparison of the agency that is acted for, which nobody ends meanwhile; None where there is none.

    One that is erased there is over for good, and row-level security lets nobody lock it.
    """
    rows = ComparisonRow.objects.filter(id=comparison_id)
    row = rows.filter(erased_at=None).select_for_update(no_key=True).first() or rows.first()
    return None if row is None else _sent(row)


def lasting_on(kind: ClaimScope, scope_id: UUID, *, today: date) -> tuple[Sent, ...]:
    """Return the comparisons that last, of a case, or of a series with all that was merged into it."""
    return tuple(map(_sent, _open(_about(kind, scope_id)).filter(until__gte=today)))


def resting_on(case_id: UUID) -> tuple[Sent, ...]:
    """Return the comparisons that are not over, of a case or of a series that rests on it."""
    return tuple(map(_sent, _open(_of(case_id))))


def cases_told(one: Sent) -> frozenset[UUID]:
    """Return the cases that a comparison is about and in which it may be written down; none where one is covert."""
    about = [scope_id for scope_id in (one.series_id, one.case_id) if scope_id is not None]
    roots = Series.objects.filter(id__in=about).values("root_id")
    ties = SeriesCase.objects.filter(series__root_id__in=roots).values("case_id")
    found = dict(Case.objects.filter(Q(id__in=about) | Q(id__in=ties)).values_list("id", "covert"))
    return frozenset() if any(found.values()) else frozenset(found)


def end_with(member_id: UUID, *, now: datetime) -> tuple[UUID, ...]:
    """Keep that every comparison at a member is over, and return those that were not."""
    rows = ComparisonRow.objects.filter(member_id=member_id, withdrawn_at=None, erased_at=None)
    found = tuple(rows.order_by("id").values_list("id", flat=True))
    rows.filter(id__in=found).update(withdrawn_at=now)
    return found


def note_withdrawn(comparison_id: UUID, *, now: datetime) -> bool:
    """Keep that a comparison is withdrawn, and return whether it was not."""
    rows = ComparisonRow.objects.filter(id=comparison_id, withdrawn_at=None, erased_at=None)
    return rows.update(withdrawn_at=now) == 1


def forget_words(case_id: UUID) -> None:
    """Keep no longer why a case, or a series that rests on it, was ever asked about, nor who held the same.

    Call it while something of the case is being erased.
    """
    rows = ComparisonRow.objects.filter(_of(case_id))
    ComparisonHitRow.objects.filter(comparison__in=rows).delete()
    rows.exclude(reason="").update(reason="")


def note_answered(comparison_id: UUID, *, now: datetime) -> bool:
    """Keep that everything was compared there, and return whether that is new."""
    rows = ComparisonRow.objects.filter(id=comparison_id, answered_at=None, erased_at=None)
    return rows.update(answered_at=now) == 1


def note_erased(comparison_id: UUID, *, now: datetime) -> bool:
    """Keep that a comparison is said to be erased there, and return whether that is new."""
    return ComparisonRow.objects.filter(id=comparison_id, erased_at=None).update(erased_at=now) == 1


def keep_hit(hit: ToldHit) -> bool | None:
    """Keep a hit as it was told last, and return whether an officer has to take note of it (again).

    None where it was told so already.

    Raises:
        Conflict: a hit of another comparison has this id.
    """
    told = {
        "told_at": hit.at,
        "claimed": hit.is_claimed,
        "ended": hit.is_ended,
        "acknowledged_there": hit.is_acknowledged,
    }
    row = ComparisonHitRow.objects.filter(id=hit.hit_id, comparison_id=hit.comparison_id).first()
    if row is None:
        _add_hit(hit, told)
        return True
    if all(getattr(row, name) == value for name, value in told.items()):
        return None
    has_grown = row.acknowledged_at is not None and hit.at > row.told_at
    again = {"acknowledged_at": None, "acknowledged_by_id": None} if has_grown else {}
    ComparisonHitRow.objects.filter(id=hit.hit_id).update(**told, **again)
    return has_grown


def _add_hit(hit: ToldHit, told: Mapping[str, Any]) -> None:
    ids = {"id": hit.hit_id, "agency_id": hit.agency_id, "comparison_id": hit.comparison_id}
    try:
        with transaction.atomic():
            ComparisonHitRow.objects.create(other_agency_id=hit.agency.agency_id, **ids, **told)
    except IntegrityError as error:
        raise Conflict("this id is another hit's") from error


def hit_count(comparison_id: UUID) -> int:
    """Return how many hits of a comparison hold, as far as was told."""
    return ComparisonHitRow.objects.filter(comparison_id=comparison_id, ended=False).count()


def acknowledge(comparison_id: UUID, *, officer_id: UUID, now: datetime) -> tuple[UUID, ...]:
    """Keep that an officer has taken note of the hits of a comparison, and return those that waited for it."""
    rows = ComparisonHitRow.objects.filter(comparison_id=comparison_id, acknowledged_at=None)
    waiting = tuple(rows.order_by("id").values_list("id", flat=True))
    rows.filter(id__in=waiting).update(acknowledged_at=now, acknowledged_by_id=officer_id)
    return waiting


def _told_to(actor: Actor) -> QuerySet[ComparisonRow]:
    """Return the comparisons of the actor's cases and their series; of covert ones where he is a co-ordinator."""
    series = seen_by(actor, "root_id").values("id")
    rows = ComparisonRow.objects.filter(Q(series__in=series) | Q(case__in=mine(actor)))
    if not actor.may(Permission.HELD_NOTICE_RELEASE):
        covert = Case.objects.filter(covert=True).values("id")
        resting = SeriesCase.objects.filter(case_id__in=covert).values("series__root_id")
        rows = rows.exclude(case__in=covert).exclude(series__in=_trees(resting))
    return rows


def _about(kind: ClaimScope, scope_id: UUID) -> Q:
    """Return what tells comparisons of a case, or of a series with all that was merged into it."""
    return Q(series__in=_trees([scope_id])) if kind is ClaimScope.SERIES else Q(case=scope_id)


def _of(case_id: UUID) -> Q:
    roots = SeriesCase.objects.filter(case_id=case_id).values("series__root_id")
    return Q(case=case_id) | Q(series__in=_trees(roots))


def _trees(roots: Any) -> QuerySet[Series, Any]:
    return Series.objects.filter(root_id__in=roots).values("id")


def _open(of_it: Q) -> QuerySet[ComparisonRow]:
    return ComparisonRow.objects.filter(of_it, withdrawn_at=None, erased_at=None).order_by("asked_at", "id")


def _sent(row: ComparisonRow) -> Sent:
    is_over = row.withdrawn_at is not None or row.erased_at is not None
    return Sent(row.id, row.agency_id, row.member_id, row.series, row.case, Purpose(row.purpose), row.until, is_over)


def _hits(comparison_ids: Sequence[UUID]) -> Mapping[UUID, tuple[ComparisonHit, ...]]:
    found: dict[UUID, tuple[ComparisonHit, ...]] = {}
    for row in ComparisonHitRow.objects.filter(comparison_id__in=comparison_ids).order_by("told_at", "id"):
        one = ComparisonHit(
            row.id,
            row.other_agency_id,
            row.told_at,
            row.claimed,
            row.ended,
            row.acknowledged_at,
            row.acknowledged_there,
        )
        found[row.comparison_id] = (*found.get(row.comparison_id, ()), one)
    return found


def _comparison(row: ComparisonRow, names: Mapping[UUID, str], hits: tuple[ComparisonHit, ...]) -> Comparison:
    scope, about = (ClaimScope.CASE, row.case) if row.series is None else (ClaimScope.SERIES, row.series)
    return Comparison(
        row.id,
        scope,
        names.get(about or row.id, ""),
        row.member_id,
        row.items,
        row.reason,
        row.asked_by.login,
        row.asked_at,
        row.until,
        row.answered_at,
        row.withdrawn_at,
        row.erased_at,
        hits,
    )

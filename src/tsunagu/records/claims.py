"""Claims and interests, as rows of their own agency. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.claim import Claim, ClaimScope, Interest, InterestKind
from tsunagu.domain.errors import Conflict
from tsunagu.domain.permission import Permission
from tsunagu.records.cases import case_of
from tsunagu.records.models import Case, ClaimRow, InterestRow, Series, SeriesCase
from tsunagu.records.planned import rows_of
from tsunagu.records.series import SEEN, series_called

CLAIMED_ALREADY = "your agency claims this already: renew the claim"

_SERIES = f"SELECT s.id, s.name FROM series s WHERE {SEEN}"  # noqa: S608
_CASES = """
SELECT id, reference FROM "case" WHERE id IN (SELECT case_id FROM case_member WHERE officer_id = $1::uuid)
"""
_CLAIMS = """
SELECT c.id, c.series_id, c.case_id, c.reason, o.login, c.claimed_at, c.expires_at, c.released_at, c.overrides
FROM claim c LEFT JOIN officer o ON o.id = c.claimed_by_id
WHERE c.series_id = ANY($1::uuid[]) OR c.case_id = ANY($2::uuid[]) ORDER BY c.claimed_at DESC, c.id
"""
_INTERESTS = """
SELECT i.id, i.kind, CASE WHEN i.series IS NULL THEN 'case' ELSE 'series' END,
       CASE WHEN i.series IS NULL
            THEN (SELECT c.reference FROM "case" c WHERE c.id = i."case" AND (i.held OR c.id = ANY($2::uuid[])))
            ELSE (SELECT s.name FROM series s WHERE s.id = i.series AND (i.held OR s.id = ANY($1::uuid[]))) END,
       i.other_agency_id, i.told_at, i.held
FROM interest i
WHERE NOT i.held AND (i.series = ANY($1::uuid[]) OR i."case" = ANY($2::uuid[])) OR i.held AND $3::boolean
ORDER BY i.told_at DESC, i.id
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """A series, where it stands, or a case, that its people may claim and ask about.

    Attributes:
        id: of the series or the case.
        case_ids: the cases that it rests on: of a case, itself.
        is_covert: one of them is covert.
    """

    kind: ClaimScope
    id: UUID
    agency_id: UUID
    case_ids: frozenset[UUID]
    is_covert: bool


def scope_of_series(actor: Actor, name: str) -> Scope:
    """Return a series of the actor's as a scope, that into which it was merged where it was.

    Raises:
        NotFound: no such series, or not the actor's.
    """
    found = series_called(actor, name)
    covert = Case.objects.filter(id__in=found.case_ids, covert=True).exists()
    return Scope(ClaimScope.SERIES, found.root_id, found.agency_id, found.case_ids, covert)


def scope_of_case(actor: Actor, reference: str) -> Scope:
    """Return a case of the actor's as a scope.

    Raises:
        NotFound: no such case, or not the actor's.
    """
    case: CaseSummary = case_of(actor, reference)
    return Scope(ClaimScope.CASE, case.case_id, case.agency_id, frozenset({case.case_id}), case.covert)


def refuse_claimed(scope: Scope, *, now: datetime) -> None:
    """Do nothing when the agency has no claim on this that lasts.

    Raises:
        Conflict: it has.
    """
    if _on(scope).filter(released_at=None, expires_at__gt=now).exists():
        raise Conflict(CLAIMED_ALREADY)


def add_claim(scope: Scope, *, actor: Actor, reason: str, expires_at: datetime, overrides: bool, now: datetime) -> UUID:
    """Claim something, in place of an own claim on it that has expired.

    Raises:
        Conflict: the agency claims it already.
    """
    own = _on(scope).filter(released_at=None)
    own.filter(expires_at__lte=now).update(released_at=F("expires_at"))
    if own.exists():
        raise Conflict(CLAIMED_ALREADY)
    claim_id = uuid4()
    try:
        with transaction.atomic():
            ClaimRow.objects.create(
                id=claim_id,
                agency_id=scope.agency_id,
                series_id=scope.id if scope.kind is ClaimScope.SERIES else None,
                case_id=scope.id if scope.kind is ClaimScope.CASE else None,
                reason=reason,
                claimed_at=now,
                claimed_by_id=actor.officer_id,
                expires_at=expires_at,
                overrides=overrides,
            )
    except IntegrityError as error:
        raise Conflict(CLAIMED_ALREADY) from error
    return claim_id


def lasts_until(scope: Scope, *, now: datetime) -> datetime | None:
    """Return until when the agency claims something; None where it does not."""
    rows = _on(scope).filter(released_at=None, expires_at__gt=now).order_by("-expires_at")
    return rows.values_list("expires_at", flat=True).first()


def renew(scope: Scope, *, expires_at: datetime, now: datetime) -> UUID:
    """Let the own claim on something last longer, and return its id.

    Raises:
        Conflict: there is none that lasts.
    """
    return _changed(scope, now=now, expires_at=expires_at)


def release(scope: Scope, *, now: datetime) -> UUID:
    """Release the own claim on something, and return its id.

    Raises:
        Conflict: there is none that lasts.
    """
    return _changed(scope, now=now, released_at=now)


@dataclass(frozen=True, slots=True)
class Named:
    """What an officer works on, by id: names of series, references of cases."""

    series: Mapping[UUID, str]
    cases: Mapping[UUID, str]


def named_for(actor: Actor) -> Named:
    """Return the series and the cases that the actor works on."""
    series, cases = rows_of(_SERIES, actor.officer_id), rows_of(_CASES, actor.officer_id)
    return Named(dict(series), dict(cases))


def claims_on(named: Named) -> tuple[Claim, ...]:
    """Return what the agency claims of these cases and series, newest first, and what it has claimed."""
    found = rows_of(_CLAIMS, list(named.series), list(named.cases))
    return tuple(
        Claim(
            claim_id,
            ClaimScope.SERIES if series_id else ClaimScope.CASE,
            named.series[series_id] if series_id else named.cases[case_id],
            reason,
            login or "",
            *said,
        )
        for claim_id, series_id, case_id, reason, login, *said in found
    )


def interests_in(named: Named, actor: Actor) -> tuple[Interest, ...]:
    """Return what the actor's agency was told of others' interest in his cases and series, newest first.

    What is held is told to a co-ordinator alone, whichever case it is about.
    """
    is_told_held = actor.may(Permission.HELD_NOTICE_RELEASE)
    found = rows_of(_INTERESTS, list(named.series), list(named.cases), is_told_held)
    return tuple(
        Interest(interest_id, InterestKind(kind), ClaimScope(scope), name or "", other_id, told_at, held)
        for interest_id, kind, scope, name, other_id, told_at, held in found
    )


def forget_case(case_id: UUID) -> None:
    """Erase what was claimed of a case that is being erased, and of series that rest on no case any more."""
    resting = SeriesCase.objects.values("series__root_id")
    of_it = Q(case_id=case_id) | (Q(series__isnull=False) & ~Q(series__root_id__in=resting))
    ClaimRow.objects.filter(of_it).delete()
    left = Series.objects.filter(root_id__in=resting).values("id")
    InterestRow.objects.filter(Q(case=case_id) | (Q(series__isnull=False) & ~Q(series__in=left))).delete()


def _on(scope: Scope) -> QuerySet[ClaimRow]:
    is_series = scope.kind is ClaimScope.SERIES
    return ClaimRow.objects.filter(series__root_id=scope.id) if is_series else ClaimRow.objects.filter(case_id=scope.id)


def _changed(scope: Scope, *, now: datetime, **changes: datetime) -> UUID:
    rows = _on(scope).filter(released_at=None, expires_at__gt=now)
    ids = list(rows.order_by("claimed_at", "id").values_list("id", flat=True))
    if not ids:
        raise Conflict("your agency has no claim on this that lasts")
    ClaimRow.objects.filter(id__in=ids).update(**changes)  # two, where series that were both claimed are one now
    return ids[0]

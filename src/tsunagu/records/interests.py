"""Whose claims overlap with what somebody asks about, as the linker sees it, and what both sides are told.

Call everything within `linking`: what crosses between agencies is written by an act, and each side reads its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Q

from tsunagu.domain.claim import ClaimScope, InterestKind
from tsunagu.domain.overlap import Commonness
from tsunagu.records.claims import Scope
from tsunagu.records.models import Case, ClaimRow, HitRow, Holding, InterestRow, Series, SeriesCase, SeriesItemRow
from tsunagu.records.session import LINKER


@dataclass(frozen=True, slots=True)
class ClaimHit:
    """A claim of another agency that overlaps with what is asked about.

    Attributes:
        scope: what is claimed; where it is covert, its co-ordinator alone may hear of it.
    """

    claim_id: UUID
    scope: Scope


def overlapping_claims(asked: Scope, *, now: datetime) -> tuple[ClaimHit, ...]:
    """Return the claims of other agencies that last and that share an item with what is asked about.

    Two items are shared where a hit between them counts: it holds, is not common, and nothing benign explains it.
    """
    pairs = _pairs(asked)
    theirs = {(case, item) for _, case, item in pairs}
    cases = {case for case, _ in theirs}
    of_series = _series_holding(theirs)
    rows = ClaimRow.objects.using(LINKER).filter(released_at=None, expires_at__gt=now)
    rows = rows.exclude(agency_id=asked.agency_id).filter(Q(case_id__in=cases) | Q(series__root_id__in=of_series))
    claimed = rows.order_by("id").values_list("id", "agency_id", "series__root_id", "case_id")
    return tuple(ClaimHit(claim_id, scope_of(*what)) for claim_id, *what in claimed)


def tell(scope: Scope, other_agency: UUID, kind: InterestKind, *, held: bool, now: datetime) -> bool:
    """Tell one side of the other's interest, and return whether it is new to it; else it is dated anew."""
    key = {
        "agency_id": scope.agency_id,
        "series": scope.id if scope.kind is ClaimScope.SERIES else None,
        "case": scope.id if scope.kind is ClaimScope.CASE else None,
        "other_agency_id": other_agency,
        "kind": kind,
    }
    rows = InterestRow.objects.using(LINKER).filter(**{name: value for name, value in key.items() if value is not None})
    if rows.update(told_at=now, held=held):
        return False
    InterestRow.objects.using(LINKER).create(id=uuid4(), held=held, told_at=now, **key)
    return True


def _pairs(asked: Scope) -> set[tuple[int, UUID, int]]:
    """Return the own item, the other case and its item of each hit that counts between agencies."""
    own = _items(asked)
    hits = HitRow.objects.using(LINKER).filter(holds=True, silenced=False).exclude(commonness=Commonness.COMMON)
    found = set()
    for this, that in (("a", "b"), ("b", "a")):
        rows = hits.filter(**{f"item_{this}__in": own, f"overlap__case_{this}__in": asked.case_ids}).exclude(
            **{f"overlap__agency_{that}": asked.agency_id}
        )
        found |= set(rows.values_list(f"item_{this}", f"overlap__case_{that}", f"item_{that}"))
    return found


def _items(asked: Scope) -> Collection[int]:
    if asked.kind is ClaimScope.CASE:
        held = Holding.objects.using(LINKER).filter(exhibit__case_id=asked.id, item_id__isnull=False)
        return set(held.values_list("item_id", flat=True))
    tree = Series.objects.using(LINKER).filter(root_id=asked.id).values_list("id", flat=True)
    rows = SeriesItemRow.objects.using(LINKER).filter(series_id__in=set(tree))
    return set(rows.values_list("item_id", flat=True))


def _series_holding(contents: Collection[tuple[UUID, int]]) -> set[UUID]:
    """Return the series that contents of cases stand in now."""
    rows = SeriesItemRow.objects.using(LINKER).filter(
        case_id__in={case for case, _ in contents}, item_id__in={item for _, item in contents}
    )
    told = rows.values_list("series__root_id", "case_id", "item_id")
    return {root for root, case, item in told if (case, item) in contents}


def scope_of(agency_id: UUID, root_id: UUID | None, case_id: UUID | None) -> Scope:
    """Return a series, as it stands, or a case as a scope."""
    if root_id is None:
        ids = {one for one in (case_id,) if one}
        return Scope(ClaimScope.CASE, next(iter(ids)), agency_id, frozenset(ids), _is_covert(ids))
    ties = SeriesCase.objects.using(LINKER).filter(series__root_id=root_id)
    ids = set(ties.values_list("case_id", flat=True))
    return Scope(ClaimScope.SERIES, root_id, agency_id, frozenset(ids), _is_covert(ids))


def _is_covert(case_ids: Iterable[UUID]) -> bool:
    return Case.objects.using(LINKER).filter(id__in=set(case_ids), covert=True).exists()

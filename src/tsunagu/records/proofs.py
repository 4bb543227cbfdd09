"""What stays of erasures, as rows: proofs, and whether anything is left. Call it all within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from tsunagu.domain.erasure import ErasureGround, Proof
from tsunagu.records.erasing import erased_by
from tsunagu.records.models import Case, CaseMember, Erasure, Exhibit, Holding, OverlapNotice


def is_known(erasure_id: UUID) -> bool:
    """Return whether there is an erasure of this id."""
    return Erasure.objects.filter(id=erasure_id).exists()


def root_of(erasure_id: UUID) -> bytes | None:
    """Return the Merkle root over what an erasure has taken away so far; None where there is no such erasure."""
    row = Erasure.objects.filter(id=erasure_id).first()
    return None if row is None else erased_by(row).merkle_root


def references_of(case_id: UUID, exhibit_id: UUID | None) -> tuple[str, str | None] | None:
    """Return what a case and its exhibit, where one is meant, are called; None where they are not there."""
    if exhibit_id is None:
        case = Case.objects.filter(id=case_id).values_list("reference", flat=True).first()
        return None if case is None else (case, None)
    rows = Exhibit.objects.filter(id=exhibit_id, case_id=case_id)
    return rows.values_list("case__reference", "reference").first()


def proofs_of(case_macs: Sequence[bytes]) -> tuple[Proof, ...]:
    """Return what was erased of cases that had one of these keyed references, oldest first."""
    rows = Erasure.objects.filter(case_mac__in=list(case_macs)).order_by("begun_at", "id")
    return tuple(
        Proof(
            row.id,
            row.case_id,
            row.exhibit_id,
            ErasureGround(row.ground),
            row.begun_at,
            row.ended_at,
            erased_by(row),
        )
        for row in rows
    )


def left_of(case_id: UUID, exhibit_id: UUID | None) -> int:
    """Return how many rows are there of an exhibit, or without one of a case: of itself, its places and its people."""
    of_it = Q(case_id=case_id) if exhibit_id is None else Q(id=exhibit_id)
    exhibits = Exhibit.objects.filter(of_it)
    found = exhibits.count() + Holding.objects.filter(exhibit__in=exhibits).count()
    if exhibit_id is not None:
        return found
    of_case = {"case_id": case_id}
    found += Case.objects.filter(id=case_id).count() + CaseMember.objects.filter(**of_case).count()
    return found + OverlapNotice.objects.filter(**of_case).count()

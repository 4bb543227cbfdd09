"""Places that an intake could not examine, or not to its end. Call it within `acting_for` the agency."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, TextField, Value

from tsunagu.domain.intake_run import RefusedPlace
from tsunagu.domain.media import Refusal
from tsunagu.records.intakes import REASON
from tsunagu.records.models import Holding, IntakeChange


def refused_places(intake_id: UUID, *, skip: int, most: int) -> tuple[RefusedPlace, ...]:
    """Return places that an intake could not examine, or not to its end, by the bytes of their paths.

    Args:
        intake_id: the intake.
        skip: how many were read before; their paths are told to no address, so that none stands in a log.
        most: how many at most.
    """
    held = Holding.objects.filter(Q(refused__isnull=False) | Q(item__refused__isnull=False), intake_id=intake_id)
    changed = IntakeChange.objects.filter(intake_id=intake_id)
    both = held.values_list("path", REASON).union(
        changed.values_list("path", Value(Refusal.CHANGED.value, output_field=TextField())), all=True
    )
    rows = both.order_by("path")[skip : skip + most]
    return tuple(RefusedPlace(bytes(path), Refusal(reason)) for path, reason in rows)

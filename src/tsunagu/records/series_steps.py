"""Steps of series as rows, and what they amount to kept beside them. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Subquery

from tsunagu.domain.actor import Actor
from tsunagu.domain.series import SeriesStatus
from tsunagu.domain.series_counts import Milestones
from tsunagu.domain.series_steps import PLACES, UNDOABLE, Member, Step, StepKind, state_of
from tsunagu.records.models import Series, SeriesItemRow, SeriesPlacing, SeriesStep
from tsunagu.records.planned import columns_of, rows_of
from tsunagu.records.series import SEEN, seen_by

LOCK_SERIES = 7400105
"""The advisory lock under which the series of an agency change: what steps amount to is kept by one at a time."""

_STEP_FIELDS = columns_of(SeriesStep)
_HISTORY = f"""
SELECT {", ".join(_STEP_FIELDS)} FROM series_step
WHERE series_id IN (SELECT id FROM series WHERE root_id = $1::uuid)
   OR other_id IN (SELECT id FROM series WHERE root_id = $1::uuid)
ORDER BY id DESC
"""  # noqa: S608
_PLACED = """
SELECT step_id, count(*) FILTER (WHERE case_id IN (SELECT case_id FROM case_member WHERE officer_id = $2::uuid))
FROM series_placing WHERE step_id = ANY($1::bigint[]) GROUP BY step_id
"""
_NAMES = f"SELECT s.id, s.name FROM series s WHERE s.id = ANY($2::uuid[]) AND {SEEN}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as its series' history tells it to one reader.

    Attributes:
        series, other: names of the series; None for one that the reader may not see.
        items: how many items of the reader's cases it is about.
        is_undone: whether it counts no more.
    """

    step_id: UUID
    kind: StepKind
    officer_id: UUID
    at: datetime
    reason: str
    value: str
    series: str | None
    other: str | None
    items: int
    is_context: bool
    is_undone: bool

    @property
    def may_be_undone(self) -> bool:
        """Whether it is of a kind that can be undone, and counts."""
        return self.kind in UNDOABLE and not self.is_undone


def lock(agency_id: UUID) -> None:
    """Wait until nobody else changes series of the agency, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_SERIES, str(agency_id)])


def family_of(series_ids: Iterable[UUID], members: Collection[Member] = ()) -> list[Step]:
    """Return all steps, in order, that say where these series and members stand: nothing else can.

    They are the steps of these series, of those that were ever merged with one of them or split off, and of those
    that an item of theirs was ever in.
    """
    ids = set(series_ids) | _touching(
        SeriesPlacing.objects.filter(
            case_id__in={one.case_id for one in members}, item_id__in={one.item_id for one in members}
        ).values_list("step__series_id", "step__other_id")
    )
    while True:
        rows = SeriesStep.objects.filter(Q(series_id__in=ids) | Q(other_id__in=ids))
        same = SeriesPlacing.objects.filter(case_id=OuterRef("case_id"), item_id=OuterRef("item_id"), step__in=rows)
        beside = SeriesPlacing.objects.filter(Exists(same)).values_list("step__series_id", "step__other_id")
        found = _touching(rows.values_list("series_id", "other_id")) | _touching(beside.distinct())
        if found <= ids:
            return _steps(list(rows.select_related("undoes").order_by("id")))
        ids |= found


def milestones_of(actor: Actor) -> tuple[Milestones, ...]:
    """Return what is counted of the series that the actor may see; those that were merged into others count in those.

    One that was split off stands as the other did, until somebody sets its status.
    """
    set_so = SeriesStep.objects.filter(series_id=OuterRef("id"), kind=StepKind.STATUS_SET).order_by("-id")
    rows = seen_by(actor, "id").filter(root_id=F("id")).annotate(since=Subquery(set_so.values("done_at")[:1]))
    return tuple(
        Milestones(opened_at, SeriesStatus(status), since or opened_at)
        for opened_at, status, since in rows.values_list("opened_at", "status", "since")
    )


def add_step(step: Step, *, agency_id: UUID) -> None:
    """Keep a step."""
    undone = SeriesStep.objects.filter(step_id=step.undoes).first() if step.undoes else None
    row = SeriesStep.objects.create(
        step_id=step.step_id,
        agency_id=agency_id,
        series_id=step.series_id,
        kind=step.kind,
        other_id=step.other_id,
        undoes=undone,
        is_context=step.is_context,
        value=step.value,
        reason=step.reason,
        officer_id=step.officer_id,
        done_at=step.at,
    )
    SeriesPlacing.objects.bulk_create(
        SeriesPlacing(agency_id=agency_id, step=row, case_id=one.case_id, item_id=one.item_id)
        for one in sorted(step.members, key=lambda one: (one.case_id, one.item_id))
    )


def settle(steps: Sequence[Step], *, agency_id: UUID) -> set[UUID]:
    """Keep what the steps of a family amount to, where each series stands and what is in it; return the series."""
    state = state_of(steps)
    ids = _touching((one.series_id, one.other_id) for one in steps)
    for row in Series.objects.filter(id__in=ids):
        root, stands = state.root(row.id), row.id not in state.unmade
        if (row.root_id, row.stands) != (root, stands):
            Series.objects.filter(id=row.id).update(root_id=root, stands=stands)
    kept = {Member(row.case_id, row.item_id): row for row in SeriesItemRow.objects.filter(series_id__in=ids)}
    gone = [row.id for member, row in kept.items() if member not in state.placed]
    SeriesItemRow.objects.filter(id__in=gone).delete()
    changed = [
        SeriesItemRow(
            agency_id=agency_id,
            series_id=series_id,
            case_id=member.case_id,
            item_id=member.item_id,
            is_context=is_context,
        )
        for member, (series_id, is_context) in state.placed.items()
        if member not in kept or (kept[member].series_id, kept[member].is_context) != (series_id, is_context)
    ]
    SeriesItemRow.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["case", "item"], update_fields=["series", "is_context"]
    )
    return ids


def history_of(actor: Actor, root_id: UUID) -> tuple[StepRow, ...]:
    """Return what was done to a series and to what was merged into it, newest first, as far as it is the actor's.

    What was done with items of other cases alone is left out, and a series that he may not see is not named.
    """
    rows = [SeriesStep.from_db("default", _STEP_FIELDS, row) for row in rows_of(_HISTORY, root_id)]
    by_id = {row.id: row for row in rows}
    for row in rows:
        row.undoes = by_id[row.undoes_id] if row.undoes_id else None  # it is of the same series
    placed = rows_of(_PLACED, list(by_id), actor.officer_id)
    seen, any_ = {step: mine for step, mine in placed if mine}, {step for step, _ in placed}
    names = _names_seen(actor, rows)
    undone = state_of(_steps(rows[::-1], with_members=False)).undone
    return tuple(
        StepRow(
            row.step_id,
            StepKind(row.kind),
            row.officer_id,
            row.done_at,
            row.reason,
            row.value,
            names.get(row.series_id),
            names.get(row.other_id) if row.other_id else None,
            seen.get(row.id, 0),
            row.is_context,
            row.step_id in undone,
        )
        for row in rows
        if (base := _base(row, by_id)).kind not in PLACES or seen.get(base.id, 0) or base.id not in any_
    )


def _base(row: SeriesStep, by_id: Mapping[int, SeriesStep]) -> SeriesStep:
    """Return what was done first: of an undoing, and of an undoing of that, what they undo."""
    while row.undoes_id is not None:
        row = by_id[row.undoes_id]
    return row


def _names_seen(actor: Actor, rows: Iterable[SeriesStep]) -> dict[UUID, str]:
    ids = _touching((row.series_id, row.other_id) for row in rows)
    return dict(rows_of(_NAMES, actor.officer_id, list(ids)))


def _touching(pairs: Iterable[tuple[UUID, UUID | None]]) -> set[UUID]:
    return {one for pair in pairs for one in pair if one is not None}


def _steps(rows: Sequence[SeriesStep], *, with_members: bool = True) -> list[Step]:
    members: dict[int, set[Member]] = {}
    if with_members:
        placed = SeriesPlacing.objects.filter(step_id__in=[row.id for row in rows])
        for step, case, item in placed.values_list("step_id", "case_id", "item_id"):
            members.setdefault(step, set()).add(Member(case, item))
    return [
        Step(
            row.step_id,
            StepKind(row.kind),
            row.series_id,
            row.officer_id,
            row.done_at,
            row.reason,
            row.other_id,
            row.undoes.step_id if row.undoes else None,
            frozenset(members.get(row.id, ())),
            row.is_context,
            row.value,
        )
        for row in rows
    ]

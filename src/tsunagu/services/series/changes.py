"""What series consist of: items put in and taken out, series merged and split, and any of it undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import NotFound
from tsunagu.domain.series_steps import Step, StepKind
from tsunagu.records import series as rows
from tsunagu.records import series_steps
from tsunagu.records.cases import case_of
from tsunagu.services.access import check_reference
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.series.desk import SeriesDesk


def add_to_series(
    *,
    actor: Actor,
    name: str,
    case: str,
    items: Collection[str],
    is_context: bool,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Put items of one of the actor's cases into a series, and return how many contents that are.

    Args:
        items: numbers of places in the case, or SHA-256 in hex.
        is_context: they are not illegal, and belong to the series all the same. Said of what is in it already, it
            changes how it is marked.

    Raises:
        Forbidden: the actor changes no series.
        NotFound: no such series or case, or not the actor's; or an item that the case does not hold, or that could
            not be read.
        Conflict: some of it is in another series, or the series was merged into another.
    """
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name) as found:
        held = case_of(actor, case)
        members = rows.members_called(held, items)
        rows.rest_on(found.series_id, [held.case_id], agency_id=actor.agency_id)
        desk.take(StepKind.ADDED, found, members=members, is_context=is_context)
    return len(members)


def remove_from_series(
    *,
    actor: Actor,
    name: str,
    case: str,
    items: Collection[str],
    reason: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Take items of one of the actor's cases out of a series, and return how many contents that are.

    Raises:
        Forbidden: the actor changes no series.
        InputError: no reason, or one that is too long.
        NotFound: as for `add_to_series`.
        Conflict: some of it is not in the series, or the series was merged into another.
    """
    check_reason(reason)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name) as found:
        members = rows.members_called(case_of(actor, case), items)
        desk.take(StepKind.REMOVED, found, members=members, reason=reason)
    return len(members)


def merge_series(
    *, actor: Actor, name: str, other: str, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Merge another series of the actor's into one: both are the same child or event.

    Whoever works on a case of either sees both from then on, and of the items those of his cases.

    Raises:
        Forbidden: the actor changes no series.
        InputError: no reason, or one that is too long; or a name that can be none.
        NotFound: no such series, or not the actor's, of either.
        Conflict: one of them was merged into another already, or they are the same.
    """
    check_reason(reason)
    check_reference(other)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name) as found:
        desk.take(StepKind.MERGED, found, other=rows.series_called(actor, other), reason=reason)


def split_series(
    *,
    actor: Actor,
    name: str,
    new: str,
    case: str,
    items: Collection[str],
    reason: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> UUID:
    """Split items of one of the actor's cases off a series into a new one, and return the new one's id.

    The new one begins with the status, the word on its circulation and the handling of the old one.

    Raises:
        Forbidden: the actor changes no series.
        InputError: no reason, or one that is too long; or a name that can be none.
        NotFound: as for `add_to_series`.
        Conflict: some of it is not in the series, the series was merged into another, or the new name is taken.
    """
    check_reason(reason)
    check_reference(new)
    desk, series_id = SeriesDesk(actor, now, keys, ledger), uuid4()
    with desk.changing(name) as found:
        held = case_of(actor, case)
        members = rows.members_called(held, items)
        rows.add_series(series_id, name=new, purpose=found.purpose, actor=actor, now=now)
        rows.begin_like(series_id, found.series_id)
        rows.rest_on(series_id, [held.case_id], agency_id=actor.agency_id)
        desk.take(StepKind.SPLIT, found, other_id=series_id, members=members, reason=reason)
    return series_id


def undo_step(
    *, actor: Actor, name: str, step_id: UUID, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Undo one step that was taken in a series, or an undoing; what was done since to other items stays.

    Raises:
        Forbidden: the actor changes no series.
        InputError: no reason, or one that is too long.
        NotFound: no such series, or not the actor's; or no step of it that the actor sees and that can be undone.
        Conflict: it is undone already, or what was done since rests on it.
    """
    check_reason(reason)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name) as found:
        seen = {row.step_id for row in series_steps.history_of(actor, found.root_id)}
        family = {one.step_id: one for one in series_steps.family_of([found.root_id])}
        target = family.get(step_id)
        if target is None or step_id not in seen:
            raise NotFound("no such step of this series can be undone")
        _check_merge_is_his(actor, target, family)
        step = Step(
            uuid4(),
            StepKind.UNDONE,
            target.series_id,
            actor.officer_id,
            now,
            reason,
            target.other_id,
            target.step_id,
        )
        desk.keep(step, replace(found, series_id=target.series_id), told={"undone": str(step_id)})


def _check_merge_is_his(actor: Actor, target: Step, family: Mapping[UUID, Step]) -> None:
    """Do nothing unless a merge comes or goes of which the actor sees only one series.

    Raises:
        NotFound: he does not see both.
    """
    while target.undoes is not None:
        target = family[target.undoes]
    other = target.other_id if target.kind is StepKind.MERGED else None
    if other is not None and rows.hidden_from(actor, {target.series_id, other}):
        raise NotFound("no such step of this series can be undone")

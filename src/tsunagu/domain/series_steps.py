"""What was done to series, step by step, and what it amounts to.

Steps are added and never changed. What a series consists of follows from those of them that count: a step that was
undone does not, and an undoing that was itself undone undoes nothing. Each item stands where the last step that counts
has put it, and each merge that counts ties one series to another; nothing else matters. So steps that touch different
items, and merges, may come in any order, and whoever undoes what he did is back where he was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.errors import Conflict, NotFound


class StepKind(StrEnum):
    """What a step does."""

    OPENED = "opened"
    ADDED = "added"
    REMOVED = "removed"
    MERGED = "merged"
    SPLIT = "split"
    UNDONE = "undone"
    ALIAS_ADDED = "alias-added"
    ALIAS_REMOVED = "alias-removed"
    STATUS_SET = "status-set"
    DISTRIBUTED_SET = "distributed-set"
    HANDLING_SET = "handling-set"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    SUBMITTED = "submitted"
    RECALLED = "recalled"


UNDOABLE = frozenset({StepKind.ADDED, StepKind.REMOVED, StepKind.MERGED, StepKind.SPLIT, StepKind.UNDONE})
"""What can be undone; the others are set anew."""
PLACES = frozenset({StepKind.ADDED, StepKind.REMOVED, StepKind.SPLIT})
"""What says where an item stands."""
MERGED_AWAY = "this series was merged into another: change that one, or undo the merge"


@dataclass(frozen=True, slots=True)
class Member:
    """One content as one case holds it: what series consist of."""

    case_id: UUID
    item_id: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an officer did to a series.

    Attributes:
        series_id: what it was done to; of a merge, the series that stays; of an undoing, as of what is undone.
        reason: in his own words; empty where none is asked for.
        other_id: of a merge, the series that goes into it; of a split, the new one; of an undoing, as of what is
            undone.
        undoes: the step that is undone.
        members: what is added, removed or split off.
        is_context: whether what is added is context: not illegal.
        value: the new alias, status or word, or the name of the bank.
    """

    step_id: UUID
    kind: StepKind
    series_id: UUID
    officer_id: UUID
    at: datetime
    reason: str = ""
    other_id: UUID | None = None
    undoes: UUID | None = None
    members: frozenset[Member] = frozenset()
    is_context: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class SeriesState:
    """What steps amount to.

    Attributes:
        placed: in which series each item was put, and whether as context; those that are in none are left out.
        parents: into which series each merged one goes.
        undone: steps that do not count.
        unmade: series that a split has made which was undone.
    """

    placed: Mapping[Member, tuple[UUID, bool]] = field(default_factory=dict)
    parents: Mapping[UUID, UUID] = field(default_factory=dict)
    undone: frozenset[UUID] = frozenset()
    unmade: frozenset[UUID] = frozenset()

    def root(self, series_id: UUID) -> UUID:
        """Return the series in which one stands now: itself, unless it was merged into another."""
        while series_id in self.parents:
            series_id = self.parents[series_id]
        return series_id

    def members(self, series_id: UUID) -> dict[Member, bool]:
        """Return what a series consists of, with what was merged into it, and whether each is context."""
        return {one: context for one, (there, context) in self.placed.items() if self.root(there) == series_id}


def state_of(steps: Sequence[Step]) -> SeriesState:
    """Return what steps amount to, in the order in which they were done."""
    undone: set[UUID] = set()
    for one in reversed(steps):
        if one.kind is StepKind.UNDONE and one.step_id not in undone and one.undoes:
            undone.add(one.undoes)
    placed: dict[Member, tuple[UUID, bool]] = {}
    parents: dict[UUID, UUID] = {}
    for one in steps:
        if one.step_id in undone:
            continue
        if one.kind is StepKind.MERGED and one.other_id:
            parents[one.other_id] = one.series_id
        for member in one.members if one.kind in PLACES else ():
            if one.kind is StepKind.REMOVED:
                placed.pop(member, None)
            elif one.kind is StepKind.SPLIT and one.other_id:
                placed[member] = (one.other_id, placed.get(member, (None, False))[1])
            else:
                placed[member] = (one.series_id, one.is_context)
    made = {one.other_id for one in steps if one.kind is StepKind.SPLIT and one.step_id in undone}
    return SeriesState(placed, parents, frozenset(undone), frozenset(one for one in made if one))


def check_step(steps: Sequence[Step], new: Step) -> None:
    """Do nothing when a step may follow the others.

    Raises:
        NotFound: it undoes nothing that can be undone.
        Conflict: it does not go with what was done; the message says how.
    """
    before = state_of(steps)
    if new.kind is not StepKind.UNDONE and before.root(new.series_id) != new.series_id:
        raise Conflict(MERGED_AWAY)
    if new.kind is StepKind.MERGED:
        _check_merge(before, new)
    elif new.kind is StepKind.ADDED:
        if any(one in before.placed and before.root(before.placed[one][0]) != new.series_id for one in new.members):
            raise Conflict("some of it is in another series already: split it off there, or merge the two")
    elif new.kind in PLACES:
        if not new.members <= before.members(new.series_id).keys():
            raise Conflict("some of it is not in this series")
    elif new.kind is StepKind.UNDONE:
        _check_undoing(steps, before, new)


def _check_merge(before: SeriesState, new: Step) -> None:
    if new.other_id is None or new.other_id == new.series_id:
        raise Conflict("a series is not merged into itself")
    if before.root(new.other_id) != new.other_id:
        raise Conflict("the other series was merged already")


def _check_undoing(steps: Sequence[Step], before: SeriesState, new: Step) -> None:
    target = next((one for one in steps if one.step_id == new.undoes), None)
    if target is None or target.kind not in UNDOABLE:
        raise NotFound("no such step can be undone")
    if target.step_id in before.undone:
        raise Conflict("this step is undone already")
    after = state_of([*steps, new])
    counting = [one for one in steps if one.step_id not in after.undone]
    if any({one.series_id, one.other_id} & after.unmade for one in counting if one.kind in PLACES | {StepKind.MERGED}):
        raise Conflict("something was done since with the series that was split off: undo that first")
    _check_ties((one.series_id, one.other_id) for one in counting if one.kind is StepKind.MERGED)


def _check_ties(ties: Iterable[tuple[UUID, UUID | None]]) -> None:
    """Refuse that a series goes into two others, or in the end into itself."""
    parents: dict[UUID, UUID] = {}
    for parent, child in ties:
        if child is None:
            continue
        if child in parents:
            raise Conflict("the series was merged into another since: undo that first")
        parents[child] = parent
    for start in parents:
        seen, at = {start}, start
        while at in parents:
            at = parents[at]
            if at in seen:
                raise Conflict("the series would be merged into itself: undo what was merged since first")
            seen.add(at)

"""Merges, splits and undoings, in any order: whatever leads back to a state gives the same series."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.series_steps import PLACES, Member, Step, StepKind, check_step, state_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OFFICER = uuid4()
CASES = (uuid4(), uuid4())
MEMBERS = tuple(Member(case, item) for case in CASES for item in range(3))
SERIES = tuple(UUID(int=one) for one in range(1, 9))
OPENED = SERIES[:4]
"""Those that are there from the beginning; splits make the others."""


def step(kind: StepKind, series_id: UUID, *members: Member, other: UUID | None = None, context: bool = False) -> Step:
    return Step(uuid4(), kind, series_id, OFFICER, NOW, other_id=other, members=frozenset(members), is_context=context)


def undoing(target: Step) -> Step:
    return Step(
        uuid4(), StepKind.UNDONE, target.series_id, OFFICER, NOW, other_id=target.other_id, undoes=target.step_id
    )


def may_follow(steps: list[Step], new: Step) -> bool:
    try:
        check_step(steps, new)
    except (Conflict, NotFound):
        return False
    return True


def seen(steps: list[Step]) -> dict[UUID, dict[Member, bool]]:
    """Return what anybody can see: each series that stands by itself, with what is in it."""
    state = state_of(steps)
    made = {one.other_id for one in steps if one.kind is StepKind.SPLIT}
    there = {*OPENED, *(one for one in made if one)} - state.unmade
    return {one: state.members(one) for one in there if state.root(one) == one}


chosen = st.tuples(
    st.sampled_from((StepKind.ADDED, StepKind.REMOVED, StepKind.MERGED, StepKind.SPLIT, StepKind.UNDONE)),
    st.sampled_from(SERIES),
    st.sampled_from(SERIES),
    st.sets(st.sampled_from(MEMBERS), min_size=1),
    st.integers(0, 30),
    st.booleans(),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Draw a history that could have come about: what would have been refused is left out."""
    steps: list[Step] = []
    for kind, one, other, members, number, context in draw(st.lists(chosen, max_size=25)):
        there = seen(steps)
        if kind is StepKind.UNDONE:
            if not steps:
                continue
            new = undoing(steps[number % len(steps)])
        elif kind is StepKind.SPLIT:
            fresh = [each for each in SERIES[len(OPENED) :] if all(each != made.other_id for made in steps)]
            taken = members & there.get(one, {}).keys()
            if not fresh or not taken:
                continue
            new = step(kind, one, *taken, other=fresh[0])
        elif kind is StepKind.MERGED:
            new = step(kind, one, other=other)
        else:
            taken = members & there.get(one, {}).keys() if kind is StepKind.REMOVED else members
            new = step(kind, one, *taken, context=context)
        is_there = new.series_id in there or kind is StepKind.UNDONE
        if is_there and (kind is not StepKind.MERGED or other in there) and may_follow(steps, new):
            steps.append(new)
    return steps


def counting(steps: list[Step]) -> list[Step]:
    undone = state_of(steps).undone
    return [one for one in steps if one.step_id not in undone and one.kind is not StepKind.UNDONE]


def played(steps: Iterable[Step]) -> dict[UUID, set[Member]]:
    """Return what series hold, played as one would with cards on a table: packs of cards, and packs tied together."""
    packs: dict[UUID, set[Member]] = {}
    ties: list[tuple[UUID, UUID]] = []
    for one in steps:
        for pack in packs.values():
            pack.difference_update(one.members)
        if one.kind is StepKind.ADDED:
            packs.setdefault(one.series_id, set()).update(one.members)
        elif one.kind is StepKind.SPLIT:
            assert one.other_id
            packs.setdefault(one.other_id, set()).update(one.members)
        elif one.kind is StepKind.MERGED:
            assert one.other_id
            ties.append((one.series_id, one.other_id))
    while ties:
        leaf = next(tie for tie in ties if all(tie[1] != parent for parent, _ in ties))
        packs.setdefault(leaf[0], set()).update(packs.pop(leaf[1], set()))
        ties.remove(leaf)
    return {one: pack for one, pack in packs.items() if pack}


@settings(deadline=None, max_examples=30)
@given(histories())
def test_a_series_is_what_the_steps_that_count_put_together(steps: list[Step]) -> None:
    held = {one: set(members) for one, members in seen(steps).items() if members}
    assert held == played(counting(steps))


@settings(deadline=None, max_examples=30)
@given(histories())
def test_an_item_stands_in_one_series_at_most_and_a_merged_series_in_one_that_stands(steps: list[Step]) -> None:
    there = seen(steps)
    everything = [member for members in there.values() for member in members]
    assert len(everything) == len(set(everything))
    state = state_of(steps)
    assert {state.root(one) for one in state.parents} <= there.keys()


@settings(deadline=None, max_examples=30)
@given(histories(), st.data())
def test_undoing_a_step_and_undoing_that_leads_back_each_time(steps: list[Step], data: st.DataObject) -> None:
    able = [one for one in counting(steps) if may_follow(steps, undoing(one))]
    if not able:
        return
    back = undoing(data.draw(st.sampled_from(able)))
    again = undoing(back)
    assert may_follow([*steps, back], again)
    assert seen([*steps, back, again]) == seen(steps)


@settings(deadline=None, max_examples=30)
@given(histories())
def test_the_last_step_undone_is_as_if_it_had_not_been(steps: list[Step]) -> None:
    if not steps or not may_follow(steps, undoing(steps[-1])):
        return
    before = seen(steps[:-1])
    assert seen([*steps, undoing(steps[-1])]) == before


@settings(deadline=None, max_examples=30)
@given(histories(), st.randoms(use_true_random=False))
def test_all_undone_in_any_order_leaves_nothing(steps: list[Step], random: object) -> None:
    while left := counting(steps):
        able = [undoing(one) for one in left if may_follow(steps, undoing(one))]
        assert able, "what counts can always be undone from its end"
        steps = [*steps, random.choice(able)]  # type: ignore[attr-defined]
    assert seen(steps) == {one: {} for one in OPENED}


@settings(deadline=None, max_examples=30)
@given(histories(), st.randoms(use_true_random=False))
def test_steps_that_touch_different_items_may_come_in_any_order(steps: list[Step], random: object) -> None:
    first = counting(steps)
    other = [*first]
    random.shuffle(other)  # type: ignore[attr-defined]
    # What touches the same item keeps its order: those steps are put back into the places that they have now.
    parts = _touching_groups(first)
    for part in parts:
        at = sorted(other.index(one) for one in part)
        for place, one in zip(at, part, strict=True):
            other[place] = one
    assert state_of(other).placed == state_of(first).placed
    assert state_of(other).parents == state_of(first).parents


def _touching_groups(steps: list[Step]) -> list[list[Step]]:
    """Return the steps that touch items, in groups: any two that touch the same item are in one."""
    groups: list[list[Step]] = []
    for one in steps:
        if one.kind not in PLACES:
            continue
        same = [group for group in groups if any(each.members & one.members for each in group)]
        groups = [group for group in groups if group not in same]
        groups.append([*(each for group in same for each in group), one])
    return [sorted(group, key=steps.index) for group in groups]


A, B, C = OPENED[:3]
X, Y = MEMBERS[:2]


def test_what_was_added_to_a_merged_series_stays_where_it_was_put_when_the_merge_is_undone() -> None:
    steps = [step(StepKind.ADDED, A, X), step(StepKind.ADDED, B, Y), tie := step(StepKind.MERGED, A, other=B)]
    assert state_of(steps).members(A) == {X: False, Y: False}
    late = step(StepKind.ADDED, A, MEMBERS[2])
    assert seen([*steps, late, undoing(tie)])[A].keys() == {X, MEMBERS[2]}
    assert seen([*steps, late, undoing(tie)])[B].keys() == {Y}


@pytest.mark.parametrize(
    ("before", "new"),
    [
        ([step(StepKind.ADDED, A, X)], step(StepKind.ADDED, B, X)),
        ([step(StepKind.MERGED, A, other=B)], step(StepKind.ADDED, B, X)),
        ([step(StepKind.MERGED, A, other=B)], step(StepKind.MERGED, C, other=B)),
        ([step(StepKind.MERGED, A, other=B)], step(StepKind.MERGED, B, other=C)),
        ([], step(StepKind.MERGED, A, other=A)),
        ([step(StepKind.ADDED, A, X)], step(StepKind.REMOVED, A, X, Y)),
        ([], step(StepKind.SPLIT, A, X, other=SERIES[5])),
    ],
)
def test_what_does_not_go_with_what_was_done_is_refused(before: list[Step], new: Step) -> None:
    with pytest.raises(Conflict):
        check_step(before, new)


def test_a_split_is_not_undone_while_something_done_since_rests_on_it() -> None:
    new = SERIES[5]
    split = step(StepKind.SPLIT, A, X, other=new)
    steps = [step(StepKind.ADDED, A, X), split, more := step(StepKind.ADDED, new, Y)]
    with pytest.raises(Conflict, match="undo that first"):
        check_step(steps, undoing(split))
    check_step([*steps, undoing(more)], undoing(split))


def test_a_merge_is_not_taken_up_again_where_it_would_close_a_ring() -> None:
    first = step(StepKind.MERGED, A, other=B)
    steps = [first, back := undoing(first), step(StepKind.MERGED, B, other=A)]
    with pytest.raises(Conflict, match="merged into itself"):
        check_step(steps, undoing(back))


def test_what_is_undone_is_not_undone_again_and_what_is_unknown_is_not_found() -> None:
    added = step(StepKind.ADDED, A, X)
    with pytest.raises(Conflict, match="already"):
        check_step([added, undoing(added)], undoing(added))
    with pytest.raises(NotFound):
        check_step([added], undoing(step(StepKind.ADDED, A, Y)))


def test_context_is_marked_anew_and_kept_by_a_split() -> None:
    steps = [step(StepKind.ADDED, A, X), step(StepKind.ADDED, A, X, context=True)]
    assert state_of(steps).members(A) == {X: True}
    assert state_of([*steps, step(StepKind.SPLIT, A, X, other=SERIES[5])]).members(SERIES[5]) == {X: True}

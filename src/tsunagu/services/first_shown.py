"""Lists of what has to be opened to know whether its reader is shown it: opened as far as it is shown, no further."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Kept = TypeVar("Kept")


def first_shown(
    fetch: Callable[[Kept | None, int | None], Sequence[Kept]],
    hides: Callable[[Kept], bool],
    *,
    after: Kept | None = None,
    most: int | None = None,
) -> tuple[Kept, ...]:
    """Return the first of a list that are not hidden; as many whether or not any are, so nobody can tell.

    As many are fetched at a time as are wanted in all, however few are wanting yet: one by one, the time that a list
    takes would tell how much of it is hidden.

    Args:
        fetch: returns what comes after something, or what is first, so many at most; all for None.
        hides: opens something, and returns whether it is hidden.
        after: what to go on after; None for the first ones.
        most: how many at most, one at least; all when it is left out.
    """
    found: list[Kept] = []
    while True:
        batch = fetch(after, most)
        for one in batch:
            if not hides(one):
                found.append(one)
            if len(found) == most:
                return tuple(found)
        if most is None or len(batch) < most:
            return tuple(found)
        after = batch[-1]

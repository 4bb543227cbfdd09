"""A page of a list: no more rows than were asked for, and whether the list goes on after them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self, TypeVar

Row = TypeVar("Row")


class Page(tuple[Row, ...]):  # noqa: SLOT001 - a tuple can have none that are named
    """The rows that are told; what a service writes down that it told is counted by them.

    Attributes:
        has_more: whether the list goes on after the last of them.
    """

    has_more: bool

    def __new__(cls, rows: Iterable[Row], *, has_more: bool) -> Self:
        """Keep rows, and whether more follow."""
        page = super().__new__(cls, tuple(rows))
        page.has_more = has_more
        return page

    @classmethod
    def of(cls, found: Sequence[Row], most: int | None) -> Self:
        """Return the first rows of what was found with one to spare: see `and_one`."""
        return cls(found[:most], has_more=most is not None and len(found) > most)


def and_one(most: int | None) -> int | None:
    """Return how many rows are to be looked for where `most` are told: one more tells whether the list goes on."""
    return None if most is None else most + 1

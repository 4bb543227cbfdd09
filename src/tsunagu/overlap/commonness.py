"""How common a content is, so that what everybody has (logos, icons, system pictures) weighs nearly nothing."""

from __future__ import annotations

from typing import Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.media import MediaFacts
from tsunagu.domain.overlap import Commonness

COMMON_CASES: Final = 20
"""In so many cases a content is common, however many cases there are."""
SEVERAL_CASES: Final = 4
"""In so many cases it is no longer rare; and common where they are half of all, as a logo is while cases are few."""
SMALL_SIDE_PX: Final = 64
"""Pictures with a shorter side are icons and thumbnails more often than photographs."""


def commonness(cases_holding: int, cases_all: int) -> Commonness:
    """Return in how many of all cases a content turns up, as a band.

    Args:
        cases_holding: cases that hold the content or a near copy.
        cases_all: all cases there are.

    Returns:
        `common` from 20 cases on, or from 4 that are at least half of all; `some` from 4 cases on, or from 3 that
        are at least half of all; else `rare`. What only the two cases of an overlap hold is always rare.

    Raises:
        InputError: a count is negative, or more cases hold it than there are.
    """
    if not 0 <= cases_holding <= cases_all:
        raise InputError("the counts of cases do not fit each other")
    is_half = 2 * cases_holding >= cases_all
    if cases_holding >= COMMON_CASES or (cases_holding >= SEVERAL_CASES and is_half):
        return Commonness.COMMON
    if cases_holding >= SEVERAL_CASES or (cases_holding == SEVERAL_CASES - 1 and is_half):
        return Commonness.SOME
    return Commonness.RARE


def allow_for_size(found: Commonness, facts: MediaFacts) -> Commonness:
    """Return the band after a look at the content itself: a picture under 64 pixels on a side is never rare.

    The same icon is drawn into many programs and pages; that only two cases hold it so far proves little.
    """
    sides = [side for side in (facts.width, facts.height) if side is not None]
    is_small = bool(sides) and min(sides) < SMALL_SIDE_PX
    return Commonness.SOME if is_small and found is Commonness.RARE else found

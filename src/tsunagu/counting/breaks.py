"""Where a series of figures breaks: what was counted before and after a day is not the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tsunagu.domain.figure import Period


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """One break.

    Attributes:
        code: its name, as `names.tsv` tells it in words.
        day: the first day of what came after.
        touches: the categories that it touches, with their parts.
    """

    code: str
    day: date
    touches: tuple[str, ...]


BREAKS = (
    SeriesBreak("break:2004-law", date(2004, 7, 8), ("csam", "prostitution")),
    SeriesBreak("break:voyeur", date(2014, 7, 15), ("csam",)),
    SeriesBreak("break:possession-penalty", date(2015, 7, 15), ("csam",)),
    SeriesBreak("break:selfie-label", date(2018, 1, 1), ("csam/method:selfie",)),
    SeriesBreak("break:seized-list", date(2018, 1, 1), ("csam",)),
    SeriesBreak("break:secret-filming", date(2023, 7, 13), ("csam",)),
    SeriesBreak("break:penalty-terms", date(2025, 6, 1), ("csam", "prostitution", "child-welfare-act")),
)
"""In the order of their days."""


def breaks_within(period: Period, category: str) -> tuple[SeriesBreak, ...]:
    """Return the breaks that a figure of this category meets within its period, by day."""
    return tuple(one for one in BREAKS if _touches(one, category) and period.covers(one.day))


def _touches(one: SeriesBreak, category: str) -> bool:
    return any(category == touched or category.startswith(touched + "/") for touched in one.touches)

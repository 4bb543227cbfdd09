"""Figures of statistics: a number is nothing without what was counted, of whom, when, how and as known when."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from tsunagu.domain.errors import InputError

_CODE = re.compile(r"[a-z0-9]+(?:[-:][a-z0-9]+)*(?:/[a-z0-9]+(?:[-:][a-z0-9]+)*)*")
_VINTAGE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
NATIONWIDE = "nationwide"
SEIZED_LIST = "seized-list"
OWN = "own"
"""All that one agency has done or was told of: no figure of a nation."""


class Unit(StrEnum):
    """What one of a figure is. Figures of different units are never added, divided or compared."""

    CASES = "cases"
    PERSONS = "persons"
    VICTIMS = "victims"
    ROWS = "rows"


class FigureStatus(StrEnum):
    """Whether whoever publishes a figure may still change it."""

    PROVISIONAL = "provisional"
    FINAL = "final"


class Definition(StrEnum):
    """By which rule a figure was counted. Each has one unit."""

    CLEARED_CASES = "cleared-cases"
    CLEARED_PERSONS = "cleared-persons"
    ARRESTED_PERSONS = "arrested-persons"
    REFERRED_PERSONS = "referred-persons"
    CHARGED_PERSONS = "charged-persons"
    IDENTIFIED_VICTIMS = "identified-victims"
    JUDGED_UNDER_18 = "judged-under-18"
    SENT_PERSONS = "sent-persons"
    IMPORTED_ROWS = "imported-rows"
    WORKABLE_ROWS = "workable-rows"
    NOTIFIED_ROWS = "notified-rows"
    REMOVED_ROWS = "removed-rows"

    @property
    def unit(self) -> Unit:
        """The unit in which this rule counts."""
        return Unit.VICTIMS if self is Definition.JUDGED_UNDER_18 else Unit(self.value.rpartition("-")[2])


@dataclass(frozen=True, slots=True)
class Period:
    """The days that a figure covers, both ends included.

    Attributes:
        first: its first day; None for a count from the beginning up to `last`.
        last: its last day.
    """

    first: date | None
    last: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.first is not None and self.first > self.last:
            raise InputError("a period ends before it begins")

    @classmethod
    def year(cls, year: int) -> Period:
        """Return a calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def half(cls, year: int, half: int) -> Period:
        """Return the first or second half of a calendar year; `half` is 1 or 2."""
        return cls(date(year, 1, 1), date(year, 6, 30)) if half == 1 else cls(date(year, 7, 1), date(year, 12, 31))

    @property
    def is_cumulative(self) -> bool:
        """Whether it counts from the beginning."""
        return self.first is None

    def covers(self, day: date) -> bool:
        """Return whether `day` lies within."""
        return (self.first is None or self.first <= day) and day <= self.last

    @property
    def halves(self) -> tuple[Period, ...]:
        """The two halves of a whole calendar year; of anything else none."""
        year = self.last.year
        return (Period.half(year, 1), Period.half(year, 2)) if self == Period.year(year) else ()

    def __str__(self) -> str:
        """Return the period as files write it: 2017, 2017-H1, 2017-01-01/2018-06-30 or until 2018-06-30."""
        year = self.last.year
        if self.first is None:
            return f"until {self.last.isoformat()}"
        if self == Period.year(year):
            return f"{year:04}"
        for half in (1, 2):
            if self == Period.half(year, half):
                return f"{year:04}-H{half}"
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


@dataclass(frozen=True, slots=True, order=True)
class Vintage:
    """The day as of which a figure was known: a year, a month or a day, as exactly as whoever published it says.

    Attributes:
        published: YYYY, YYYY-MM or YYYY-MM-DD; sorts by time.
    """

    published: str

    def __post_init__(self) -> None:
        """Refuse what is no year, month or day."""
        if not _VINTAGE.fullmatch(self.published):
            raise InputError("a vintage is a year, a month or a day")

    @classmethod
    def of(cls, day: date) -> Vintage:
        """Return the vintage of one day."""
        return cls(day.isoformat())

    def __str__(self) -> str:
        """Return it as it is written."""
        return self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with all that is needed to read it; none of it can be left out.

    Attributes:
        number: how many, 0 or more.
        unit: what one of them is.
        population: of whom: `nationwide`, `force:14`, `seized-list`, ….
        category: what was counted, from the whole to its part: `csam`, `csam/production`, `csam/production/voyeur`.
        period: when the counted acts were done.
        status: whether it may still change.
        vintage: as known when.
        definition: by which rule; its unit is `unit`.
    """

    number: int
    unit: Unit
    population: str
    category: str
    period: Period
    status: FigureStatus
    vintage: Vintage
    definition: Definition

    def __post_init__(self) -> None:
        """Refuse a figure of which anything is missing or contradicts itself."""
        kinds = {"number": int, "unit": Unit, "period": Period, "status": FigureStatus, "vintage": Vintage}
        kinds |= {"definition": Definition, "population": str, "category": str}
        for field in fields(self):
            if type(getattr(self, field.name)) is not kinds[field.name]:
                raise InputError(
                    "a figure needs number, unit, population, category, period, status, vintage, definition"
                )
        if self.number < 0:
            raise InputError("a figure counts, and is not negative")
        if self.definition.unit is not self.unit:
            raise InputError("the unit is not the one in which this definition counts")
        if not (_CODE.fullmatch(self.population) and _CODE.fullmatch(self.category)):
            raise InputError("population and category are codes, such as nationwide and csam/production")

    @property
    def whole(self) -> str:
        """The category of the whole that this is a part of, or is."""
        return self.category.partition("/")[0]

    @property
    def text(self) -> str:
        """The number with its unit, such as `1,216 victims`; there is no way to have it printed without."""
        return f"{self.number:,} {self.unit.value}"


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole in per cent; it is never shown without the two counts behind it.

    Attributes:
        part: the count of the part.
        whole: the count of the whole: same unit, population, period and definition.
    """

    part: Figure
    whole: Figure

    def __post_init__(self) -> None:
        """Refuse to divide what does not belong together."""
        one, other = self.part, self.whole
        if one.unit is not other.unit:
            raise InputError("a share of another unit means nothing")
        if (one.population, one.period, one.definition) != (other.population, other.period, other.definition):
            raise InputError("a share is of one population, period and definition")
        if not 0 <= one.number <= other.number or other.number == 0:
            raise InputError("a part is not larger than its whole")

    @property
    def percent(self) -> float:
        """The share, 0 to 100, not rounded."""
        return 100 * self.part.number / self.whole.number

    @property
    def text(self) -> str:
        """The share with its two counts, such as `42.4 % (515 of 1,216 victims)`."""
        return f"{self.percent:.1f} % ({self.part.number:,} of {self.whole.text})"

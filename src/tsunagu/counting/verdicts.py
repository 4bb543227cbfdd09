"""What is said of a statement: whether it can be, why, and what was published."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tsunagu.counting.reference import Reference
from tsunagu.domain.figure import Share


class Standing(StrEnum):
    """How a statement stands to what was published."""

    RIGHT = "right"
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why; each has its sentence in `names.tsv`."""

    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    DERIVED = "derived"
    APPROXIMATE = "approximate"
    WITHIN_WHOLE = "within-whole"
    FORECAST = "forecast"
    NO_NUMBER = "no-number"
    NO_UNIT = "no-unit"
    NO_POPULATION = "no-population"
    NO_PERIOD = "no-period"
    UNKNOWN_UNIT = "unknown-unit"
    UNKNOWN_POPULATION = "unknown-population"
    UNKNOWN_CATEGORY = "unknown-category"
    UNKNOWN_DEFINITION = "unknown-definition"
    UNKNOWN_STATUS = "unknown-status"
    WRONG_UNIT = "wrong-unit"
    WRONG_POPULATION = "wrong-population"
    WRONG_PERIOD = "wrong-period"
    WRONG_CATEGORY = "wrong-category"
    WRONG_DEFINITION = "wrong-definition"
    WRONG_STATUS = "wrong-status"
    MIXED_UNITS = "mixed-units"
    DIFFERS = "differs"
    EXCEEDS_WHOLE = "exceeds-whole"
    EXCEEDS_POPULATION = "exceeds-population"
    OUT_OF_ORDER = "out-of-order"
    PARTS_DO_NOT_ADD_UP = "parts-do-not-add-up"
    NOTHING_PUBLISHED = "nothing-published"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one statement.

    Attributes:
        standing: whether it can be.
        reason: why.
        references: the published figures that this rests on, the one that decides first.
        shares: the shares that this rests on, each with its two counts.
    """

    standing: Standing
    reason: Reason
    references: tuple[Reference, ...] = ()
    shares: tuple[Share, ...] = ()

    @property
    def is_possible(self) -> bool | None:
        """True or False; None where nothing published says either."""
        if self.standing is Standing.UNKNOWN:
            return None
        return self.standing is not Standing.IMPOSSIBLE


def right(reason: Reason, *references: Reference, shares: tuple[Share, ...] = ()) -> Verdict:
    """Return that a statement says what was published, or follows from it."""
    return Verdict(Standing.RIGHT, reason, references, shares)


def possible(reason: Reason, *references: Reference, shares: tuple[Share, ...] = ()) -> Verdict:
    """Return that nothing published contradicts a statement."""
    return Verdict(Standing.POSSIBLE, reason, references, shares)


def impossible(reason: Reason, *references: Reference, shares: tuple[Share, ...] = ()) -> Verdict:
    """Return that a statement contradicts what was published."""
    return Verdict(Standing.IMPOSSIBLE, reason, references, shares)


UNKNOWN = Verdict(Standing.UNKNOWN, Reason.NOTHING_PUBLISHED)
"""Nothing was published that a statement could be held against."""

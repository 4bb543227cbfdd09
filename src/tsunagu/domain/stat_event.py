"""What statistics are counted from: acts and outcomes, as frozen values without any name. Nothing else is counted.

Keys of cases, suspects and victims are opaque: equal for the same one, and telling nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tsunagu.domain.errors import InputError


class Disposal(StrEnum):
    """How police ended their part of a case. Each is a clearance, also where nobody said how; an arrest is none."""

    REFERRED_IN_CUSTODY = "referred-in-custody"
    REFERRED_ON_PAPERS = "referred-on-papers"
    FORWARDED = "forwarded"
    MINOR = "minor-disposal"
    FAMILY_COURT = "referred-family-court"
    NOT_TOLD = "cleared"


@dataclass(frozen=True, slots=True)
class Offence:
    """One law that an act breaks.

    Attributes:
        category: the column of the statistics, such as `csam/production`.
        penalty_months: the heaviest statutory penalty, in months of imprisonment.
    """

    category: str
    penalty_months: int

    def __post_init__(self) -> None:
        """Refuse an offence without its column or its penalty."""
        if not self.category or self.penalty_months < 0:
            raise InputError("an offence has a category and a penalty of 0 months or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """One act that a force cleared.

    Attributes:
        event_id: by which it can be retracted.
        recorded_on: when it was written down; a vintage knows what was recorded up to its day.
        cleared_on: the day that counts, whenever the act was committed.
        force: the force that cleared it, which counts it wherever it was committed: 01 to 47.
        case_key: acts that count as one inclusive case share it.
        offences: the laws that the act breaks, at least one.
        suspects: keys of those whose case it is; none twice.
        disposal: how it ended.
        population: where the case began, when it is counted apart, such as `seized-list`; empty for none.
    """

    event_id: str
    recorded_on: date
    cleared_on: date
    force: str
    case_key: str
    offences: tuple[Offence, ...]
    suspects: tuple[str, ...]
    disposal: Disposal
    population: str = ""

    def __post_init__(self) -> None:
        """Refuse a clearance that could not be counted."""
        if not self.offences or not self.case_key:
            raise InputError("a clearance has a case and at least one offence")
        if not (len(self.force) == 2 and self.force.isdigit() and 1 <= int(self.force) <= 47):
            raise InputError("a force is 01 to 47")
        if self.recorded_on < self.cleared_on:
            raise InputError("nothing is recorded before it happened")


@dataclass(frozen=True, slots=True, kw_only=True)
class VictimFound:
    """A child whom a clearance made known, or of whom it was judged that she is under 18 and who stays unknown.

    Attributes:
        event_id: by which it can be retracted.
        recorded_on: when it was written down.
        found_on: the day that counts.
        force: the force that counts her.
        victim_key: the same child has the same key, for ever.
        is_identified: False for a child judged under 18; those are counted apart.
        category: the column, such as `csam/method:selfie`, or `csam` where none is known.
    """

    event_id: str
    recorded_on: date
    found_on: date
    force: str
    victim_key: str
    is_identified: bool
    category: str

    def __post_init__(self) -> None:
        """Refuse what could not be counted."""
        if not self.victim_key or not self.category:
            raise InputError("a victim is counted by her key, in a category")
        if self.recorded_on < self.found_on:
            raise InputError("nothing is recorded before it happened")


class Measure(StrEnum):
    """What police did with a person, beside clearing his case. One may follow the other; neither is the other."""

    ARRESTED = "arrested"
    REFERRED = "referred"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTaken:
    """That a force has arrested a person, or referred him to the prosecutor, in custody or on papers.

    Attributes:
        event_id: by which it can be retracted.
        recorded_on: when it was written down.
        taken_on: the day that counts.
        force: the force that counts it.
        measure: which of both.
        suspect: his key.
        category: the column of the statistics.
        population: as of a clearance.
    """

    event_id: str
    recorded_on: date
    taken_on: date
    force: str
    measure: Measure
    suspect: str
    category: str
    population: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be counted."""
        if not self.suspect or not self.category:
            raise InputError("what was done with a person is counted by his key, in a category")
        if self.recorded_on < self.taken_on:
            raise InputError("nothing is recorded before it happened")


class Facet(StrEnum):
    """What is stated of a person or a child beside: his age, hers, and in which way she was harmed."""

    OFFENDER = "offender"
    SCHOOL = "school"
    METHOD = "method"


NOT_RECORDED = "not-recorded"
"""The value of a facet that nobody has stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What was stated of a suspect or a child; it counts nobody, and says in which row whoever counts is counted.

    Attributes:
        event_id: its own.
        recorded_on: when it was written down; a vintage knows the newest up to its day.
        order: which of several of one day is the newest.
        subject: the key of a suspect, or the `event_id` of a child who was found.
        facet: of what it tells.
        value: the code, such as `20s`, `high` or `selfie`; `NOT_RECORDED` where an earlier one was wrong.
    """

    event_id: str
    recorded_on: date
    order: int
    subject: str
    facet: Facet
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted:
    """An event that was wrong, and no longer counts in vintages from `recorded_on` on; earlier ones keep it.

    Attributes:
        event_id: of the event that was wrong.
        recorded_on: when that was written down.
    """

    event_id: str
    recorded_on: date


StatEvent = Cleared | VictimFound | MeasureTaken | Described | Retracted

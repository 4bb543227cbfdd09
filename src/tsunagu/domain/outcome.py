"""Outcomes: what became of an alert, in codes that every country shares, with what Japan calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from tsunagu.domain.errors import InputError
from tsunagu.domain.writing import is_printable

MOST_COUNTED = 1_000_000
MOST_PERSONS = 1_000
MOST_SENTENCE_MONTHS = 100 * 12


class OutcomeCode(StrEnum):
    """What became of the children whom an alert is about; each is counted in children."""

    LOCATED = "located"
    IDENTIFIED_NOT_SAFE = "identified-not-safe"
    SAFEGUARDED = "safeguarded"
    IDENTIFIED_HISTORIC = "identified-historic"
    DECEASED = "deceased"
    NOT_FOUND = "not-found"
    REOPENED = "reopened"


class PersonRole(StrEnum):
    """How a person stands before the law at that moment; "convicted" only by a court."""

    PERSON_OF_INTEREST = "person-of-interest"
    SUSPECT = "suspect"
    CHARGED = "charged"
    CONVICTED = "convicted"
    ACQUITTED = "acquitted"
    NO_CASE = "no-case"
    DECEASED = "deceased"


class Disposal(StrEnum):
    """What was done in a person's case, in neutral codes. To be cleared is not to be arrested."""

    CLEARED = "cleared"
    ARRESTED = "arrested"
    REFERRED_IN_CUSTODY = "referred-in-custody"
    REFERRED_ON_PAPERS = "referred-on-papers"
    FORWARDED = "forwarded"
    MINOR_DISPOSAL = "minor-disposal"
    SUPPLEMENT_EXHIBIT = "supplement-exhibit"
    SUPPLEMENT_OFFENCE = "supplement-offence"
    REFERRED_FAMILY_COURT = "referred-family-court"
    NOTIFIED_CHILD_CENTRE = "notified-child-centre"
    NOT_PROSECUTED = "not-prosecuted"
    SUMMARY_ORDER = "summary-order"
    INDICTED = "indicted"
    SENTENCED = "sentenced"


JAPANESE_TERMS: Mapping[Disposal, str] = MappingProxyType(
    {
        Disposal.CLEARED: "検挙",
        Disposal.ARRESTED: "逮捕",
        Disposal.REFERRED_IN_CUSTODY: "身柄送致",
        Disposal.REFERRED_ON_PAPERS: "書類送検",
        Disposal.FORWARDED: "送付",
        Disposal.MINOR_DISPOSAL: "微罪処分",
        Disposal.SUPPLEMENT_EXHIBIT: "追送",
        Disposal.SUPPLEMENT_OFFENCE: "追送致",
        Disposal.REFERRED_FAMILY_COURT: "家裁送致",
        Disposal.NOTIFIED_CHILD_CENTRE: "児相通告",
        Disposal.NOT_PROSECUTED: "不起訴",
        Disposal.SUMMARY_ORDER: "略式命令",
        Disposal.INDICTED: "公判請求",
        Disposal.SENTENCED: "判決",
    }
)
"""What Japan's police call each disposal."""
NATIONAL_TERMS: Mapping[str, Mapping[Disposal, str]] = MappingProxyType({"JP": JAPANESE_TERMS})
"""Each country's own words, by its code; where one is missing, the neutral code alone is told."""


@dataclass(frozen=True, slots=True)
class PersonOutcome:
    """How one person stands, under a number that means nothing outside the alert.

    Attributes:
        number: 1 for the first person; later outcomes name the same person by it.
        disposals: what was done, in its order.
        part: what a court found that he did, such as organizer; empty before a court has spoken.
        sentence_months: whole months; None where there is none.
    """

    number: int
    role: PersonRole
    disposals: tuple[Disposal, ...] = ()
    part: str = ""
    sentence_months: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.number <= MOST_PERSONS:
            raise InputError("a person's number is 1 or more")
        if self.role is not PersonRole.CONVICTED and (self.part or self.sentence_months is not None):
            raise InputError("a part and a sentence are a court's to say: of a person who was convicted")
        if self.sentence_months is not None and not 0 < self.sentence_months <= MOST_SENTENCE_MONTHS:
            raise InputError("a sentence is said in whole months")
        if len(self.part) > 200 or not is_printable(self.part):
            raise InputError("a part is said in at most 200 printable characters")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an agency tells of an alert that it has taken.

    Attributes:
        children: how many of them, by code; `reopened` says that the search goes on.
        persons: pseudonymous, by number.
    """

    children: Mapping[OutcomeCode, int]
    persons: tuple[PersonOutcome, ...] = ()

    def __post_init__(self) -> None:
        if not self.children and not self.persons:
            raise InputError("an outcome says something of a child or of a person")
        if any(not 0 < count <= MOST_COUNTED for count in self.children.values()):
            raise InputError("children are counted from 1 on")
        numbers = [one.number for one in self.persons]
        if len(set(numbers)) < len(numbers) or len(numbers) > MOST_PERSONS:
            raise InputError("a person stands in an outcome once")

    @property
    def reopens(self) -> bool:
        """Whether the search goes on."""
        return OutcomeCode.REOPENED in self.children

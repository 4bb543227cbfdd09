"""Outcomes: what became of an alert, in codes that every country shares, with what Japan calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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


IDENTIFIED = frozenset(
    {
        OutcomeCode.IDENTIFIED_NOT_SAFE,
        OutcomeCode.SAFEGUARDED,
        OutcomeCode.IDENTIFIED_HISTORIC,
        OutcomeCode.DECEASED,
    }
)
"""Of whom it is known who she is; whose whereabouts alone are known is not among them."""


class SchoolBand(StrEnum):
    """How old a child was on the day of the act, by school, as the police of Japan state it."""

    PRESCHOOL = "preschool"
    ELEMENTARY = "elementary"
    JUNIOR_HIGH = "junior-high"
    HIGH = "high"
    OTHER = "other"


class HarmMethod(StrEnum):
    """In which way a child came into the media, by the neutral codes of the national statistics."""

    SELFIE = "selfie"
    VOYEUR = "voyeur"
    PROSTITUTION_OR_INDECENT_ACT = "prostitution-or-indecent-act"
    FORCED = "forced"
    OTHER = "other"


class AgeBand(StrEnum):
    """How old a suspect was on the day of the act, in years."""

    TEENS = "teens"
    TWENTIES = "20s"
    THIRTIES = "30s"
    FORTIES = "40s"
    FIFTIES = "50s"
    SIXTY_AND_OVER = "60-and-over"


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
        age: on the day of the act, as the police or the court that tells it states it; None where nobody does. It is
            never estimated.
    """

    number: int
    role: PersonRole
    disposals: tuple[Disposal, ...] = ()
    part: str = ""
    sentence_months: int | None = None
    age: AgeBand | None = None

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
        schools: of the children who are identified, how many were in which band, as the police state it and nobody
            estimates; of the others it is not recorded.
        methods: likewise, in which way they were harmed.
    """

    children: Mapping[OutcomeCode, int]
    persons: tuple[PersonOutcome, ...] = ()
    schools: Mapping[SchoolBand, int] = field(default_factory=dict)
    methods: Mapping[HarmMethod, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.children and not self.persons:
            raise InputError("an outcome says something of a child or of a person")
        counts = (*self.children.values(), *self.schools.values(), *self.methods.values())
        if any(not 0 < count <= MOST_COUNTED for count in counts):
            raise InputError("children are counted from 1 on")
        if max(sum(self.schools.values()), sum(self.methods.values())) > self.identified:
            raise InputError("bands and methods are told of children who are identified, of each child one at most")
        numbers = [one.number for one in self.persons]
        if len(set(numbers)) < len(numbers) or len(numbers) > MOST_PERSONS:
            raise InputError("a person stands in an outcome once")

    @property
    def identified(self) -> int:
        """How many children are identified."""
        return sum(count for code, count in self.children.items() if code in IDENTIFIED)

    @property
    def reopens(self) -> bool:
        """Whether the search goes on."""
        return OutcomeCode.REOPENED in self.children

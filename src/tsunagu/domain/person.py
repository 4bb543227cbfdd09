"""Persons of a case: children under pseudonyms, and subjects with how they stand before the law, step by step."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tsunagu.domain.alert import check_words
from tsunagu.domain.errors import InputError
from tsunagu.domain.outcome import OutcomeCode, PersonRole
from tsunagu.domain.report import SourceGrading
from tsunagu.domain.writing import is_printable

MOST_CODE: Final = 60


class PersonKind(StrEnum):
    """What a person is to a case. A child is never a subject of it under the same number."""

    CHILD = "child"
    SUBJECT = "subject"


class CourtFinding(StrEnum):
    """What a court found that a person was in what was done; nobody else says so of anybody."""

    ORGANIZER = "organizer"
    PRODUCER = "producer"
    DISTRIBUTOR = "distributor"
    FACILITATOR = "facilitator"


class GroundKind(StrEnum):
    """What a statement about a person rests on."""

    ITEM = "item"
    HIT = "hit"
    ENQUIRY = "enquiry"
    DOCUMENT = "document"


class TieReason(StrEnum):
    """In which way an officer states that two persons of a case are tied."""

    APPEARS_WITH = "appears-with"
    IN_CONTACT = "in-contact"
    RELATED = "related"
    SAME_HOUSEHOLD = "same-household"
    EXCHANGED_MEDIA = "exchanged-media"
    PAID = "paid"
    OTHER = "other"


class PersonEnd(StrEnum):
    """Why a person is taken out of a case."""

    RULED_OUT = "ruled-out"
    ACQUITTED = "acquitted"
    NO_CASE = "no-case"
    MISTAKEN = "mistaken"


class ReceiverKind(StrEnum):
    """By what others were told of a person, or of his case while he stood in it."""

    TOLD = "told"
    PACKAGE = "package"
    ALERT = "alert"
    REFERRAL = "referral"
    ENQUIRY_REQUEST = "enquiry-request"
    SUBMISSION = "submission"


COURT_ONLY: Final = frozenset({PersonRole.CONVICTED.value, *(one.value for one in CourtFinding)})
"""What is said of a subject only with the court's document."""
FIRST_ROLE: Final = PersonRole.PERSON_OF_INTEREST
_FOLLOWS: Final[dict[PersonRole | None, frozenset[PersonRole]]] = {
    None: frozenset({PersonRole.PERSON_OF_INTEREST}),
    PersonRole.PERSON_OF_INTEREST: frozenset({PersonRole.SUSPECT, PersonRole.NO_CASE, PersonRole.DECEASED}),
    PersonRole.SUSPECT: frozenset(
        {PersonRole.PERSON_OF_INTEREST, PersonRole.CHARGED, PersonRole.NO_CASE, PersonRole.DECEASED}
    ),
    PersonRole.CHARGED: frozenset(
        {PersonRole.SUSPECT, PersonRole.CONVICTED, PersonRole.ACQUITTED, PersonRole.NO_CASE, PersonRole.DECEASED}
    ),
    PersonRole.CONVICTED: frozenset({PersonRole.ACQUITTED, PersonRole.DECEASED}),
    PersonRole.ACQUITTED: frozenset(),
    PersonRole.NO_CASE: frozenset({PersonRole.PERSON_OF_INTEREST}),
    PersonRole.DECEASED: frozenset(),
}
ENDED: Final = frozenset({PersonRole.ACQUITTED, PersonRole.NO_CASE})
"""How a subject stands who is to be withdrawn."""


@dataclass(frozen=True, slots=True, order=True)
class PersonName:
    """What a person is called within a case: the kind and a number, which tell nothing of who it is."""

    kind: PersonKind
    number: int

    @classmethod
    def parse(cls, typed: str) -> PersonName:
        """Return a name as it is typed, such as child-1.

        Raises:
            InputError: it is none.
        """
        found = re.fullmatch("(child|subject)[- ]([1-9][0-9]{0,8})", typed.strip())
        if found is None:
            raise InputError("a person of a case is called child-1, subject-2 and so on")
        return cls(PersonKind(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.kind.value}-{self.number}"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a statement rests on.

    Attributes:
        reference: number of the item's place or of the enquiry in the case, number of the hit, or a document's SHA-256
            in hex.
    """

    kind: GroundKind
    reference: str

    def __post_init__(self) -> None:
        form = "[0-9a-f]{64}" if self.kind is GroundKind.DOCUMENT else "[1-9][0-9]{0,18}"
        if not re.fullmatch(form, self.reference):
            raise InputError("evidence is item:NUMBER, hit:NUMBER, enquiry:NUMBER or document:SHA-256")

    @classmethod
    def parse(cls, typed: str) -> Ground:
        """Return a ground as it is typed, such as item:12.

        Raises:
            InputError: it is none.
        """
        kind, _, reference = typed.strip().partition(":")
        if kind not in set(GroundKind):
            raise InputError("evidence is item:NUMBER, hit:NUMBER, enquiry:NUMBER or document:SHA-256")
        return cls(GroundKind(kind), reference.lower())

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.reference}"


@dataclass(frozen=True, slots=True)
class Basis:
    """Why an officer states something: his words, since when it holds, how good the source is, and the evidence."""

    words: str = field(repr=False)
    on: date
    grading: SourceGrading
    ground: Ground

    def __post_init__(self) -> None:
        check_words(self.words)


@dataclass(frozen=True, slots=True)
class PersonStep:
    """One statement of how a person stands; it is never changed.

    Attributes:
        value: of a child an `OutcomeCode`; of a subject a `PersonRole` or a `CourtFinding`.
        by: login of the officer who states it.
    """

    number: int
    value: str
    basis: Basis
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CasePerson:
    """A person of a case, by pseudonym.

    Attributes:
        code: a neutral code that an officer gave; empty where the number is enough.
        has_identity: whether who it is lies sealed.
        series: names of the series that the child is in.
        steps: all that was stated, oldest first.
    """

    person_id: UUID
    name: PersonName
    code: str
    entered_by: str
    entered_at: datetime
    has_identity: bool
    series: tuple[str, ...] = ()
    steps: tuple[PersonStep, ...] = ()

    @property
    def status(self) -> str:
        """How the child or the subject stands now; empty while nothing was stated of a child."""
        standing = set(OutcomeCode if self.name.kind is PersonKind.CHILD else PersonRole)
        return next((one.value for one in reversed(self.steps) if one.value in standing), "")

    @property
    def findings(self) -> tuple[str, ...]:
        """What a court found that the subject was."""
        return tuple(one.value for one in self.steps if one.value in set(CourtFinding))


@dataclass(frozen=True, slots=True)
class PersonTie:
    """An officer's statement that two persons of a case are tied."""

    number: int
    one: PersonName
    other: PersonName
    reason: TieReason
    basis: Basis
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recall:
    """One receiver who is to be told that a person was withdrawn.

    Attributes:
        number: 1 for the first of the withdrawal's.
        receiver: who it is, or by what it was told.
        answer: what he says has become of it; empty until he was reached.
    """

    person: PersonName
    number: int
    kind: ReceiverKind
    receiver: str = field(repr=False)
    answer: str = field(default="", repr=False)
    by: str | None = None
    at: datetime | None = None


def check_code(code: str) -> None:
    """Do nothing when a person may be given this code.

    Raises:
        InputError: it is too long, or not printable.
    """
    if len(code) > MOST_CODE or not is_printable(code):
        raise InputError(f"a code is at most {MOST_CODE} printable characters")


def check_step(person: CasePerson, value: str, basis: Basis, *, today: date) -> None:
    """Do nothing when an officer may state this of a person now.

    Raises:
        InputError: no such code; the day has not come; it does not follow from how the person stands; or a court alone
            says so and the evidence is not its document.
    """
    if basis.on > today:
        raise InputError("the day since which it holds has not come yet")
    if person.name.kind is PersonKind.CHILD:
        _among(value, OutcomeCode)
        return
    if value in COURT_ONLY and basis.ground.kind is not GroundKind.DOCUMENT:
        raise InputError("only a court finds so: give the SHA-256 of its document as evidence")
    standing = PersonRole(person.status) if person.status else None
    if value in set(CourtFinding):
        if standing is not PersonRole.CONVICTED:
            raise InputError("what a court found is entered of a person whom it convicted")
        return
    if PersonRole(_among(value, PersonRole)) not in _FOLLOWS[standing]:
        raise InputError("this does not follow from how the person stands")


def _among(value: str, codes: type[StrEnum]) -> str:
    if value not in set(codes):
        raise InputError("there is no such code for this person")
    return value

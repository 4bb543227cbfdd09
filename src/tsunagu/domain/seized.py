"""Seized lists: a shop's database of customers, sealed within a case, whose rows become people and prefectures.

A row is a lead and nobody's guilt. Its rows are compared with each other and with nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tsunagu.domain.judgement import Judgement


class ListField(StrEnum):
    """What a column of a seized list says. The first seven are what people are told by."""

    NAME = "name"
    KANA = "kana"
    MAIL = "mail"
    PHONE = "phone"
    POSTCODE = "postcode"
    ADDRESS = "address"
    BORN = "born"
    ORDER = "order"
    ORDERED_ON = "ordered-on"
    TITLE_CODE = "title-code"
    TITLE = "title"
    PAYMENT = "payment"
    CARD_HOLDER = "card-holder"
    SENT_POSTCODE = "sent-postcode"
    SENT_ADDRESS = "sent-address"
    SENT_ON = "sent-on"
    REMARKS = "remarks"


OF_PEOPLE: Final = tuple(ListField)[:7]
"""The fields by which rows are compared, in the order in which `resolution.linking.observed.Said` has them."""
BY_OFFICER: Final = "officer"
"""The method of a prefecture that somebody has decided."""
UNKNOWN_PREFECTURE: Final = "unknown"
"""What is decided of where somebody lives, where nobody can tell."""
TAKEN_BACK: Final = "open"
"""What takes such a decision back."""
OF_DAYS: Final = frozenset({ListField.BORN, ListField.ORDERED_ON, ListField.SENT_ON})


class Oddity(StrEnum):
    """What is odd about a cell: shown to people, and nothing is guessed where it is lost."""

    LOSSY = "lossy"
    ENCODED_TWICE = "encoded-twice"
    ERA_DATE = "era-date"
    SERIAL_DATE = "serial-date"
    LOST_ZERO = "lost-zero"
    SCIENTIFIC = "scientific"


@dataclass(frozen=True, slots=True)
class ListMapping:
    """How a seized list is read: proposed by the program, confirmed or changed by a person, used again for its kin.

    Attributes:
        columns: the title of the column that says each field; a field that is left out, the list does not tell.
        format: of `exchange.seized.formats`; "" where the file itself tells.
        delimiter: of text with separated cells; "" where the file itself tells.
        encodings: by title of a column, where another one is meant than is proposed.
        table: the sheet, or the table of a database or a dump; "" for the only one, or the one with most rows.
        is_1904: which calendar bare numbers of days count in; None: they are no dates.
    """

    columns: Mapping[ListField, str]
    format: str = ""
    delimiter: str = ""
    encodings: Mapping[str, str] = field(default_factory=dict)
    table: str = ""
    is_1904: bool | None = None


@dataclass(frozen=True, slots=True)
class SeizedList:
    """One seized list as its case's officers see it.

    Attributes:
        number: within the case, from 1.
        name: of the file, as it came.
        sha256: of the sealed copy; 32 bytes.
        columns: titles of its columns, in their order.
        rows, refused: rows that the file has, and those of them that were not taken, by reason; the others are
            imported.
        oddities: how many cells of a column are odd, and how, as `title: oddity`.
        imported_at: None while the import goes on, or waits to be gone on with.
        resolved_at: when its rows were last made people; None before.
        resolve_asked_at: when a worker was last asked for that, and has not given it up; None otherwise.
    """

    list_id: UUID
    case_id: UUID
    agency_id: UUID
    exhibit_id: UUID
    case: str
    number: int
    name: str
    sha256: bytes
    size_bytes: int
    mapping: ListMapping
    columns: tuple[str, ...]
    rows: int
    refused: Mapping[str, int]
    oddities: Mapping[str, int]
    begun_at: datetime
    imported_at: datetime | None
    resolved_at: datetime | None
    resolve_asked_at: datetime | None = None

    @property
    def is_being_compared(self) -> bool:
        """Return whether a worker has still to do what it was asked for."""
        asked = self.resolve_asked_at
        return asked is not None and (self.resolved_at is None or self.resolved_at < asked)

    @property
    def imported(self) -> int:
        """How many rows were taken: rows in are rows out and rows refused."""
        return self.rows - sum(self.refused.values())


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """Rows of one seized list that name one person: a lead, which nobody has decided anything about.

    Attributes:
        rows: numbers of his rows, ascending; the first names him within the list.
        prefecture: the code of where he lives, or None where that is not answered.
        method, confidence: of `resolution.residence`, as words.
        alternatives: prefectures that something of his speaks for besides.
        needs_a_person: whether an officer has to look.
    """

    rows: tuple[int, ...]
    prefecture: str | None
    method: str
    confidence: str
    alternatives: tuple[str, ...]
    needs_a_person: bool


@dataclass(frozen=True, slots=True)
class PrefectureDecision:
    """What an officer has decided of where somebody lives whose rows do not tell, or contradict each other.

    Attributes:
        rows: by which it was decided, ascending; it holds for exactly these, and no longer once others join them.
        prefecture: its code; None where he found that nobody can tell.
        login: of the officer; his words are kept with the list, and erased with it.
    """

    rows: tuple[int, ...]
    prefecture: str | None
    reason: str
    login: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class RowOfPerson:
    """One row of somebody whose prefecture a person has to decide, or has decided.

    Attributes:
        cells: by field, what the row says.
        prefecture, method: where the row by itself says that he lives, and by what; None where it does not.
        alternatives: other prefectures that something in it speaks for.
    """

    number: int
    cells: Mapping[ListField, str]
    prefecture: str | None
    method: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonToPlace:
    """Somebody of a seized list whose prefecture an officer has to decide, or has decided.

    Attributes:
        decision: what was decided of exactly these rows; None while it is open.
    """

    person: ListedPerson
    rows: tuple[RowOfPerson, ...]
    decision: PrefectureDecision | None


@dataclass(frozen=True, slots=True)
class RefusedSeizedRow:
    """A row of a seized list that was not taken: where it stands in the sealed copy, and why. It keeps its bytes there.

    Attributes:
        number: within the list, from 1.
        line, offset: where it begins in the file; of a table, the number of the row twice.
        size_bytes: its length.
        reason: a code of `domain.known.RowRefusal`.
    """

    number: int
    line: int
    offset: int
    size_bytes: int
    reason: str


@dataclass(frozen=True, slots=True)
class RowPair:
    """Two rows of a seized list side by side, for people to say whether they name one person.

    Attributes:
        one, other: numbers of the rows, the smaller first.
        zone: what the machine proposes: link, review, apart.
        cells: by field, what each row says.
        reasons: field, how it agrees, and its weight in bits.
        own: what who asks has said of the pair himself.
        said: how many people have said something; what another one said is not told before both have.
        settled: what two people say alike; NONE_YET until then.
        answers: what each of those has said, once who asks is one of them and there are two; nothing before.
    """

    one: int
    other: int
    zone: str
    cells: Mapping[ListField, tuple[str, str]]
    reasons: tuple[tuple[str, str, float], ...]
    total_bits: float
    own: Judgement
    said: int
    settled: Judgement
    answers: tuple[Judgement, ...] = ()

    @property
    def is_disputed(self) -> bool:
        """Return whether people have answered, who asks among them, and do not agree."""
        return bool(self.answers) and self.settled is Judgement.NONE_YET


class StageUnit(StrEnum):
    """What one of a stage of the funnel is; units are never mixed."""

    ROWS = "rows"
    PERSONS = "persons"
    PAIRS = "pairs"
    PACKAGES = "packages"


@dataclass(frozen=True, slots=True)
class ListStage:
    """One stage of a seized list's funnel: a count with its unit and its denominator.

    Attributes:
        stage: its name.
        count: how many.
        of: the name of the stage that it is a part of; "" for a first one.
        whole: that stage's count, of the same unit; None for a first one.
        parts: the count by reason, prefecture or method, where it is told apart.
    """

    stage: str
    count: int
    unit: StageUnit
    of: str = ""
    whole: int | None = None
    parts: Mapping[str, int] = field(default_factory=dict)

"""The actions book of a case: what was asked of whom, by when, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tsunagu.domain.alert import check_words
from tsunagu.domain.errors import InputError
from tsunagu.domain.writing import is_printable

MOST_RECEIVER: Final = 200


class EnquiryResult(StrEnum):
    """What came of an enquiry. That nothing was found is a result."""

    FOUND = "found"
    NOTHING_FOUND = "nothing-found"
    REFUSED = "refused-to-answer"
    NOT_POSSIBLE = "not-possible"


@dataclass(frozen=True, slots=True)
class EnquiryDraft:
    """An enquiry as an officer enters it.

    Attributes:
        what: what is asked.
        to: of whom: an agency, a company, a unit, a person of one's own.
        due_on: the last day on which its result is in time, in UTC.
    """

    what: str = field(repr=False)
    to: str = field(repr=False)
    due_on: date

    def __post_init__(self) -> None:
        check_words(self.what)
        if not self.to.strip() or len(self.to) > MOST_RECEIVER or not is_printable(self.to):
            raise InputError(f"who is asked is 1 to {MOST_RECEIVER} printable characters")


@dataclass(frozen=True, slots=True)
class Enquiry:
    """One entry of the book; it stays as it was entered, and is answered once.

    Attributes:
        case: the reference of the case.
        number: what it is called by within its case, from 1.
        asked_by, answered_by: logins.
        result: None as long as there is none.
        words: of the result.
    """

    enquiry_id: UUID
    case: str
    number: int
    draft: EnquiryDraft
    asked_by: str
    asked_at: datetime
    result: EnquiryResult | None = None
    words: str = field(default="", repr=False)
    answered_by: str | None = None
    answered_at: datetime | None = None

    def is_overdue(self, today: date) -> bool:
        """Return whether its day is over without a result."""
        return self.result is None and self.draft.due_on < today

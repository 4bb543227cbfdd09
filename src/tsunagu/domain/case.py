"""Cases, exhibits and holdings, as those who work on them see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tsunagu.domain.media import Refusal
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.retention import review_from


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One investigation of one agency.

    Attributes:
        reference: the agency's own name for it, unique within the agency.
        covert: an overlap of this case is told to the co-ordinator alone until he releases it.
        keep_until: the last day, in UTC, on which it is kept; after it the case is erased.
        keep_limit: the last day that the originator of its data allows; None where he has set none.
        closed_at: None while it is open; nothing is brought into a closed case, and what it holds is still compared.
    """

    case_id: UUID
    agency_id: UUID
    reference: str
    purpose: Purpose
    covert: bool
    opened_at: datetime
    keep_until: date
    keep_limit: date | None = None
    closed_at: datetime | None = None

    def waits_for_review(self, today: date) -> bool:
        """Return whether people should look now whether the case is to be kept longer."""
        return review_from(self.keep_until) <= today


@dataclass(frozen=True, slots=True)
class Colleague:
    """An officer who works on a case.

    Attributes:
        login, name: his, for colleagues of the same case.
        added_by: the login of who let him in; his own where he opened the case.
    """

    officer_id: UUID
    login: str
    name: str
    added_by: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class ExhibitSummary:
    """A seized thing, with what was brought in from it.

    Attributes:
        items: places in the exhibit that hold a readable content.
        refused: places whose content was refused.
    """

    exhibit_id: UUID
    reference: str
    items: int
    refused: int


@dataclass(frozen=True, slots=True)
class HoldingSummary:
    """One place in an exhibit, as its own agency sees it.

    Attributes:
        number: of the place within its case, rising in the order in which places came in.
        path: where the file lies at the agency, raw bytes.
        sha256: None when the content could not be read.
        linked: whether it has been compared with all that is held.
    """

    number: int
    path: bytes
    exhibit: str
    media_type: str | None
    size_bytes: int
    sha256: bytes | None
    refused: Refusal | None
    linked: bool

"""Banks: named sets of known items, each with its owner, its legal ground and what being in it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.fingerprint import FingerprintKind

MOST_RADIUS_BITS = FingerprintKind.PDQ.radius_bits
"""No bank takes a wider look than this: beyond it, what is within the radius is mostly chance."""


class BankSemantics(StrEnum):
    """What being in a bank means; stated by the officer who opened it, never guessed.

    `alert`: known, and to be acted on. `known`: known, which says nothing of what it is. `benign`: what everybody has;
    it silences hits.
    """

    ALERT = "alert"
    KNOWN = "known"
    BENIGN = "benign"


class Opinion(StrEnum):
    """What the owner says of one item of his bank. A disputed item never acts alone."""

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class BankRules:
    """How a bank answers.

    Attributes:
        radius_bits: the distance up to which it answers, 0 to `MOST_RADIUS_BITS`.
        is_on: whether it answers at all.
        is_open: whether it answers other agencies too, with its name and its owner.
        share_percent: of how many of its items in a hundred it answers, always the same ones; 0 to 100.
        expires_on: the last day on which it answers; None for no end.
    """

    radius_bits: int = MOST_RADIUS_BITS
    is_on: bool = True
    is_open: bool = False
    share_percent: int = 100
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class BankSummary:
    """A bank, as its own agency sees it.

    Attributes:
        legal_ground: why the agency may keep it; None where nobody has stated one: it opens to no other
            agency before.
        items: how many known items it holds.
        held: how many of them are in quarantine.
    """

    bank_id: UUID
    name: str
    semantics: BankSemantics
    legal_ground: str | None
    rules: BankRules = BankRules()
    items: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Why an item answers nobody until an officer lets it: so many things that are not meant are within its radius.

    Attributes:
        benign: of what agencies declared benign.
        recent: of what was asked lately.
    """

    benign: int
    recent: int


@dataclass(frozen=True, slots=True)
class BankItem:
    """One item of a bank, as its own agency sees it; what it has of digests and fingerprint, None for what it has not.

    Attributes:
        details: what else the list said of it that it came with; None where nothing.
        quarantine: None when it answers.
        opinion: None when nobody gave one.
    """

    item_id: int
    md5: bytes | None
    sha1: bytes | None
    sha256: bytes | None
    pdq: bytes | None
    details: dict[str, object] | None
    added_at: datetime
    quarantine: Quarantine | None
    opinion: Opinion | None

"""Banks: named sets of known fingerprints and digests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class BankSemantics(StrEnum):
    """What an entry of a bank means; stated by the officer who made the bank, never guessed.

    `benign` silences the hits that it explains. Meanings that a look-up needs come with look-ups.
    """

    BENIGN = "benign"


@dataclass(frozen=True, slots=True)
class BankSummary:
    """A bank, as its own agency sees it.

    Attributes:
        legal_ground: why the agency may keep it.
        entries: how many fingerprints and digests it holds.
    """

    bank_id: UUID
    name: str
    semantics: BankSemantics
    legal_ground: str
    entries: int = 0

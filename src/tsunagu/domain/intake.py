"""Scans made elsewhere: what an intake file says of itself, which keys vouch for one, and why one is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tsunagu.domain.errors import InputError


class IntakeStanding(StrEnum):
    """Whether a key of the exhibit vouches for an intake file, or nobody does."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"


class IntakeRefusal(StrEnum):
    """Why an intake file was refused as a whole. Codes are stable: the ledger keeps them."""

    DAMAGED = "damaged"
    UNREADABLE = "unreadable"
    UNSIGNED = "unsigned"
    FOREIGN_KEY = "foreign-key"
    EXPIRED_KEY = "expired-key"
    WRONG_SIGNATURE = "wrong-signature"


class IntakeRefused(InputError):
    """An intake file was refused as a whole: nothing of it is kept.

    Attributes:
        refusal: the reason code.
    """

    code: ClassVar[str] = "intake-refused"

    def __init__(self, message: str, refusal: IntakeRefusal) -> None:
        """Keep the reason beside the sentence that explains it."""
        super().__init__(message, refusal=refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class IntakeHeader:
    """What an intake file says of itself in its first line. Unless a key vouches for it, anybody may have written it.

    Attributes:
        made_at: when the scan began, by the clock of the machine that scanned.
        scanner: the version of the program that scanned, 1 to 64 printable ASCII characters.
        exhibit_id, key_id: the exhibit that it was scanned for, and the key that signs it; None when it is unsigned.
    """

    made_at: datetime
    scanner: str
    exhibit_id: UUID | None = None
    key_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ExhibitKey:
    """The public part of a key that was given out for one exhibit.

    Attributes:
        public_key: raw Ed25519 public key, 32 bytes.
        expires_at: from then on it vouches for nothing, whatever it signed before.
    """

    key_id: UUID
    exhibit_id: UUID
    expires_at: datetime
    public_key: bytes


@dataclass(frozen=True, slots=True)
class ScanKey:
    """The private part of such a key: whoever has it can sign scans of that exhibit, and can do nothing else.

    Attributes:
        private_key: raw Ed25519 private key, 32 bytes; shown nowhere.
    """

    key_id: UUID
    exhibit_id: UUID
    expires_at: datetime
    private_key: bytes = field(repr=False)

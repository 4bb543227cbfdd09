"""The ledger: who did what, why and when; each entry bound to the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.clock import utc_text
from tsunagu.domain.purpose import Purpose


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One deed.

    Attributes:
        number: 1 for the first entry, without gaps.
        body: the deed as canonical JSON (sorted keys, no spaces), exactly as hashed.
        hash: SHA-256 over (hash of the entry before, number as 8 bytes big-endian, body as UTF-8).
    """

    number: int
    body: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """A signature over all entries up to one, to be held outside the database.

    Attributes:
        size: how many entries it covers.
        root: Merkle tree hash over their hashes (RFC 6962 section 2.1, SHA-256), 32 bytes.
        signed_at: ISO 8601 in UTC.
        key_id: which key signed, the first 16 hex digits of the public key's SHA-256.
        signature: Ed25519 over the canonical JSON of the four fields above.
    """

    size: int
    root: bytes
    signed_at: str
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class EntryProof:
    """That an entry is under a signed root, for who does not have the ledger.

    Attributes:
        number: of the entry, from 1.
        hash: of the entry, 32 bytes.
        previous: the hash of the entry before: with it, number and text of the entry give its hash.
        root: signed over all entries until the proof was made.
        inclusion: by what the entry's hash leads to the root (RFC 6962 section 2.1.1).
        held: how many entries the other root covers that somebody else held; 0 where none was given.
        consistency: by what that root leads to this one (RFC 6962 section 2.1.2).
    """

    number: int
    hash: bytes
    previous: bytes
    root: SignedRoot
    inclusion: tuple[bytes, ...]
    held: int = 0
    consistency: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What verifying the ledger found.

    Attributes:
        entries: how many entries the database holds.
        proven: how many of them the last good signed root covers.
        first_bad: number of the first entry that is not as it was signed or chained; None when all is well.
        problem: one sentence that names what is wrong; None when all is well.
    """

    entries: int
    proven: int
    first_bad: int | None = None
    problem: str | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found wrong."""
        return self.problem is None

    @property
    def unproven(self) -> int:
        """How many entries were written since the last signed root: the window in which a rewrite would not show."""
        return max(0, self.entries - self.proven)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be written into the ledger.

    Attributes:
        agency_id: whose deed it is, and who may read the entry; None when nobody was recognised.
        officer_id: who did it; None for the machine.
        case_id: the case that it was done for.
        case_ids: the cases that a list told of, where it is one deed to read the whole list.
        details: opaque ids, counts, codes and keyed references; never a name, a path or a digest.
    """

    act: Act
    at: datetime
    agency_id: UUID | None
    officer_id: UUID | None = None
    purpose: Purpose | None = None
    case_id: UUID | None = None
    details: Mapping[str, str | int] = field(default_factory=dict)
    case_ids: tuple[UUID, ...] = ()

    def body(self) -> dict[str, object]:
        """Return the deed as plain fields; those that are not known are left out."""
        fields: dict[str, object] = {"act": self.act.value, "at": utc_text(self.at)}
        if self.agency_id is not None:
            fields["agency"] = str(self.agency_id)
        if self.officer_id is not None:
            fields["officer"] = str(self.officer_id)
        if self.purpose is not None:
            fields["purpose"] = self.purpose.value
        if self.case_id is not None:
            fields["case"] = str(self.case_id)
        if self.case_ids:
            fields["cases"] = sorted(map(str, self.case_ids))
        if self.details:
            fields["details"] = dict(self.details)
        return fields

"""Packages as they are kept: signed, and sealed under a key of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tsunagu.domain.alert import HandOver
from tsunagu.domain.errors import Conflict
from tsunagu.records.keys.envelope import open_under, seal_under
from tsunagu.records.models import ReferralRow

CHANGED: Final = "what is kept of this referral was changed"
ERASED: Final = "this referral is erased: nothing is left of what it said"


@dataclass(frozen=True, slots=True)
class SignedPackage:
    """A package as it is kept.

    Attributes:
        key: sealed by the keyring; None once it is erased.
        keep_until: the last day on which its receiver keeps it, unless it is taken into a case.
        sealed: what was signed and by whom, under the key: see `SignedBody`; None once it is erased.
        by_line: whether it went to another installation, or came from one, over the line.
    """

    referral_id: UUID
    sender_id: UUID
    receiver_id: UUID
    form: HandOver
    coordinators_alone: bool
    key: bytes | None = field(repr=False)
    sealed: bytes | None = field(repr=False)
    sent_at: datetime
    keep_until: date
    by_line: bool = False


@dataclass(frozen=True, slots=True)
class SignedBody:
    """What a package says, and who vouches for it.

    Attributes:
        body: canonical JSON in UTF-8, exactly as signed.
        signature: Ed25519 over `body`, 64 bytes.
        public_key: that it is held against, raw; empty in packages of earlier releases, all of which were made here.
    """

    body: bytes = field(repr=False)
    signature: bytes
    key_id: str
    public_key: bytes = b""

    def sealed(self, referral_id: UUID, key: bytes) -> bytes:
        """Return it sealed under a referral's key, and bound to the referral."""
        told = {"body": self.body.decode(), "signature": self.signature.hex(), "key_id": self.key_id}
        told |= {"public_key": self.public_key.hex()}
        return seal_under(key, json.dumps(told, ensure_ascii=False).encode(), _body_place(referral_id))

    @classmethod
    def opened(cls, package: SignedPackage, key: bytes) -> SignedBody:
        """Return what a package says.

        Raises:
            Conflict: it was changed, or is erased.
        """
        if package.sealed is None:
            raise Conflict(ERASED)
        plain = open_under(key, package.sealed, _body_place(package.referral_id))
        if plain is None:
            raise Conflict(CHANGED)
        told = json.loads(plain)
        signature, public_key = (bytes.fromhex(told.get(one, "")) for one in ("signature", "public_key"))
        return cls(told["body"].encode(), signature, told["key_id"], public_key)


def package_from(row: ReferralRow) -> SignedPackage:
    """Return a package as its row keeps it."""
    return SignedPackage(
        row.id,
        row.sender_id,
        row.receiver_id,
        HandOver(row.form),
        row.coordinators_alone,
        None if row.key is None else bytes(row.key),
        None if row.sealed is None else bytes(row.sealed),
        row.sent_at,
        row.keep_until,
        row.by_line,
    )


def _body_place(referral_id: UUID) -> bytes:
    return f"package of referral {referral_id}".encode()

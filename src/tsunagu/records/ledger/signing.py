"""Signed roots: how one is signed, checked, written as JSON and read back."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import LedgerBroken
from tsunagu.domain.ledger import SignedRoot
from tsunagu.records.ledger.chain import HASH_BYTES, canonical


class Signer(Protocol):
    """Signs roots with one Ed25519 key."""

    @property
    def key_id(self) -> str:
        """The first 16 hex digits of the SHA-256 of the raw public key."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw public key, 32 bytes."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of `message`, 64 bytes."""
        ...


def sign_root(size: int, root: bytes, *, now: datetime, signer: Signer) -> SignedRoot:
    """Return the signature over the first `size` entries, whose Merkle root is `root`.

    Raises:
        InputError: `now` carries no time zone.
    """
    signed_at = utc_text(now)
    signature = signer.sign(_signed_text(size, root, signed_at, signer.key_id))
    return SignedRoot(size, root, signed_at, signer.key_id, signature)


def is_signed_by(root: SignedRoot, public_key: bytes) -> bool:
    """Whether the raw Ed25519 `public_key` (32 bytes) made the signature of `root`."""
    text = _signed_text(root.size, root.root, root.signed_at, root.key_id)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(root.signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def root_to_json(root: SignedRoot) -> str:
    """Return `root` as one line of canonical JSON, bytes in hex: what a second agency keeps."""
    return canonical(root_fields(root))


def root_from_json(text: str | bytes) -> SignedRoot:
    """Return the root that `root_to_json` wrote; further fields are passed over.

    Raises:
        LedgerBroken: the text is no signed root.
    """
    try:
        found = json.loads(text)
        size, signed_at, key_id = found["size"], found["signed_at"], found["key_id"]
        root, signature = bytes.fromhex(found["root"]), bytes.fromhex(found["signature"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise LedgerBroken("a signed root cannot be read") from None
    is_sized = isinstance(size, int) and size > 0 and len(root) == HASH_BYTES
    if not (is_sized and all(isinstance(one, str) and one.isascii() for one in (signed_at, key_id))):
        raise LedgerBroken("a signed root cannot be read")
    return SignedRoot(size, root, signed_at, key_id, signature)


def root_fields(root: SignedRoot) -> dict[str, object]:
    """Return the five fields of `root` by name, bytes in hex."""
    return {
        "size": root.size,
        "root": root.root.hex(),
        "signed_at": root.signed_at,
        "key_id": root.key_id,
        "signature": root.signature.hex(),
    }


def _signed_text(size: int, root: bytes, signed_at: str, key_id: str) -> bytes:
    return canonical({"size": size, "root": root.hex(), "signed_at": signed_at, "key_id": key_id}).encode()

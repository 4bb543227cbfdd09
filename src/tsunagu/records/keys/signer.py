"""The key that signs the ledger's roots."""

from __future__ import annotations

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class RootSigner:
    """Signs with one Ed25519 private key, which it never shows."""

    __slots__ = ("_key", "key_id", "public_key")

    def __init__(self, private_key: bytes) -> None:
        """Take the raw private key, 32 bytes."""
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = public_key_id(self.public_key)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of `message`, 64 bytes."""
        return self._key.sign(message)


def public_key_id(public_key: bytes) -> str:
    """Return the id of a raw public key: the first 16 hex digits of its SHA-256."""
    return sha256(public_key).hexdigest()[:16]

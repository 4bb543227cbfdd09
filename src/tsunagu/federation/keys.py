"""The keys of an installation: one pair to sign with, one to be sealed for; and what two people compare of them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey

from tsunagu.domain.errors import InputError

SIGNING_BYTES = 32
_GROUP = 4
_FINGERPRINT_DIGITS = 40


@dataclass(frozen=True, slots=True)
class MemberKeys:
    """What others hold of an installation's keys.

    Attributes:
        number: 1 for the first ones, and one more for each change.
        signing: the raw Ed25519 public key, 32 bytes.
        recipient: the age recipient (X25519), as text.
    """

    number: int
    signing: bytes
    recipient: str

    def __post_init__(self) -> None:
        if self.number < 1 or len(self.signing) != SIGNING_BYTES:
            raise InputError("these are no keys of an installation")
        try:
            pyrage.x25519.Recipient.from_str(self.recipient)
        except pyrage.RecipientError:
            raise InputError("these are no keys of an installation") from None

    @property
    def fingerprint(self) -> str:
        """What two people compare: 40 hex digits of SHA-256 over both keys, in groups of four."""
        digits = hashlib.sha256(self.signing + self.recipient.encode()).hexdigest()[:_FINGERPRINT_DIGITS]
        return " ".join(digits[at : at + _GROUP] for at in range(0, _FINGERPRINT_DIGITS, _GROUP))

    def verifying_key(self) -> OKPKey:
        """Return the key that signatures are held against."""
        return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": _text(self.signing)})

    def plain(self) -> dict[str, int | str]:
        """Return the keys as plain values."""
        return {"number": self.number, "signing": self.signing.hex(), "recipient": self.recipient}


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """This installation's own pairs of keys.

    Attributes:
        secret: the raw Ed25519 private key, 32 bytes.
        identity: the age identity, as text.
    """

    number: int
    secret: bytes = field(repr=False)
    identity: str = field(repr=False)

    @classmethod
    def fresh(cls, number: int) -> OwnKeys:
        """Return new random keys."""
        return cls(number, Ed25519PrivateKey.generate().private_bytes_raw(), str(pyrage.x25519.Identity.generate()))

    @property
    def public(self) -> MemberKeys:
        """What others are given."""
        signing = Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()
        return MemberKeys(self.number, signing, str(pyrage.x25519.Identity.from_str(self.identity).to_public()))

    def signing_key(self) -> OKPKey:
        """Return the key that signs."""
        public = _text(self.public.signing)
        return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": public, "d": _text(self.secret)})


def keys_from(plain: object) -> MemberKeys:
    """Return the keys that plain values name.

    Raises:
        InputError: they are no keys.
    """
    try:
        given = dict(plain)  # type: ignore[call-overload]
        number, signing, recipient = given["number"], bytes.fromhex(given["signing"]), given["recipient"]
    except (KeyError, TypeError, ValueError):
        raise InputError("these are no keys of an installation") from None
    if type(number) is not int or not isinstance(recipient, str):
        raise InputError("these are no keys of an installation")
    return MemberKeys(number, signing, recipient)


def is_same_fingerprint(typed: str, fingerprint: str) -> bool:
    """Return whether somebody has typed this fingerprint, however he spaced it."""
    return "".join(typed.lower().split()) == "".join(fingerprint.split())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

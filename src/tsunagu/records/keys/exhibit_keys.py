"""Keys of exhibits: made here, carried away in a file, and used to sign a scan elsewhere.

The file is one JSON object: `tsunagu_exhibit_key` (its format, 1), `key` and `exhibit` (random ids), `expires_at`, and
`private_key` in base64. It names no case, no agency and nobody. A signature is Ed25519 (RFC 8032) over the bytes
`tsunagu-intake/1`, a zero byte, and the SHA-256 that the intake file ends with.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import InputError
from tsunagu.domain.intake import ExhibitKey, ScanKey

KEY_BYTES = 32
_FORMAT = 1
_CONTEXT = b"tsunagu-intake/1\0"
_MOST_BYTES = 4096


def make_key(exhibit_id: UUID, *, expires_at: datetime) -> ScanKey:
    """Return a new random key for an exhibit."""
    return ScanKey(uuid4(), exhibit_id, expires_at, Ed25519PrivateKey.generate().private_bytes_raw())


def public_part(key: ScanKey) -> ExhibitKey:
    """Return what is kept of a key, by which its signatures are checked."""
    private = Ed25519PrivateKey.from_private_bytes(key.private_key)
    return ExhibitKey(key.key_id, key.exhibit_id, key.expires_at, private.public_key().public_bytes_raw())


def sign(key: ScanKey, digest: bytes) -> bytes:
    """Return the signature of an intake file whose SHA-256 is `digest`, 64 bytes."""
    return Ed25519PrivateKey.from_private_bytes(key.private_key).sign(_CONTEXT + digest)


def is_signed_by(key: ExhibitKey, digest: bytes, signature: bytes) -> bool:
    """Whether the private part of `key` made the signature."""
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, _CONTEXT + digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_to_file(key: ScanKey) -> bytes:
    """Return the content of the file that carries a key to where it signs."""
    fields = {
        "tsunagu_exhibit_key": _FORMAT,
        "key": str(key.key_id),
        "exhibit": str(key.exhibit_id),
        "expires_at": utc_text(key.expires_at),
        "private_key": base64.b64encode(key.private_key).decode(),
    }
    return json.dumps(fields).encode() + b"\n"


def key_from_file(path: Path) -> ScanKey:
    """Return the key that lies in a file.

    Who else may read the file is not asked: it travels on media that know no owners.

    Raises:
        InputError: the file cannot be read, or holds no such key.
    """
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_MOST_BYTES))
        if found["tsunagu_exhibit_key"] != _FORMAT:
            raise InputError("the key was made by another release of this program")
        expires_at = datetime.fromisoformat(found["expires_at"])
        private_key = base64.b64decode(found["private_key"], validate=True)
        key = ScanKey(UUID(found["key"]), UUID(found["exhibit"]), expires_at, private_key)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError("this file cannot be read, or holds no key of an exhibit") from None
    if len(private_key) != KEY_BYTES or expires_at.tzinfo is None:
        raise InputError("this file cannot be read, or holds no key of an exhibit")
    return key

"""The manifest of a package: the SHA-256 of every file, as `sha256sum` writes and checks it, under a signature.

    # tsunagu-package/1
    # key 0123456789abcdef
    # signed 2026-11-26T10:00:00.000000Z
    # openssl pkeyutl -verify ...
    # sha256sum --check --strict manifest.txt
    <64 hex digits>  <file>

The signature is Ed25519 (RFC 8032) over the bytes of the manifest, as they are, in a file beside it: 64 bytes, nothing
else. The key that signs is the ledger's, whose public part other agencies have anyway; a manifest is no signed root nor
anything else that it signs, since each of those is one line of JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import InputError

MANIFEST: Final = "manifest.txt"
SIGNATURE: Final = "manifest.sig"
PUBLIC_KEY: Final = "public-key.pem"
FORMAT: Final = "tsunagu-package/1"
OPENSSL: Final = f"openssl pkeyutl -verify -pubin -inkey {PUBLIC_KEY} -rawin -in {MANIFEST} -sigfile {SIGNATURE}"
SHA256SUM: Final = f"sha256sum --check --strict {MANIFEST}"
_LINE: Final = re.compile(r"([0-9a-f]{64})  ([a-z0-9][a-z0-9.-]{0,99})")


def manifest_text(files: Mapping[str, str], *, key_id: str, now: datetime) -> bytes:
    """Return the manifest of these files, by name, each with its SHA-256 in hex."""
    head = (FORMAT, f"key {key_id}", f"signed {utc_text(now)}", OPENSSL, SHA256SUM)
    lines = [f"# {line}" for line in head] + [f"{digest}  {name}" for name, digest in sorted(files.items())]
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def files_in(manifest: bytes) -> dict[str, str]:
    """Return the files that a manifest names, each with its SHA-256 in hex.

    Raises:
        InputError: it is no manifest of this format, or names a file twice.
    """
    try:
        first, *lines = manifest.decode("ascii").splitlines()
    except (UnicodeDecodeError, ValueError):
        raise InputError("the manifest cannot be read") from None
    matches = [_LINE.fullmatch(line) for line in lines if not line.startswith("#")]
    found = {match[2]: match[1] for match in matches if match}
    if first != f"# {FORMAT}" or len(found) != len(matches):
        raise InputError("the manifest cannot be read, or is of a format that this release does not know")
    return found


def is_signed(manifest: bytes, signature: bytes, public_key: bytes) -> bool:
    """Whether the raw Ed25519 `public_key` (32 bytes) made the signature of these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, manifest)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_to_pem(public_key: bytes) -> bytes:
    """Return a raw Ed25519 public key as the PEM file that OpenSSL reads."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_key_from_pem(text: bytes) -> bytes:
    """Return the raw Ed25519 public key, 32 bytes, that a PEM file holds.

    Raises:
        InputError: it holds none.
    """
    try:
        key = load_pem_public_key(text)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InputError("the file holds no public key") from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputError("the file holds a public key of another kind than Ed25519")
    return key.public_bytes_raw()

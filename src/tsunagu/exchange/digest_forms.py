"""Digests and fingerprints as text: hexadecimal, base32, base64; told apart by length, or by the name they stand under.

| characters | is |
| --- | --- |
| 32 hexadecimal, 24 of base64 | MD5 |
| 40 hexadecimal, 32 of base32 in capitals, 28 of base64 | SHA-1 |
| 64 hexadecimal, 44 of base64 | SHA-256 or PDQ: never guessed |
| 96, 128 hexadecimal | SHA-384, SHA-512, which are not used here |
| 192 of base64 | PhotoDNA, 144 bytes: opaque |

32 characters that are both hexadecimal and base32 are an MD5: no more than one SHA-1 in 10^13 looks like that.
"""

from __future__ import annotations

import binascii
from base64 import b32decode, b64decode
from enum import StrEnum
from typing import Final

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.exchange.reading import Of256Bits

UNTOLD_QUALITY: Final = 100
PHOTODNA_CHARACTERS: Final = 192


class Form(StrEnum):
    """What a text was recognized as. The value is the field of `KnownItem`, or what is counted as lost."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    PDQ = "pdq"
    PHOTODNA = "photodna"
    SHA384 = "sha384"
    SHA512 = "sha512"
    OF_256_BITS = "of-256-bits"


_BY_BYTES: Final = {16: Form.MD5, 20: Form.SHA1, 32: Form.OF_256_BITS, 48: Form.SHA384, 64: Form.SHA512}
_HEX_CHARACTERS: Final = frozenset(2 * length for length in _BY_BYTES)
_BASE64_CHARACTERS: Final = {24: 16, 28: 20, 44: 32}
_STATED: Final = {Of256Bits.SHA256: Form.SHA256, Of256Bits.PDQ: Form.PDQ}


def recognized(text: str, named: Form | None, of_256_bits: Of256Bits | None) -> tuple[Form, bytes] | None:
    """Return what a text is and its bytes, or None when it is nothing that is known here.

    Args:
        text: without spaces around it.
        named: what the list calls it, if it does; a text of another length is then nothing.
        of_256_bits: what 256 bits are that nobody names; None leaves them `OF_256_BITS`.

    Returns:
        The bytes are the digest; for PhotoDNA the ASCII text itself.
    """
    if len(text) == PHOTODNA_CHARACTERS:
        return (Form.PHOTODNA, text.encode()) if (named is None or named is Form.PHOTODNA) and _base64(text) else None
    data = _bytes(text)
    if data is None:
        return None
    form = _BY_BYTES[len(data)]
    if form is Form.OF_256_BITS:
        if named is Form.SHA256 or named is Form.PDQ:
            return named, data
        if named is None and of_256_bits is not None:
            return _STATED[of_256_bits], data
    return (form, data) if named is None or named is form else None


def pdq_fingerprint(data: bytes) -> Fingerprint:
    """Return the 32 bytes as a fingerprint whose quality nobody told."""
    return Fingerprint(FingerprintKind.PDQ, data, UNTOLD_QUALITY)


def _bytes(text: str) -> bytes | None:
    length = len(text)
    if length in _HEX_CHARACTERS:
        try:
            data = bytes.fromhex(text)
        except ValueError:
            return _base32(text) if length == 32 else None
        return data if len(data) * 2 == length else None  # spaces are passed over in hexadecimal
    if length in _BASE64_CHARACTERS:
        data = _base64(text) or b""
        return data if len(data) == _BASE64_CHARACTERS[length] else None
    return None


def _base32(text: str) -> bytes | None:
    try:
        return b32decode(text)
    except (ValueError, binascii.Error):
        return None


def _base64(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None

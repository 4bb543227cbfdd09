"""How HMA's clients write values, and how they are told that something is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from tsunagu.domain.errors import Conflict, InputError, TsunaguError
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.domain.look_up import PDQ, DigestKind, Query

MD5: Final = ("md5", "video_md5")
SIGNALS: Final = (PDQ, *MD5)
CONTENTS: Final = ("photo", "video")
_NAME = re.compile(r"[A-Z0-9_]+")
_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no", ""})


def status_of(error: TsunaguError) -> int:
    """Return the status that HMA's clients know: 400 for what is wrong, 403 for a bank that is there already."""
    if isinstance(error, InputError):
        return 400
    return 403 if isinstance(error, Conflict) else error.http_status


def query_of(kind: str, value: str) -> Query:
    """Return what to ask for by a signal.

    Raises:
        InputError: there is no such type, or it is no signal of it.
    """
    return Query(pdq=(signal(kind, value),)) if kind == PDQ else Query(((DigestKind.MD5, signal(kind, value)),))


def signal(kind: str, value: object) -> bytes:
    """Return a signal's bytes.

    Raises:
        InputError: there is no such type, or it is no signal of it.
    """
    if kind not in SIGNALS:
        raise InputError(f"No such signal type {printable(kind)}")
    size = FingerprintKind.PDQ.bits // 8 if kind == PDQ else DigestKind.MD5.size_bytes
    if not isinstance(value, str) or not re.fullmatch(f"[0-9a-fA-F]{{{2 * size}}}", value):
        raise InputError(f"Invalid {kind} signal: it has {2 * size} hexadecimal digits")
    return bytes.fromhex(value)


def bank_name(value: object) -> str:
    """Return the name of a bank.

    Raises:
        InputError: a bank cannot be called so.
    """
    if not isinstance(value, str) or not is_bank_name(value):
        raise InputError("Field `name` must match ^[A-Z0-9_]+$")
    return value


def is_bank_name(name: str) -> bool:
    """Return whether HMA's clients can name a bank so."""
    return _NAME.fullmatch(name) is not None


def ratio(value: object) -> float:
    """Return a ratio, which may be written as text.

    Raises:
        InputError: it is no number from 0 to 1.
    """
    try:
        number = float(value) if isinstance(value, (int, float, str)) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if not 0 <= number <= 1:
        raise InputError("Field `enabled_ratio` must be a number between 0 and 1")
    return number


def truth(value: object) -> bool:
    """Return a truth value, which may be written as text.

    Raises:
        InputError: it is neither.
    """
    text = str(value).lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    raise InputError("a truth value is `true` or `false`")


def checked_keys(given: object, known: tuple[str, ...]) -> Mapping[str, Any]:
    """Return what was given.

    Raises:
        InputError: it is no object, or a key is not known.
    """
    if not isinstance(given, Mapping) or not set(given) <= set(known):
        raise InputError(f"the fields that are taken: {', '.join(known)}")
    return given


def printable(text: str) -> str:
    """Return a short text that may be shown."""
    return "".join(one if one.isascii() and one.isprintable() else "?" for one in text[:40])

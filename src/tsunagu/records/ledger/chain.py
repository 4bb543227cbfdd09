"""The hash chain: how a deed becomes text, and how each entry is bound to the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from tsunagu.domain.errors import InputError

HASH_BYTES = 32

GENESIS = bytes(HASH_BYTES)
"""What stands for "the hash of the entry before" in the first entry."""

_LAST_NUMBER = 2**63 - 1  # PostgreSQL's bigint


_PLAIN = frozenset({str, int, bool, type(None)})
_TEXT = frozenset({str})
_NULL = "\\u0000"


def canonical(body: Mapping[str, object]) -> str:
    """Return `body` as the one JSON text that stands for it: sorted keys, no spaces, characters as they are.

    Allowed are text, whole numbers, truth values, null, and lists and mappings of these. A float is refused since
    two programs may write the same one differently.

    Raises:
        InputError: another type, a key that is no text, text that is no Unicode (a lone surrogate), or a null
            character, which PostgreSQL cannot keep.
    """
    text = _written(body if _is_plain(body) else _plain(body))
    if _NULL in text:
        text = _written(_plain(body))  # which tells a null character from text that only looks like one
    _utf8(text)
    return text


_written = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def _is_plain(body: Mapping[str, object]) -> bool:
    """Whether it obviously holds only what is allowed, as nearly all bodies do: texts and numbers, one level deep."""
    inner = [one for one in body.values() if type(one) is dict]
    names, kinds = set(map(type, body)), set(map(type, body.values())) - {dict}
    for one in inner:
        names.update(map(type, one))
        kinds.update(map(type, one.values()))
    return names <= _TEXT and kinds <= _PLAIN


def entry_hash(previous: bytes, number: int, body: str) -> bytes:
    """Return the hash of an entry: SHA-256 over (`previous`, `number` as 8 bytes big-endian, `body` as UTF-8).

    Args:
        previous: the hash of the entry before, 32 bytes; `GENESIS` for the first entry.
        number: 1 for the first entry, at most 2**63 - 1.
        body: the deed as `canonical` wrote it.

    Returns:
        32 bytes.

    Raises:
        InputError: `previous` has another length, the number is out of range, or the body is no Unicode.
    """
    if len(previous) != HASH_BYTES:
        raise InputError("the hash of the entry before is not 32 bytes", size_bytes=len(previous))
    if not 1 <= number <= _LAST_NUMBER:
        raise InputError("the number of an entry is out of range")
    return hashlib.sha256(previous + number.to_bytes(8) + _utf8(body)).digest()


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InputError("the text of an entry is no Unicode") from None


def _plain(value: object) -> object:
    if isinstance(value, str):
        if "\0" in value:
            raise InputError("the text of an entry holds a null character")
        return value
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, (dict, Mapping)):
        return {_key(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    raise InputError("an entry holds only text, whole numbers, truth values, lists and mappings")


def _key(name: object) -> object:
    if not isinstance(name, str):
        raise InputError("a key in an entry is no text")
    return _plain(name)

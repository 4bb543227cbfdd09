"""Known items: what other people's lists say of media that are known, one value a row.

What a list means (alert, known, benign) is stated by the officer who brings it in. Nothing here tells it.

A list has up to tens of millions of rows. What is made for each of them is a named tuple: as immutable as a frozen
dataclass, and made in a fifth of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import md5, sha1, sha256
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, TimedFingerprint

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

UNMAPPED: Final = "unmapped"
"""The meaning of a category whose table nobody has given."""
EMPTY_FILE: Final = Digests(
    md5(b"", usedforsecurity=False).digest(), sha1(b"", usedforsecurity=False).digest(), sha256(b"").digest()
)
"""The digests of no bytes at all: every empty file has them, so no list may carry them in."""


NOTHING: Final[Mapping[str, Json]] = MappingProxyType({})
"""What else is said where nothing is."""


class RowRefusal(StrEnum):
    """Why a row of a list was not taken. Codes are stable: other programs read them."""

    EMPTY_FILE = "empty-file"
    NO_DIGEST = "no-digest"
    BAD_DIGEST = "bad-digest"
    AMBIGUOUS = "ambiguous-256-bits"
    UNSUPPORTED = "unsupported"
    MALFORMED = "malformed"
    REPEATED_KEY = "repeated-key"
    TOO_LONG = "too-long"
    TOO_DEEP = "too-deep"


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken; it carries nothing of what the row said.

    Attributes:
        row: number of the row in its list, from 1: a line of text, or a record.
    """

    row: int
    reason: RowRefusal


class ListedCategory(NamedTuple):
    """A category as a list gives it: a number that means something only within its context and version.

    Attributes:
        context: whose table it is, such as a country's; empty where the list names none.
        version: the version of the table, such as "2.0"; empty where the list names none.
        code: the number in the list.
        meaning: what the number means by the table that the caller gave, or `UNMAPPED`.
    """

    context: str
    version: str
    code: int
    meaning: str = UNMAPPED


class Marks(NamedTuple):
    """What a list says of an item by yes, no or nothing: None is "not told", never "no"."""

    victim_identified: bool | None = None
    offender_identified: bool | None = None
    is_distributed: bool | None = None
    is_suspected: bool | None = None
    is_self_generated: bool | None = None


UNMARKED: Final = Marks()
"""The marks of an item of which nothing is told."""


class KnownFile(NamedTuple):
    """One place where an item was found by whoever made the list.

    Attributes:
        path, name: as the list writes them; never opened.
        created, written, accessed: ISO 8601, as the list tells them; without a zone where it tells none.
        is_deleted, is_unallocated: None where the list does not say.
        extra: what else the list says of it, under the list's own keys.
    """

    path: str | None = None
    name: str | None = None
    created: str | None = None
    written: str | None = None
    accessed: str | None = None
    is_deleted: bool | None = None
    is_unallocated: bool | None = None
    extra: Mapping[str, Json] = NOTHING


class SignalKind(StrEnum):
    """What a list may know besides media: carried, and searched by nothing here."""

    URL = "url"
    URL_MD5 = "url_md5"
    RAW_TEXT = "raw_text"


@dataclass(frozen=True, slots=True)
class KnownSignal:
    """One such thing.

    Attributes:
        value: a URL, 32 hexadecimal digits in lower case, or a text.
    """

    kind: SignalKind
    value: str


class KnownItem(NamedTuple):
    """What one row of a list says of one item.

    There is always something to know it by, it is never the empty file, and its texts hold neither NUL nor lone
    surrogates: readers refuse a row otherwise.

    Attributes:
        row: number of the row in its list, from 1: a line of text, or a record.
        md5, sha1, sha256: raw bytes: 16, 20, 32.
        pdq: lists tell no quality: it is 100, as for every fingerprint that somebody else chose to give out.
        photodna: opaque text, carried and never computed or compared.
        frames: the fingerprints of a video, in the order of the list.
        signals: what else it is known by.
        list_id: by what the list itself names the item.
        series, tags: names, in the order of the list.
        size_bytes: length of the content, at least 0.
        media_type: as the list words it, such as "image/jpeg" or "Video"; nothing here is verified.
        updated: ISO 8601, as the list tells it.
        extra: what else the list says, under the list's own keys.
    """

    row: int
    md5: bytes | None = None
    sha1: bytes | None = None
    sha256: bytes | None = None
    pdq: Fingerprint | None = None
    photodna: str | None = None
    frames: tuple[TimedFingerprint, ...] = ()
    signals: tuple[KnownSignal, ...] = ()
    list_id: str | None = None
    category: ListedCategory | None = None
    marks: Marks = UNMARKED
    series: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[KnownFile, ...] = ()
    size_bytes: int | None = None
    media_type: str | None = None
    updated: str | None = None
    comments: str | None = None
    extra: Mapping[str, Json] = NOTHING


def is_empty_file(md5: bytes | None, sha1: bytes | None, sha256: bytes | None) -> bool:
    """Return whether one of the digests is that of a file without content."""
    return md5 == EMPTY_FILE.md5 or sha1 == EMPTY_FILE.sha1 or sha256 == EMPTY_FILE.sha256


@dataclass(slots=True)
class LossReport:
    """What did not travel when a list was read or written.

    Attributes:
        lost: name of a field, from a closed set and never out of the list, to how many values of it were left behind.
        repeated: how many items had the MD5 of an earlier one of the same list; they were given all the same.
    """

    lost: Counter[str] = field(default_factory=Counter)
    repeated: int = 0

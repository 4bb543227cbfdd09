"""Single values of lists: texts, yes and no, whole numbers, times, and what is carried without being understood."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from tsunagu.domain.known import Json, LossReport, RowRefusal
from tsunagu.exchange.lines import REPLACEMENT, UNREADABLE_TEXT

MOST_DEPTH: Final = 8
MOST_SIZE_BYTES: Final = 2**63 - 1
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_YES: Final = frozenset({"y", "yes", "true"})
_NO: Final = frozenset({"n", "no", "false"})
_TICKS: Final = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NotCarried(ValueError):
    """A value nests deeper than eight levels, names a key twice, or holds a number that JSON has not."""

    def __init__(self, reason: RowRefusal) -> None:
        """Keep why its row is refused."""
        super().__init__(reason.value)
        self.reason = reason


def clean_text(text: str, report: LossReport) -> str:
    """Return `text` with U+FFFD for NUL and lone surrogates, which no store takes; counted once a text."""
    if text.isascii() and "\0" not in text:
        return text
    cleaned, found = _UNSTORABLE.subn(REPLACEMENT, text)
    if found:
        report.lost[UNREADABLE_TEXT] += 1
    return cleaned


def carried(value: Json, report: LossReport, depth: int = 0) -> Json:
    """Return a value that nobody here understands, with its texts cleaned.

    Raises:
        NotCarried: it is too deep, names a key twice, or holds an infinite number.
    """
    if isinstance(value, str):
        return clean_text(value, report)
    if isinstance(value, float) and not math.isfinite(value):
        raise NotCarried(RowRefusal.MALFORMED)
    if not isinstance(value, list | dict):
        return value
    if depth == MOST_DEPTH:
        raise NotCarried(RowRefusal.TOO_DEEP)
    if isinstance(value, list):
        return [carried(one, report, depth + 1) for one in value]
    if REPEATED in value:
        raise NotCarried(RowRefusal.REPEATED_KEY)
    return {clean_text(key, report): carried(one, report, depth + 1) for key, one in value.items()}


REPEATED: Final = "\0repeated\0"
"""The key that marks an object in which a key stood twice."""


def unique_members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Return the members of a JSON object, marked with `REPEATED` when a key stands twice: no value is then right."""
    members = dict(pairs)
    if len(members) != len(pairs):
        members[REPEATED] = True
    return members


def tri_state(text: str) -> bool | None:
    """Return yes, no or, for everything else, None. Case and outer spaces do not matter."""
    word = text.strip().casefold()
    return True if word in _YES else False if word in _NO else None


def tri_state_text(value: bool | None) -> str:  # noqa: FBT001 - reads as the cell it makes
    """Return "y", "n" or nothing."""
    return "" if value is None else "y" if value else "n"


def whole_number(text: str) -> int | None:
    """Return a number of at most 19 ASCII digits, or None."""
    return int(text) if len(text) < 20 and text.isascii() and text.isdigit() else None


def iso_time(text: str) -> str | None:
    """Return `text` as ISO 8601, or None when it is no time.

    ISO text stays as it is, with a zone or without. `/Date(ms)/`, milliseconds since 1970 in UTC, is written with a
    zone; an offset after them says where the clock stood and does not change the moment.
    """
    if text.startswith("/") and (ticks := _TICKS.fullmatch(text)):
        try:
            return (_EPOCH + timedelta(milliseconds=int(ticks[1]))).isoformat()
        except OverflowError:
            return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None
    return text

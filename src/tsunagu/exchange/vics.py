"""VICS JSON, read: case files and hash sets of versions 1.1 to 2.0, in bounded memory.

The data model is given out under agreement only. This reads what published programs read and write: it is
VICS-compatible and uncertified.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any, BinaryIO, Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import KnownItem, LossReport, RefusedRow, RowRefusal
from tsunagu.exchange.json_stream import MOST_CHARACTERS, JsonStream
from tsunagu.exchange.reading import Row, Stated
from tsunagu.exchange.repeats import Repeats
from tsunagu.exchange.values import REPEATED
from tsunagu.exchange.vics_media import media_row

CONTEXT_KEYS: Final = frozenset({"odata.metadata", "@odata.context"})
CASE_KEYS: Final = frozenset({
    "CaseID", "CaseNumber", "ContactOrganization", "ContactName", "ContactPhone", "ContactEmail", "ContactTitle",
    "TotalMediaFiles", "TotalPrecategorized", "SeizureDate", "SourceApplicationName", "SourceApplicationVersion",
    "CaseMetadata",
})  # fmt: skip
"""What a case file says of the case. It is not read into items, and counted as left behind."""
_MOST_KEYS: Final = 1000
NO_CONTEXT: Final = ("", "")
_CONTEXT: Final = re.compile(r".*/DataModels/(\d\.\d)\.xml(?:/([A-Za-z]{1,16})/\$metadata)?#\w+", re.IGNORECASE)


def read_vics(stream: BinaryIO, stated: Stated, report: LossReport) -> Iterator[Row]:
    """Read a case file or a hash set: see `Reader`. Rows are media records, numbered from 1 through the file.

    A record that came before, by its MD5, is given again and counted: another place or series may stand in it. A
    record, or what is said of a case, is at most 4 MiB long; one over 64 KiB has at most 1,000 keys.

    Raises:
        InputError: also when the document has no array `value`, when a case names a key twice, or when anything
            follows the end.
    """
    return _Reading(JsonStream(stream), stated, report).rows()


def context_of(text: object) -> tuple[str, str]:
    """Return whose categories a document uses and in which version, or twice nothing when it does not say."""
    found = _CONTEXT.fullmatch(text) if isinstance(text, str) and len(text) < 500 else None
    return (found[2] or "", found[1]) if found else NO_CONTEXT


class _Reading:
    """One document while it is read."""

    def __init__(self, document: JsonStream, stated: Stated, report: LossReport) -> None:
        self._document = document
        self._stated = stated
        self._report = report
        self._context = NO_CONTEXT
        self._number = 0
        self._repeats = Repeats()

    def rows(self) -> Iterator[Row]:
        has_value = False
        for key in self._document.members():
            if key == "value" and not has_value:
                has_value = True
                yield from self._value()
            elif key == "value":
                raise InputError("the list has two arrays of records")
            elif key in CONTEXT_KEYS:
                self._hear_context(self._document.value(), is_late=has_value)
            else:
                self._document.value()
                self._report.lost["document"] += 1
        if not has_value:
            raise InputError("the list has no array of records")
        self._document.end()
        self._report.repeated += self._repeats.count()

    def _hear_context(self, text: object, *, is_late: bool) -> None:
        """Keep the context; one that stands after the records, or a second one, tells nothing any more."""
        if is_late or self._context != NO_CONTEXT:
            self._report.lost["context"] += 1
        else:
            self._context = context_of(text)

    def _value(self) -> Iterator[Row]:
        for _ in self._document.elements():
            near = self._document.value_if_near()
            if near is None and self._document.next_character() == "{":
                yield from self._walked()
            else:
                yield from self._known(near[0] if near else self._document.value())

    def _known(self, record: Any) -> Iterator[Row]:
        """Yield the rows of one element that is wholly there: a case with its media, or one record."""
        if isinstance(record, dict) and isinstance(record.get("Media"), list):
            media = record.pop("Media")
            self._require_one_of_each(record)
            for one in media:
                yield self._row(one)
            self._leave_behind(record)
        else:
            yield self._row(record)

    def _walked(self) -> Iterator[Row]:
        """Yield the rows of one element that is too long to be decoded as a whole."""
        record: dict[str, Any] = {}
        is_case, room, mark = False, MOST_CHARACTERS, self._document.taken_characters
        for count, key in enumerate(self._document.members()):
            if count >= _MOST_KEYS:
                raise InputError("one record of the list has too many keys")
            if key == "Media" and self._document.next_character() == "[":
                self._require_one_of_each({REPEATED} if is_case else record)
                is_case = True
                for _ in self._document.elements():
                    yield self._row(self._document.value())
            else:
                if key in record:
                    record[REPEATED] = True
                record[key] = self._document.value()
                room -= self._document.taken_characters - mark
                if room < 0:
                    raise InputError("one record of the list is too long")
            mark = self._document.taken_characters
        if is_case:
            self._require_one_of_each(record)
            self._leave_behind(record)
        else:
            yield self._row(record)

    @staticmethod
    def _require_one_of_each(case: Container[str]) -> None:
        if REPEATED in case:
            raise InputError("a case of the list names a key twice")

    def _leave_behind(self, case: dict[str, Any]) -> None:
        for key in case:
            self._report.lost[f"case.{key}" if key in CASE_KEYS else "case.other"] += 1

    def _row(self, record: Any) -> Row:
        self._number += 1
        if not isinstance(record, dict):
            return RefusedRow(self._number, RowRefusal.MALFORMED)
        row = media_row(record, self._number, self._context, self._stated, self._report)
        if isinstance(row, KnownItem) and row.md5:
            self._repeats.add(row.md5)
        return row

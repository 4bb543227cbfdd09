"""The columns of delimited lists, known by their names; in any order, in any case, with any punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import Json, KnownFile, LossReport, Marks
from tsunagu.exchange.digest_forms import Form
from tsunagu.exchange.gathering import Gathered
from tsunagu.exchange.reading import Row, Stated
from tsunagu.exchange.values import tri_state, whole_number

BY_SHAPE: Final = "hash"
DIGEST_FORMS: Final = {one.value: one for one in Form if one is not Form.OF_256_BITS}
DIGEST_COLUMNS: Final = frozenset({BY_SHAPE, *DIGEST_FORMS})
MARKS: Final = ("victim_identified", "offender_identified", "is_distributed")
_COMMON: Final = {
    "md5": "md5", "md5hash": "md5", "md5sum": "md5",
    "sha1": "sha1", "sha1hash": "sha1", "sha1sum": "sha1",
    "sha256": "sha256", "sha256hash": "sha256", "sha256sum": "sha256",
    "sha384": "sha384", "sha512": "sha512",
    "pdq": "pdq", "pdqhash": "pdq",
    "photodna": "photodna", "pdna": "photodna",
    "hash": BY_SHAPE, "hashvalue": BY_SHAPE, "digest": BY_SHAPE, "checksum": BY_SHAPE,
}  # fmt: skip
LIST_NAMES: Final = _COMMON | {
    "filename": "name", "name": "name", "file": "name",
    "filepath": "path", "fullpath": "path", "path": "path", "directory": "path",
    "filesize": "size_bytes", "size": "size_bytes", "sizebytes": "size_bytes", "logicalsize": "size_bytes",
    "mediatype": "media_type", "mimetype": "media_type",
    "comment": "comments", "comments": "comments", "notes": "comments", "description": "comments",
    "series": "series", "seriesname": "series",
    "tag": "tags", "tags": "tags",
}  # fmt: skip
ICSE_NAMES: Final = {
    "md5": "md5", "sha1": "sha1", "photodna": "photodna",
    "imageid": "list_id", "seriesname": "series", "mediatype": "media_type",
    "victimidentified": "victim_identified", "offenderidentified": "offender_identified",
    "isdistributed": "is_distributed",
}  # fmt: skip
NSRL_NAMES: Final = {"sha1": "sha1", "md5": "md5", "sha256": "sha256", "filename": "name", "filesize": "size_bytes"}
_NOT_OF_A_NAME: Final = re.compile(r"[\W_]+")


def plain_name(title: str) -> str:
    """Return a column's title without case and punctuation: "SHA-1" and "sha1" are one."""
    return _NOT_OF_A_NAME.sub("", title).casefold()


@dataclass(frozen=True, slots=True)
class Columns:
    """Which cell of a row holds what.

    Attributes:
        width: number of columns.
        digests: place of each column of digests, and what its name says they are; None where the shape tells.
        told: place and field of each column that is understood.
        extra: place and title of every other column.
    """

    width: int
    digests: tuple[tuple[int, Form | None], ...]
    told: tuple[tuple[int, str], ...]
    extra: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, titles: list[str], names: dict[str, str]) -> Columns:
        """Return the columns of a header by the `names` of one format; of two with one meaning the first has it.

        Raises:
            InputError: no column holds digests, or two columns have one title.
        """
        titles = [title.strip() for title in titles]
        while titles and not titles[-1]:
            titles.pop()
        titles = [title or f"column {place}" for place, title in enumerate(titles, 1)]
        if len(set(titles)) < len(titles):
            raise InputError("the header names a column twice")
        digests: list[tuple[int, Form | None]] = []
        told: dict[str, int] = {}
        extra: list[tuple[int, str]] = []
        for at, title in enumerate(titles):
            field = names.get(plain_name(title))
            if field in DIGEST_COLUMNS:
                digests.append((at, DIGEST_FORMS.get(field)))
            elif field is None or told.setdefault(field, at) != at:
                extra.append((at, title))
        if not digests:
            raise InputError("the header names no column of digests")
        return cls(len(titles), tuple(digests), tuple((at, field) for field, at in told.items()), tuple(extra))

    def row(self, number: int, cells: list[str], stated: Stated, report: LossReport) -> Row:
        """Return what one row says; the caller has seen to it that it has `width` cells."""
        gathered = Gathered(stated, report)
        for at, named in self.digests:
            gathered.take(cells[at].strip(), named)
        told: dict[str, Any] = {}
        for at, name in self.told:
            if text := cells[at].strip():
                told[name] = text
        extra: dict[str, Json] = {title: cells[at] for at, title in self.extra if cells[at]}
        return gathered.row(number, extra=extra, **(_values(told, report) if told else told))

    def fitted(self, cells: list[str]) -> list[str] | None:
        """Return the cells of a row as `width` of them; those that lack are empty. None when more hold something."""
        if len(cells) == self.width:
            return cells
        if any(cells[self.width :]):
            return None
        return [*cells[: self.width], *[""] * (self.width - len(cells))]


def _values(told: dict[str, Any], report: LossReport) -> dict[str, Any]:
    """Turn the cells of columns that are understood into values; a cell that is none is left behind and counted."""
    path, name = told.pop("path", None), told.pop("name", None)
    if path or name:
        told["files"] = (KnownFile(path=path, name=name),)
    if "size_bytes" in told:
        told["size_bytes"] = whole_number(told["size_bytes"])
        _count_unread(report, "size_bytes", told["size_bytes"])
    for one in ("series", "tags"):
        if one in told:
            told[one] = (told[one],)
    marks = {one: tri_state(told.pop(one)) for one in MARKS if one in told}
    if marks:
        for one, value in marks.items():
            _count_unread(report, one, value)
        told["marks"] = Marks(**marks)
    return told


def _count_unread(report: LossReport, name: str, value: int | None) -> None:
    if value is None:
        report.lost[name] += 1

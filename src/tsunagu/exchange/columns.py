"""The columns of delimited lists, known by their names; in any order, in any case, with any punctuation."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import KnownFile, LossReport, Marks, RefusedRow, RowRefusal
from tsunagu.exchange.digest_forms import Form
from tsunagu.exchange.gathering import Gathered
from tsunagu.exchange.reading import Row, Stated
from tsunagu.exchange.values import tri_state, whole_number

BY_SHAPE: Final = "hash"
DIGEST_FORMS: Final = {one.value: one for one in Form if one is not Form.OF_256_BITS}
DIGEST_COLUMNS: Final = frozenset({BY_SHAPE, *DIGEST_FORMS})
_MARKS: Final = frozenset({"victim_identified", "offender_identified", "is_distributed"})
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
_MEANINGS: Final[dict[str, Callable[[str], Any]]] = {
    "size_bytes": whole_number,
    "media_type": str, "list_id": str, "comments": str,
    "series": lambda text: (text,), "tags": lambda text: (text,),
}  # fmt: skip
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
        told: place, field and meaning of each column that is understood, but for the places of files and the marks.
        path_at, name_at: places of a file's path and of its name, if there are such columns.
        marks: place and field of each column of marks.
        extra: place and title of every other column.
    """

    width: int
    digests: tuple[tuple[int, Form | None], ...]
    told: tuple[tuple[int, str, Callable[[str], Any]], ...]
    path_at: int | None
    name_at: int | None
    marks: tuple[tuple[int, str], ...]
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
        places: dict[str, int] = {}
        extra: list[tuple[int, str]] = []
        for at, title in enumerate(titles):
            name = names.get(plain_name(title))
            if name in DIGEST_COLUMNS:
                digests.append((at, DIGEST_FORMS.get(name)))
            elif name is None or places.setdefault(name, at) != at:
                extra.append((at, title))
        if not digests:
            raise InputError("the header names no column of digests")
        return cls(
            len(titles),
            tuple(digests),
            tuple((at, name, _MEANINGS[name]) for name, at in places.items() if name in _MEANINGS),
            places.get("path"),
            places.get("name"),
            tuple((at, name) for name, at in places.items() if name in _MARKS),
            tuple(extra),
        )

    def row(self, number: int, cells: list[str], stated: Stated, report: LossReport) -> Row:
        """Return what one row says; a cell that is not what its column holds is left behind and counted.

        A row with fewer cells than columns is taken as if empty ones followed; one with more is malformed, unless
        they are empty.
        """
        if len(cells) != self.width:
            if any(cells[self.width :]):
                return RefusedRow(number, RowRefusal.MALFORMED)
            cells += [""] * (self.width - len(cells))
        gathered = Gathered(stated, report)
        for at, named in self.digests:
            gathered.take(cells[at].strip(), named)
        told: dict[str, Any] = {}
        for at, name, meaning in self.told:
            if text := cells[at].strip():
                told[name] = value = meaning(text)
                if value is None:
                    report.lost[name] += 1
        if self.path_at is not None or self.name_at is not None:
            told["files"] = self._files(cells)
        if self.marks:
            told["marks"] = self._marks(cells, report)
        if self.extra:
            told["extra"] = {title: cells[at] for at, title in self.extra if cells[at]}
        return gathered.row(number, told)

    def _files(self, cells: list[str]) -> tuple[KnownFile, ...]:
        path = None if self.path_at is None else cells[self.path_at] or None
        name = None if self.name_at is None else cells[self.name_at] or None
        return (KnownFile(path, name),) if path or name else ()

    def _marks(self, cells: list[str], report: LossReport) -> Marks:
        marks = {name: tri_state(cells[at]) for at, name in self.marks}
        for at, name in self.marks:
            if marks[name] is None and cells[at].strip():
                report.lost[name] += 1
        return Marks(**marks)

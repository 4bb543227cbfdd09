"""ICSE lists: delimited by semicolons, columns known by their names, marks that are yes, no or not told."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import UNMARKED, KnownItem, LossReport, RefusedRow, RowRefusal
from tsunagu.exchange.columns import ICSE_NAMES, Columns
from tsunagu.exchange.lines import Lines, delimited_rows
from tsunagu.exchange.reading import Row, Stated
from tsunagu.exchange.values import tri_state_text

HEADER: Final = (
    "MD5", "SHA1", "PhotoDNA", "Image ID", "Is distributed", "Victim identified", "Offender identified",
    "Series name", "Number of submissions", "File Available", "Media Type", "Baseline",
)  # fmt: skip
CARRIED: Final = ("Number of submissions", "File Available", "Baseline")
"""Columns that are carried as they are, under their titles in `KnownItem.extra`, as is every column not in `HEADER`."""
DELIMITER: Final = ";"


def read_icse(stream: BinaryIO, stated: Stated, report: LossReport) -> Iterator[Row]:
    """Read such a list: see `Reader`. Other columns, and other orders of columns, are read as well.

    Raises:
        InputError: also when the first line is no header with a column of digests.
    """
    rows = delimited_rows(iter(Lines(stream, report)), DELIMITER)
    _, titles, _ = next(rows, (0, None, False))
    if titles is None:
        raise InputError("the list has no header")
    columns = Columns.of(titles, ICSE_NAMES)
    for number, cells, is_too_long in rows:
        if cells is None:
            yield RefusedRow(number, RowRefusal.TOO_LONG if is_too_long else RowRefusal.MALFORMED)
        else:
            yield columns.row(number, cells, stated, report)


def write_icse(items: Iterable[KnownItem], stream: BinaryIO, *, extra_columns: Sequence[str] = ()) -> LossReport:
    """Write items in their order, with a header, in UTF-8, and return what could not travel.

    PhotoDNA is left blank, and ends of lines within a text become spaces. An item with neither MD5 nor SHA-1 has no
    row, and of several series the first has one.

    Args:
        items: taken one at a time.
        stream: gets the list.
        extra_columns: titles of further columns, filled from `KnownItem.extra`.

    Raises:
        InputError: an extra column has the title of another.
    """
    titles = (*HEADER, *extra_columns)
    if len({title.casefold() for title in titles}) < len(titles):
        raise InputError("two columns have one title")
    report = LossReport()
    carried = (*CARRIED, *extra_columns)
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    try:
        out = csv.writer(text, delimiter=DELIMITER, lineterminator="\r\n")
        out.writerow(titles)
        for item in items:
            if item.md5 or item.sha1:
                out.writerow([_on_one_line(cell, report) for cell in _cells(item, carried, report)])
                _count_losses(item, carried, report)
            else:
                report.lost["item"] += 1
    finally:
        text.detach()
    report.lost = +report.lost
    return report


def _on_one_line(cell: str, report: LossReport) -> str:
    if "\n" not in cell and "\r" not in cell:
        return cell
    report.lost["end-of-line"] += 1
    return cell.replace("\n", " ").replace("\r", " ")


def _cells(item: KnownItem, carried: Sequence[str], report: LossReport) -> list[str]:
    extra = {title: _cell(item.extra.get(title), report) for title in carried}
    return [
        item.md5.hex().upper() if item.md5 else "",
        item.sha1.hex().upper() if item.sha1 else "",
        "",
        item.list_id or "",
        tri_state_text(item.marks.is_distributed),
        tri_state_text(item.marks.victim_identified),
        tri_state_text(item.marks.offender_identified),
        item.series[0] if item.series else "",
        extra["Number of submissions"],
        extra["File Available"],
        item.media_type or "",
        *(extra[title] for title in carried[2:]),
    ]


def _cell(value: object, report: LossReport) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return str(value)
    report.lost["extra"] += value is not None
    return ""


def _count_losses(item: KnownItem, carried: Sequence[str], report: LossReport) -> None:
    lost = report.lost
    for name in ("sha256", "pdq", "photodna", "category", "size_bytes", "updated", "comments"):
        lost[name] += getattr(item, name) is not None
    for name in ("frames", "signals", "tags", "files"):
        lost[name] += len(getattr(item, name))
    lost["series"] += max(len(item.series) - 1, 0)
    for name in ("is_suspected", "is_self_generated"):
        lost[name] += item.marks is not UNMARKED and getattr(item.marks, name) is not None
    lost["extra"] += sum(1 for key in item.extra if key not in carried)

"""Lists of digests as text: one a line, as `md5sum` and its kin write them, or delimited with or without a header.

HashKeeper, EnCase-like and Autopsy lists are delimited lists whose header says which column holds what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, Final

from tsunagu.domain.known import Json, KnownFile, LossReport, RefusedRow, RowRefusal
from tsunagu.exchange.columns import DIGEST_COLUMNS, LIST_NAMES, Columns, plain_name
from tsunagu.exchange.digest_forms import Form, recognized
from tsunagu.exchange.gathering import Gathered
from tsunagu.exchange.lines import Lines, delimited_rows, split_cells
from tsunagu.exchange.plain_rows import many_at_once
from tsunagu.exchange.reading import Read, Row, Stated

_DELIMITERS: Final = ",;\t"
_SUM: Final = re.compile(r"(\\?)([0-9A-Za-z+/=]{24,192}) [ *](.+)")
_TAGGED: Final = re.compile(r"(\\?)(MD5|SHA1|SHA256|SHA384|SHA512) ?\((.+)\) ?= ?([0-9A-Fa-f]{32,128})")
_ESCAPED: Final = re.compile(r"\\([\\nr])")
_UNESCAPED: Final = {"\\": "\\", "n": "\n", "r": "\r"}

Line = tuple[int, str | None]


def read_digest_list(stream: BinaryIO, stated: Stated, report: LossReport) -> Iterator[Read]:
    """Read a list of digests in any of the forms above: see `Reader`.

    Empty lines are passed over, and remarks before the first row, which begin with `#`. The first other line decides:
    it is a header when a cell is the name of a column of digests and none is a digest. Without a header, each line
    is taken by its shape.
    """
    source = Lines(stream, report)
    lines = iter(source)
    first = next((one for one in lines if one[1] is None or not _is_remark(one[1])), None)
    if first is None:
        return iter(())
    delimiter = max(_DELIMITERS, key=(first[1] or "").count)
    titles = split_cells(first[1], delimiter) if first[1] else None
    if titles and _is_header(titles):
        rows = _delimited(lines, Columns.of(titles, LIST_NAMES), delimiter, stated, report)
    else:
        rows = _shaped(chain((first,), lines), delimiter, stated, report)
    return many_at_once(rows, source, report)


def _is_remark(line: str) -> bool:
    return not line or line[0] == "#" or line.isspace()


def _is_header(cells: list[str]) -> bool:
    names = {LIST_NAMES.get(plain_name(cell)) for cell in cells}
    return not names.isdisjoint(DIGEST_COLUMNS) and not any(recognized(cell.strip(), None, None) for cell in cells)


def _delimited(
    lines: Iterator[Line], columns: Columns, delimiter: str, stated: Stated, report: LossReport
) -> Iterator[Row]:
    for number, cells, is_too_long in delimited_rows(lines, delimiter):
        if cells is None:
            yield RefusedRow(number, RowRefusal.TOO_LONG if is_too_long else RowRefusal.MALFORMED)
        else:
            yield columns.row(number, cells, stated, report)


def _shaped(lines: Iterator[Line], delimiter: str, stated: Stated, report: LossReport) -> Iterator[Row]:
    for number, line in lines:
        if line is None:
            yield RefusedRow(number, RowRefusal.TOO_LONG)
        elif not line or line.isspace():
            continue
        elif " " in line and (row := _sum(number, line, stated, report)):
            yield row
        elif delimiter in line or '"' in line:
            yield _cells(number, split_cells(line, delimiter), stated, report)
        else:
            gathered = Gathered(stated, report)
            gathered.take(line.strip())
            yield gathered.row(number)


def _sum(number: int, line: str, stated: Stated, report: LossReport) -> Row | None:
    """Return the row of a line that `md5sum` and its kin write, with `--tag` or without; None when it is no such line.

    A name with a backslash or an end of line in it is escaped, and the line then begins with a backslash.
    """
    gathered = Gathered(stated, report)
    if tagged := _TAGGED.fullmatch(line):
        escaped, name = tagged[1], tagged[3]
        gathered.take(tagged[4], Form(tagged[2].lower()))
    elif (plain := _SUM.fullmatch(line)) and gathered.offer(plain[2]):
        escaped, name = plain[1], plain[3]
    else:
        return None
    if escaped:
        name = _ESCAPED.sub(lambda found: _UNESCAPED[found[1]], name)
    return gathered.row(number, {"files": (KnownFile(name=name),)})


def _cells(number: int, cells: list[str] | None, stated: Stated, report: LossReport) -> Row:
    """Return the row of cells without a header: digests by their shape, all else kept under its place, from 1."""
    if cells is None:
        return RefusedRow(number, RowRefusal.MALFORMED)
    gathered = Gathered(stated, report)
    extra: dict[str, Json] = {}
    for place, cell in enumerate(cells, 1):
        text = cell.strip()
        if text and not gathered.offer(text):
            extra[f"column {place}"] = cell
    return gathered.row(number, {"extra": extra})

"""Writes an invented list and the truth about it, in two files that have only the numbers of the rows in common."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import fields
from itertools import islice
from operator import itemgetter
from random import Random
from typing import BinaryIO, Final

from tsunagu.domain.errors import InputError
from tsunagu.resolution.invented.orders import COLUMNS, Shop, Truth

ENCODINGS: Final = ("cp932", "utf-8")
MOST_ROWS: Final = 2_000_000
LOST: Final = "〓"
"""What the shop's program wrote where cp932 has no character, as 𠮷."""


def write_list(
    rows: int,
    seed: int,
    *,
    out: BinaryIO,
    truth: BinaryIO,
    encoding: str = "cp932",
    told: Callable[[int], object] = lambda _: None,
) -> None:
    """Write `rows` orders in order of their day, and what is true of each; the same bytes for the same arguments.

    Args:
        rows: 1 to 2,000,000. The last person's orders may be cut off.
        seed: what everything is drawn from.
        out: the list, comma-separated with a header in Japanese, lines ended by CR LF.
        truth: a table of the fields of `Truth`, in UTF-8; `row` counts the rows of the list from 1, without its header.
        encoding: of the list, one of `ENCODINGS`.
        told: called with the number of orders that are invented.

    Raises:
        InputError: the number of rows or the encoding is none of these.
    """
    if not 1 <= rows <= MOST_ROWS:
        raise InputError("a list has between 1 and 2,000,000 rows")
    if encoding not in ENCODINGS:
        raise InputError("a list is written in cp932 or in UTF-8")
    names = [one.name for one in fields(Truth)]
    orders: list[tuple[int, bytes, bytes]] = []
    for at, order in enumerate(islice(Shop(Random(seed)).orders(), rows)):  # noqa: S311 - invented people are no secret
        facts = [_fact(getattr(order.truth, name)) for name in names[1:]]
        orders.append((order.day.toordinal(), _line(order.cells, encoding), _line(facts, "utf-8")))
        if at % 4096 == 0:
            told(at)
    orders.sort(key=itemgetter(0))
    out.write(_line(list(COLUMNS), encoding))
    truth.write(_line(names, "utf-8"))
    for number, (_, cells, facts_) in enumerate(orders, 1):
        out.write(b"%d," % (100_000 + number) + cells)
        truth.write(b"%d," % number + facts_)


def _fact(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _line(cells: list[str], encoding: str) -> bytes:
    """Return a line of comma-separated cells; what the encoding has no character for becomes a mark."""
    text = ",".join(cells)
    if text.count(",") >= len(cells) or '"' in text or "\n" in text:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="").writerow(cells)
        text = buffer.getvalue()
    try:
        return f"{text}\r\n".encode(encoding)
    except UnicodeEncodeError:
        return "".join(one if _fits(one, encoding) else LOST for one in f"{text}\r\n").encode(encoding)


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True

"""Rows as JSON has them: an array of objects, objects one behind the other, or arrays under the names of tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from tsunagu.domain.errors import InputError
from tsunagu.exchange.seized.tables import RawRow, RawTable

_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_NO_JSON: Final = "the file is no JSON of rows"
_BETWEEN: Final = " \t\r\n,"


def looks_like_json(start: bytes) -> bool:
    """Return whether a file that begins so is JSON of rows."""
    text = start.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return text.replace(b"\0", b"").lstrip()[:1] in {b"[", b"{"}


def told_objects(data: bytes) -> list[RawTable]:
    """Return the tables of a JSON file: one without a name, or several by theirs.

    A row is an object; its own bytes are those of the file. A column is a name that any row has, in order of
    appearance; what is nested stays JSON in its cell. What stands among the rows and is no object is a row that
    cannot be read.

    Raises:
        InputError: the file is no JSON of rows.
    """
    codec = next((codec for mark, codec in _MARKS.items() if data.startswith(mark)), "") or _codec(data)
    text = data.decode(codec, "replace").removeprefix("\ufeff")
    codec = codec.removesuffix("-sig")
    start = len(data) - len(text.encode(codec, "replace")) if codec != "cp932" else 0
    decoder = json.JSONDecoder()
    first = _skip(text, 0)
    try:
        if text[first : first + 1] == "[":
            return [_table("", _found(text, first + 1, decoder, codec, start))]
        value, _ = decoder.raw_decode(text, first)
    except (ValueError, RecursionError) as error:
        raise InputError(_NO_JSON) from error
    if isinstance(value, dict) and value and all(isinstance(one, list) for one in value.values()):
        return [_table(name, _within(rows)) for name, rows in value.items()]
    return [_table("", _found(text, first, decoder, codec, start))]


def _codec(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp932"
    return "utf-8"


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BETWEEN:
        at += 1
    return at


def _found(
    text: str, at: int, decoder: json.JSONDecoder, codec: str, start: int
) -> Iterator[tuple[int, int, bytes, Any]]:
    """Yield the number, the offset, the bytes and the value of each row."""
    offset, counted, number = start, 0, 0
    while (at := _skip(text, at)) < len(text) and text[at] != "]":
        value, end = decoder.raw_decode(text, at)
        raw = text[at:end].encode(codec, "replace")
        offset += len(text[counted:at].encode(codec, "replace"))
        number += 1
        yield number, offset, raw, value
        offset, counted, at = offset + len(raw), end, end


def _within(rows: list[Any]) -> Iterator[tuple[int, int, bytes, Any]]:
    for number, value in enumerate(rows, 1):
        yield number, number, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), value


def _table(name: str, found: Iterator[tuple[int, int, bytes, Any]]) -> RawTable:
    try:
        taken = list(found)
    except (ValueError, RecursionError) as error:
        raise InputError(_NO_JSON) from error
    titles: dict[str, None] = {}
    for *_, value in taken:
        if isinstance(value, dict):
            titles |= dict.fromkeys(value)
    rows = [
        RawRow(number, offset, raw, [_cell(value.get(one)) for one in titles] if isinstance(value, dict) else None)
        for number, offset, raw, value in taken
    ]
    return RawTable(name, [one.encode("utf-8", "surrogatepass") for one in titles], rows)


def _cell(value: Any) -> bytes:
    if value is None:
        return b""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")

"""What commands print: tables for people, one JSON object a line for machines, errors with their exit status.

At a terminal long cells fold within their column; elsewhere nothing is ever cut or wrapped, and a row is a line.
"""

from __future__ import annotations

import base64
import json
import sys
import traceback
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tsunagu.domain.errors import TsunaguError

screen = Console(soft_wrap=not sys.stdout.isatty())
complaints = Console(stderr=True, soft_wrap=not sys.stderr.isatty())


def print_json(value: Any) -> None:
    """Print one value as one line of JSON, with everything in it escaped that could move a terminal or break a line."""
    text = json.dumps(value, ensure_ascii=False)
    if not text.isprintable():
        text = "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)
    sys.stdout.write(text + "\n")


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str, whole: Collection[str] = ()
) -> None:
    """Print rows under their columns.

    Args:
        columns: their headings.
        rows: the cells, each printed as text; within a cell a line break is allowed.
        empty: what it means that there are none.
        whole: columns whose cells stay in one piece even where that makes a row wider than the terminal: what is
            typed again, such as an id.
    """
    cells = [[str(cell) for cell in row] for row in rows]
    if not cells:
        screen.print(Text(empty, style="dim"))
    elif sys.stdout.isatty():
        screen.print(_folding(columns, cells, whole), crop=False)
    else:
        _print_lines(columns, cells)


def _folding(columns: Sequence[str], rows: Sequence[Sequence[str]], whole: Collection[str]) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for number, column in enumerate(columns):
        width = max(Text(row[number]).cell_len for row in rows) if column in whole else None
        table.add_column(column, overflow="fold", no_wrap=column in whole, min_width=width)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _print_lines(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [[Text(cell.replace("\n", "; ")) for cell in row] for row in (columns, *rows)]
    widths = [max(row[number].cell_len for row in lines) for number in range(len(columns))]
    for row in lines:
        padded = (cell.plain + " " * (width - cell.cell_len) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write("  ".join(padded).rstrip() + "\n")


def print_error(error: TsunaguError) -> None:
    """Print what went wrong; details are the caller's own words and may be shown on his screen."""
    complaints.print(Text(f"tsunagu: {error}", style="red"))


def print_bug(error: Exception) -> None:
    """Print the kind and place of a failure that nobody anticipated, and nothing of its message."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "tsunagu" in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    complaints.print(Text(f"tsunagu: a bug: {type(error).__name__} at {place}; nothing was answered", style="bold red"))


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun, `one` or `many`."""
    return f"{number:,} {one if number == 1 else many}"


def shown_path(path: bytes) -> dict[str, str | None]:
    """Return a path as text that is safe to print, and its exact bytes in base64 when it is not UTF-8."""
    try:
        return {"path": path.decode("utf-8"), "path_b64": None}
    except UnicodeDecodeError:
        return {"path": path.decode("utf-8", "replace"), "path_b64": base64.b64encode(path).decode()}


def path_text(path: bytes) -> str:
    """Return a path for a table, with everything unprintable escaped."""
    return "".join(
        character if character.isprintable() else f"\\x{ord(character):02x}"
        for character in path.decode("utf-8", "backslashreplace")
    )

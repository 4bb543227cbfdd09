"""What commands print: tables for people, one JSON object a line for machines, errors with their exit status.

Nothing is ever cut. At a terminal a table that is too wide becomes a block a row; elsewhere a row is always a line.
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
from rich.text import Text

from tsunagu.domain.errors import TsunaguError
from tsunagu.domain.writing import is_printable

GAP = "  "


class _Screen(Console):
    """A terminal that nothing moves which somebody outside has written: what cannot be shown is escaped."""

    def print(self, *objects: Any, **how: Any) -> None:
        """Print texts as they are, but for what is no character to look at; see `Console.print`."""
        super().print(*map(_harmless, objects), **how)


def _harmless(shown: Any) -> Any:
    text = shown.plain if isinstance(shown, Text) else shown
    if not isinstance(text, str) or is_printable(text.replace("\n", " ").replace("\t", " ")):
        return shown
    lines = "\n".join("\t".join(map(_escaped, line.split("\t"))) for line in text.split("\n"))
    return Text(lines, style=shown.style) if isinstance(shown, Text) else lines


screen = _Screen(soft_wrap=not sys.stdout.isatty())
complaints = _Screen(stderr=True, soft_wrap=not sys.stderr.isatty())


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
        rows: the cells, each printed as text; a line break becomes a semicolon.
        empty: what it means that there are none.
        whole: columns that head a row's block where the table is too wide: what is typed again, such as an id.
    """
    cells = [[Text(str(cell).replace("\n", "; ")) for cell in row] for row in rows]
    if not cells:
        screen.print(Text(empty, style="dim"))
        return
    widths = [max(cell.cell_len for cell in column) for column in zip(map(Text, columns), *cells, strict=True)]
    if sys.stdout.isatty() and sum(widths) + len(GAP) * (len(widths) - 1) > screen.width:
        _print_blocks(columns, cells, whole)
        return
    for style, row in (("bold", list(map(Text, columns))), *(("", row) for row in cells)):
        padded = (cell.plain + " " * (width - cell.cell_len) for cell, width in zip(row, widths, strict=True))
        screen.print(Text(GAP.join(padded).rstrip(), style=style), soft_wrap=True)


def _print_blocks(columns: Sequence[str], rows: Sequence[Sequence[Text]], whole: Collection[str]) -> None:
    """Print a block for each row: what is typed again on its first line, the rest named beneath."""
    for row in rows:
        named = [(column, cell) for column, cell in zip(columns, row, strict=True) if cell]
        first = GAP.join(f"{column} {cell}".strip() for column, cell in named if column in whole)
        screen.print(Text(first, style="bold"), soft_wrap=True)
        for column, cell in named:
            if column not in whole:
                screen.print(Text(f"{GAP}{column} {cell}".rstrip()), soft_wrap=True)


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
    return _escaped(path.decode("utf-8", "backslashreplace"))


def _escaped(text: str) -> str:
    return "".join(one if is_printable(one) else f"\\x{ord(one):02x}" for one in text)

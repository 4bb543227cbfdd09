"""What commands print: tables for people, one JSON object a line for machines, errors with their exit status."""

from __future__ import annotations

import base64
import json
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tsunagu.domain.errors import TsunaguError

screen = Console()
complaints = Console(stderr=True)


def print_json(value: Any) -> None:
    """Print one value as one line of JSON, with everything in it escaped that could move a terminal or break a line."""
    text = json.dumps(value, ensure_ascii=False)
    if not text.isprintable():
        text = "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)
    sys.stdout.write(text + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print rows under their columns; `empty` says what it means that there are none."""
    table = Table(*columns, header_style="bold", box=None, pad_edge=False)
    count = 0
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
        count += 1
    screen.print(table if count else Text(empty, style="dim"))


def print_error(error: TsunaguError) -> None:
    """Print what went wrong; details are the caller's own words and may be shown on his screen."""
    complaints.print(Text(f"tsunagu: {error}", style="red"))


def print_bug(error: Exception) -> None:
    """Print the kind and place of a failure that nobody anticipated, and nothing of its message."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "tsunagu" in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    complaints.print(Text(f"tsunagu: a bug: {type(error).__name__} at {place}; nothing was answered", style="bold red"))


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

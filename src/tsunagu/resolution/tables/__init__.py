"""Tables of postcodes and places, written by `make/postal_tables.py` out of Japan Post's published data."""

from __future__ import annotations

from importlib.resources import files


def rows(name: str, mark: str | None = "\t") -> list[list[str]]:
    """Return the cells of each line of a table; without a `mark` they are parted by spaces."""
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    return [line.split(mark) for line in text.splitlines()]

"""What the categories of a list mean, as an officer states it: no list tells it, and nothing here guesses it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tsunagu.domain.errors import InputError
from tsunagu.exchange.reading import CategoryTables

MOST_TABLE_BYTES = 256 << 10
Told = dict[str, dict[str, str]]


def told_tables(text: str) -> Told:
    """Return what an officer says that categories mean, by "context/version" and code; nothing for an empty text.

    Raises:
        InputError: it is no JSON of this form: {"context/version": {"1": "meaning"}}, is too long, or unprintable.
    """
    if not text.strip():
        return {}
    if len(text.encode(errors="replace")) > MOST_TABLE_BYTES:
        raise InputError("a table of categories is longer than any is")
    try:
        told = {
            place: {str(int(code)): str(meaning) for code, meaning in codes.items()}
            for place, codes in json.loads(text).items()
        }
    except (AttributeError, ValueError, RecursionError) as error:
        raise InputError('categories are told as JSON of this form: {"context/version": {"1": "meaning"}}') from error
    if not all(one.isprintable() for place, codes in told.items() for one in (place, *codes.values())):
        raise InputError("a table of categories holds a character that cannot be printed")
    return told


def tables_of(told: Mapping[str, Mapping[str, str]]) -> CategoryTables:
    """Return what was told as the readers of lists take it."""
    return {
        (context, version): {int(code): meaning for code, meaning in codes.items()}
        for place, codes in told.items()
        for context, _, version in (place.rpartition("/"),)
    }

"""The plain values that a message is made of, read so that a database, a digest and every reader can hold them."""

from __future__ import annotations

import json
from typing import Any, Final

MOST_NUMBER_SIZE: Final = 2**63
"""No number is as large: a database's whole numbers end there."""
MOST_DEEP: Final = 64
"""So many lists and objects lie within one another at most; a message needs fewer than ten."""


def plain_values(payload: bytes) -> Any:
    """Return what JSON in UTF-8 says.

    Raises:
        ValueError: it is none, lies too deep, or has a number too large or that is none, a NUL, half a surrogate.
    """
    try:
        said = json.loads(payload.decode(), parse_constant=_constant, parse_int=_whole, parse_float=_float)
    except RecursionError:
        raise ValueError("too deep") from None
    level = [said]
    for _ in range(MOST_DEEP):
        level = [inner for one in level for inner in _within(one)]
        if not level:
            return said
    raise ValueError("too deep")


def _within(value: object) -> list[Any]:
    """Return what lies directly within a value."""
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and b"\0" in value.encode():  # half a surrogate pair is a ValueError of its own
        raise ValueError("a NUL")
    return []


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _whole(text: str) -> float:
    return _bounded(int(text))


def _float(text: str) -> float:
    return _bounded(float(text))


def _bounded(number: float) -> float:
    if not -MOST_NUMBER_SIZE < number < MOST_NUMBER_SIZE:
        raise ValueError("too large a number")
    return number

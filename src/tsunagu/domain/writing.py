"""What people may write, whatever their script."""

from __future__ import annotations

from typing import Final

IDEOGRAPHIC_SPACE: Final = "\u3000"


def is_printable(text: str) -> bool:
    """Return whether a text can be shown as it is: no character of it moves a terminal, breaks a line or is nothing.

    The space that stands between the names of a Japanese counts as any other, which it does not for `str.isprintable`.
    """
    return text.replace(IDEOGRAPHIC_SPACE, " ").isprintable()

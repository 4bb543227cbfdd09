"""How what officers name stands in an address."""

from __future__ import annotations

ESCAPES = (("~", "~0"), ("/", "~1"), (".", "~2"))
"""What would end a path's segment, or be taken away by a browser, and how it is written; `~` first.

Source: RFC 6901, JSON Pointer, section 3, for the first two.
"""


class ReferenceConverter:
    """A case's reference as one segment of a path: officers write `DK/2026/17`, and may write `..`."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Return the reference that a segment stands for."""
        for plain, escaped in reversed(ESCAPES):
            value = value.replace(escaped, plain)
        return value

    def to_url(self, value: str) -> str:
        """Return the segment that stands for a reference."""
        for plain, escaped in ESCAPES:
            value = value.replace(plain, escaped)
        return value

"""Several sealed messages as one run of bytes: what is sent at once, or carried in one file."""

from __future__ import annotations

from collections.abc import Iterable

from tsunagu.domain.errors import InputError
from tsunagu.federation.envelope import MOST_BYTES

MOST_MESSAGES = 10_000
MOST_SENT_BYTES = 16 << 20
"""So large is what goes over a line at once, at most."""
_LENGTH_BYTES = 4


def bundled(messages: Iterable[bytes]) -> bytes:
    """Return messages as one: each after its length, 4 bytes, big-endian."""
    return b"".join(len(one).to_bytes(_LENGTH_BYTES) + one for one in messages)


def unbundled(content: bytes) -> tuple[bytes, ...]:
    """Return the messages of a bundle, in order.

    Raises:
        InputError: it is no bundle, is cut off, or holds too many or too large ones.
    """
    found: list[bytes] = []
    at = 0
    while at < len(content):
        end = at + _LENGTH_BYTES + int.from_bytes(content[at : at + _LENGTH_BYTES])
        if end > len(content) or end - at > MOST_BYTES + _LENGTH_BYTES or len(found) == MOST_MESSAGES:
            raise InputError("these are no messages of an installation, or they are cut off")
        found.append(content[at + _LENGTH_BYTES : end])
        at = end
    return tuple(found)

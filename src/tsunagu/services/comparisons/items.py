"""Contents as they go to another installation to be compared: digests and fingerprints, and not where they lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tsunagu.domain.hub import HubRefusal, MessageRefused
from tsunagu.domain.media import Examined, MediaFacts
from tsunagu.federation.comparison_messages import MOST_LINES_BYTES
from tsunagu.services.intake.lines import NotALine, decode_item, encode_item

_MOST_DIGITS = 12


def bared(number: int, one: Examined) -> Examined:
    """Return a content without its path, its tags and how it was encoded.

    What stays: type, size in bytes, pixels and seconds, by which the other side weighs a hit; digests; fingerprints.
    What could not be examined to its end goes with what was learnt of it.

    Args:
        number: takes the path's place.
        one: the content.
    """
    facts = MediaFacts(one.facts.width, one.facts.height, one.facts.duration_s)
    return replace(one, path=_place(number), facts=facts, refused=None)


def lines_of(contents: Sequence[Examined]) -> Iterator[tuple[bytes, ...]]:
    """Yield contents as the lines of one message after the other.

    What has so many frames, or so much sound, that it does not go into a message is asked about without them.
    """
    some: list[bytes] = []
    size_bytes = 0
    for number, one in enumerate(contents, 1):
        bare = bared(number, one)
        shorter = (bare, replace(bare, frames=()), replace(bare, frames=(), sound=None))
        line = next(line for line in map(encode_item, shorter) if len(line) <= MOST_LINES_BYTES)
        if some and size_bytes + len(line) > MOST_LINES_BYTES:
            yield tuple(some)
            some, size_bytes = [], 0
        some.append(line)
        size_bytes += len(line)
    yield tuple(some)


def understood(lines: Sequence[bytes]) -> tuple[Examined, ...]:
    """Return the contents that lines of another installation tell.

    Raises:
        MessageRefused: MALFORMED: one is no line, or tells more than `bared` leaves.
    """
    try:
        found = tuple(map(decode_item, lines))
    except NotALine:
        raise MessageRefused(HubRefusal.MALFORMED) from None
    if any(not _is_bare(one) for one in found):
        raise MessageRefused(HubRefusal.MALFORMED)
    return found


def _is_bare(one: Examined) -> bool:
    number = one.path.removeprefix(b"asked ")
    is_number = number.isdigit() and len(number) <= _MOST_DIGITS
    return is_number and one.digests is not None and one == bared(int(number), one)


def _place(number: int) -> bytes:
    return b"asked %d" % number

"""How a multi-index divides a fingerprint's bits: how many parts, how wide, and how far each is searched.

A fingerprint is cut into parts, and each part of a query is looked up with up to `radius` of its bits flipped. By the
general pigeonhole principle nothing is missed when the sum of (radius + 1) over the parts exceeds the radius asked for
(Qin et al., "GPH: Similarity Search in Hamming Space", ICDE 2018).

Rows whose keys differ in their last bits alone lie together in one block, of about one cache line. What a search costs
is how many lines it has to wait for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import comb, exp

LARGEST_RADIUS = 3
"""No part is searched further: a fourth flipped bit costs more looking up than it spares."""
LARGEST_SHIFT = 6
"""The keys of one block are the bits of one word."""
_ROW_BITS = 32
_WIDTHS = range(6, 33)
_MOST_PARTS = 24
_ROWS_A_LINE, _NUMBERS_A_LINE = 4, 16
_WORDS_A_LINE_LOG2 = 3
_LINE_NS, _CACHED_NS, _STEP_NS = 12.0, 4.0, 2.0
_CACHED_BLOCKS = 1 << 17


@dataclass(frozen=True, slots=True)
class Plan:
    """The division of a fingerprint's bits.

    Attributes:
        widths: bits of each part, in the order of the bits; their sum is the fingerprint's length.
        radii: how many bits may be flipped in each part, for the radius the plan was made for.
        shifts: each part's keys that differ in so many last bits alone share a block.
    """

    widths: tuple[int, ...]
    radii: tuple[int, ...]
    shifts: tuple[int, ...]

    @property
    def bit_starts(self) -> tuple[int, ...]:
        """The place of the first bit of each part."""
        return tuple(sum(self.widths[:part]) for part in range(len(self.widths)))


@cache
def plan_parts(rows: int, bits: int, radius_bits: int, bytes_a_row: float) -> Plan:
    """Return the division that answers fastest by the count of cache lines, within a bound of memory.

    Args:
        rows: at least 1.
        bits: length of a fingerprint.
        radius_bits: the radius that is asked for most, below `bits`.
        bytes_a_row: what tables may take for each row, without the fingerprints themselves; where nothing keeps it,
            the smallest division is taken.
    """
    plans = list(_divisions(bits, radius_bits))
    within = [one for one in plans if _bytes_a_row(rows, one[0]) <= bytes_a_row]
    if within:
        widths, radii = min(within, key=lambda one: _cost_ns(rows, *one))
    else:
        widths, radii = min(plans, key=lambda one: _bytes_a_row(rows, one[0]))
    return Plan(widths, radii, tuple(_shift(rows, width, part) for part, width in enumerate(widths)))


def _divisions(bits: int, radius_bits: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield widths and radii: at most two radii, that are neighbours, and of each at most two widths, that are too."""
    # No part is wider than a row number.
    units = max(radius_bits + 1, -(-bits // _WIDTHS[-1]))
    for parts in range(1, min(units, _MOST_PARTS) + 1):
        radius, more = divmod(units, parts)
        if radius + bool(more) > LARGEST_RADIUS + 1:
            continue
        for wide_bits in range(more, bits) if more else (0,):
            widths = _even(wide_bits, more) + _even(bits - wide_bits, parts - more)
            if all(width in _WIDTHS for width in widths):
                yield widths, (radius,) * more + (radius - 1,) * (parts - more)


def _even(bits: int, parts: int) -> tuple[int, ...]:
    """Cut `bits` into parts that differ by one bit at most, the wide ones first."""
    if not parts:
        return ()
    width, wider = divmod(bits, parts)
    return (width + 1,) * wider + (width,) * (parts - wider)


def _shift(rows: int, width: int, part: int) -> int:
    """Blocks are to fill a line: of row numbers, or of the rows themselves, which lie in the first part's order."""
    line = _NUMBERS_A_LINE if part else _ROWS_A_LINE
    fitting = (line << width).bit_length() - rows.bit_length()
    # A row number and the last bits of its key share 32 bits.
    most = min(LARGEST_SHIFT, _ROW_BITS - rows.bit_length(), width)
    return max(0, min(most, fitting))


def _bytes_a_row(rows: int, widths: tuple[int, ...]) -> float:
    blocks = 0.0
    for part, width in enumerate(widths):
        shift = _shift(rows, width, part)
        blocks += (1 << (width - shift)) * (4 + 8 * (shift == LARGEST_SHIFT))
    return 4 * (len(widths) - 1) + blocks / rows


def _cost_ns(rows: int, widths: tuple[int, ...], radii: tuple[int, ...]) -> float:
    return sum(_table_ns(rows, *one, min(part, 1)) for part, one in enumerate(zip(widths, radii, strict=True)))


@cache
def _table_ns(rows: int, width: int, radius: int, part: int) -> float:
    shift, a_line = _shift(rows, width, part), _NUMBERS_A_LINE if part else _ROWS_A_LINE
    load = rows / (1 << width)
    asked = lines = steps = candidates = 0.0
    for flipped in range(radius + 1):
        blocks = comb(width - shift, flipped)
        keys = sum(comb(shift, more) for more in range(radius - flipped + 1))
        is_there = 1 - exp(-load * (keys if shift == LARGEST_SHIFT else 1 << shift))
        asked += comb(max(0, width - shift - _WORDS_A_LINE_LOG2), flipped)
        steps += blocks
        lines += blocks * is_there * (1 + load * (1 << shift) / a_line)
        candidates += load * comb(width, flipped) if part else 0.0
    asked_ns = _CACHED_NS if 1 << (width - shift) <= _CACHED_BLOCKS else _LINE_NS
    return asked * asked_ns + (lines + candidates) * _LINE_NS + (steps + candidates) * _STEP_NS

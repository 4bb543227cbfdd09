"""How a multi-index divides a fingerprint's bits: how many parts, how wide, and how far each is searched.

A fingerprint is cut into parts, and each part of a query is looked up with up to `radius` of its bits flipped. By the
general pigeonhole principle nothing is missed when the sum of (radius + 1) over the parts exceeds the radius asked for
(Qin et al., "GPH: Similarity Search in Hamming Space", ICDE 2018).

Rows whose keys differ in their last bits alone lie together in one block, as a list of signatures. What a search costs
is how many lists it opens, how many entries it passes there, and how many rows it has to look at all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import comb

from tsunagu.index.nearness import SIGNATURE_BITS
from tsunagu.index.row_numbers import bytes_of_numbers

LARGEST_RADIUS = 3
"""No part is searched further: a fourth flipped bit costs more looking up than it spares."""
LARGEST_SHIFT = 12
"""More bits of a key would leave a signature too few of the part that follows."""
_BLOCK_BITS = (16, 17, 18, 19, 20, 32)
"""More blocks are shorter lists; but where there are more than 2**16, row numbers take more room."""
LIST_NS, ENTRY_NS, ROW_NS = 55.0, 0.8, 40.0
"""What it takes to open the list of a block, to pass an entry of it, and to look at an entry's row."""
_WIDTHS = range(6, 33)
_MOST_PARTS = 24
_LEAST_ROWS_A_BLOCK = 8


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
    """Return the division that answers fastest by what is to be looked at, within a bound of memory.

    Args:
        rows: at least 1.
        bits: length of a fingerprint.
        radius_bits: the radius that is asked for most, below `bits`.
        bytes_a_row: what tables may take for each row, without the fingerprints themselves; where nothing keeps it,
            the smallest division is taken.
    """
    plans = [
        Plan(widths, radii, tuple(_shift(rows, *part, most) for part in zip(widths, radii, strict=True)))
        for widths, radii in _divisions(bits, radius_bits)
        for most in _BLOCK_BITS
    ]
    within = [one for one in plans if _bytes_a_row(rows, one) <= bytes_a_row]
    if within:
        return min(within, key=lambda one: _cost_ns(rows, one))
    return min(plans, key=lambda one: _bytes_a_row(rows, one))


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


@cache
def _shift(rows: int, width: int, radius: int, most_block_bits: int) -> int:
    shifts = _shifts(rows, width)
    within = [shift for shift in shifts if width - shift <= most_block_bits] or shifts[-1:]
    return min(within, key=lambda shift: _table_ns(rows, width, radius, shift))


def _shifts(rows: int, width: int) -> range:
    """Blocks are not to take more than lists do: so many last bits may be told apart within one."""
    least = (_LEAST_ROWS_A_BLOCK << width).bit_length() - rows.bit_length()
    most = min(LARGEST_SHIFT, width)
    return range(min(max(0, least), most), most + 1)


def _bytes_a_row(rows: int, plan: Plan) -> float:
    blocks = [1 << (width - shift) for width, shift in zip(plan.widths, plan.shifts, strict=True)]
    numbers = sum(bytes_of_numbers(rows, each) for each in blocks[1:])
    return SIGNATURE_BITS / 8 * len(blocks) + (numbers + 4 * sum(blocks)) / rows


def _cost_ns(rows: int, plan: Plan) -> float:
    tables = zip(plan.widths, plan.radii, plan.shifts, strict=True)
    return sum(_table_ns(rows, width, radius, shift) for width, radius, shift in tables)


@cache
def _table_ns(rows: int, width: int, radius: int, shift: int) -> float:
    """What a query costs in one table, where rows are uniform and the part that follows may differ as far."""
    load, of_next = rows / (1 << width), SIGNATURE_BITS - shift
    lists = met = 0.0
    for flipped in range(radius + 1):
        blocks = comb(width - shift, flipped)
        lists += blocks
        for last in range(radius - flipped + 1):
            # The two parts together may differ by one bit more than each of them may.
            left = 2 * radius + 1 - flipped - last
            passed = sum(comb(of_next, bits) for bits in range(left + 1)) / (1 << of_next)
            met += blocks * comb(shift, last) * load * passed
    return lists * (LIST_NS + load * (1 << shift) * ENTRY_NS) + met * ROW_NS

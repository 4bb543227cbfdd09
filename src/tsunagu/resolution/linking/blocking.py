"""Which pairs of rows are worth comparing: those that share something rare enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.resolution.linking.observed import NOTHING, Codes, Observed

LARGEST_BLOCK: Final = 120
"""Rows that may share one key and still be compared each with each; more share it by chance or by default."""
Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The pairs to compare.

    Attributes:
        pairs: shape (pairs, 2), int32, the smaller row first, in order.
        too_common: how many keys were shared by so many rows that they led to no comparison, by the rule's name.
    """

    pairs: NDArray[np.int32]
    too_common: dict[str, int]


def candidates(rows: Observed) -> Candidates:
    """Return every pair of rows that shares a mailbox, a telephone, a house, or a name together with something else.

    A name alone leads to no comparison: nobody is found by it, and nobody merged.
    """
    found: list[Keys] = []
    too_common: dict[str, int] = {}
    for name, keys in _rules(rows):
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        start = int(np.searchsorted(ordered, 0))
        pairs, skipped = _paired(ordered[start:], order[start:].astype(np.int64))
        found.append(pairs)
        too_common[name] = int(skipped)
    packed = np.unique(np.concatenate(found))
    both_rows = np.column_stack([packed >> 32, packed & 0xFFFFFFFF]).astype(np.int32)
    return Candidates(both_rows, too_common)


def _rules(rows: Observed) -> list[tuple[str, Keys]]:
    """Return each rule's name and one key a row, negative where it has none."""
    person = np.where(rows.sound != NOTHING, rows.sound, NOTHING)
    return [
        ("mailbox", rows.extra.astype(np.int64)),
        ("telephone", rows.phone.astype(np.int64)),
        ("sound and postcode", both(person, rows.postcode)),
        ("writing and postcode", both(rows.written, rows.postcode)),
        ("sound and birth", both(person, rows.born)),
        ("writing and birth", both(rows.written, rows.born)),
        ("postcode, house and room", both(rows.postcode, both_codes(rows.house, rows.room))),
        ("place and house", both(rows.place, rows.house)),
        ("sound and account", both(person, rows.local)),
    ]


def both(one: Codes, other: Codes | Keys) -> Keys:
    """Return one key for two codes, negative where either says nothing."""
    width = int(other.max(initial=0)) + 1
    return np.where((one < 0) | (other < 0), np.int64(NOTHING), one.astype(np.int64) * width + other)


def both_codes(one: Codes, other: Codes) -> Keys:
    """Return one key for two codes of which the second may say nothing."""
    width = int(other.max(initial=0)) + 2
    return np.where(one < 0, np.int64(NOTHING), one.astype(np.int64) * width + other + 1)


def _paired(keys: Keys, rows: Keys) -> tuple[Keys, int]:
    """Return all pairs of rows with one key, packed with the smaller row in the high half, and the keys passed over.

    Args:
        keys: in order.
        rows: the row of each key.
    """
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    sizes = np.diff(starts, append=len(keys))
    found = [np.zeros(0, np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= LARGEST_BLOCK)]).tolist():
        members = rows[starts[sizes == size][:, None] + np.arange(size)]
        one, other = (members[:, side].ravel() for side in np.triu_indices(size, 1))
        found.append(np.minimum(one, other) << 32 | np.maximum(one, other))
    return np.concatenate(found), int((sizes > LARGEST_BLOCK).sum())

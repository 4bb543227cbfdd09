"""The blast radius of new items: how much of what is not meant lies near them. Too wide ones answer nobody at first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from tsunagu.domain.bank import Quarantine
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.flat import FlatIndex
from tsunagu.index.protocol import Index
from tsunagu.records import bank_items
from tsunagu.records.bank_items import NewItem

_PDQ = FingerprintKind.PDQ

MOST_BENIGN = 0
"""So much of what was declared benign may lie near an item that goes live at once."""
MOST_RECENT = 5
"""So much of what was asked for lately, and was not known, may."""
_AT_ONCE = 4096


def too_wide(items: Index, radius_bits: int) -> dict[int, Quarantine]:
    """Return the items of an index that too much of an agency's corpus lies near to, by their id.

    The corpus is what the agency has declared benign, and what it asked for lately without finding it: each of that
    is asked for in the index, so that ten million new items cost no more than ten. Call it within `acting_for`.

    Args:
        radius_bits: that of the bank.
    """
    benign = _hits(items, bank_items.benign_fingerprints(), radius_bits)
    recent = _hits(items, bank_items.recent_fingerprints(), radius_bits)
    wide = {one for one, hits in benign.items() if hits > MOST_BENIGN}
    wide |= {one for one, hits in recent.items() if hits > MOST_RECENT}
    return {one: Quarantine(benign.get(one, 0), recent.get(one, 0)) for one in wide}


def quarantined(items: Sequence[NewItem], radius_bits: int) -> list[NewItem]:
    """Return new items, with a quarantine where too much of the corpus lies near. Call it within `acting_for`."""
    numbers = [number for number, item in enumerate(items) if item.pdq]
    table = np.frombuffer(b"".join(items[number].pdq or b"" for number in numbers), np.uint8)
    rows = table.reshape(-1, _PDQ.bits // 8)
    wide = too_wide(FlatIndex(_PDQ, rows, np.array(numbers, np.int64), version="new items"), radius_bits)
    return [item._replace(quarantine=wide.get(number)) for number, item in enumerate(items)]


def _hits(items: Index, corpus: Iterator[bytes], radius_bits: int) -> dict[int, int]:
    counts: dict[int, int] = {}
    while some := list(islice(corpus, _AT_ONCE)):
        _, item_ids, _ = items.search_table(np.frombuffer(b"".join(some), np.uint8).reshape(len(some), -1), radius_bits)
        for item_id, hits in zip(*np.unique(item_ids, return_counts=True), strict=True):
            counts[int(item_id)] = counts.get(int(item_id), 0) + int(hits)
    return counts

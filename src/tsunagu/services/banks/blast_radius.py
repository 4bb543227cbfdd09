"""The blast radius of new items: how much of what is not meant they are, or lies near them. Too wide ones wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

import numpy as np

from tsunagu.domain.bank import Quarantine
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.domain.look_up import DigestKind
from tsunagu.index.flat import FlatIndex
from tsunagu.index.protocol import Index
from tsunagu.records import bank_corpus, bank_items
from tsunagu.records.new_items import NewItem

_PDQ = FingerprintKind.PDQ

MOST_BENIGN = 0
"""So much of what was declared benign may be the same as an item that goes live at once, or lie near it."""
MOST_RECENT = 5
"""So much of what was asked for lately, and was not known, may lie near it."""
_AT_ONCE = 4096


def imported_too_wide(import_id: UUID, items: Index, radius_bits: int, *, now: datetime) -> dict[int, Quarantine]:
    """Return the items of an import that are too wide, by their id. Call it within `acting_for`.

    The corpus is what the agency has declared benign, and what it asked for lately without finding it: each of that
    is asked for in the index, so that ten million new items cost no more than ten.

    Args:
        items: an index that has them, and may have others.
        radius_bits: that of the bank.
    """
    near = _near(items, radius_bits, now)
    wide = {item: near[item] for item in bank_items.of_import(import_id, near)}
    for item, same in bank_corpus.benign_in_import(import_id, now=now).items():
        wide[item] = _and_same(wide.get(item), same)
    return wide


def quarantined(items: Sequence[NewItem], radius_bits: int, *, now: datetime) -> list[NewItem]:
    """Return new items, with a quarantine where they are too wide. Call it within `acting_for`."""
    numbers = [number for number, item in enumerate(items) if item.pdq]
    table = np.frombuffer(b"".join(items[number].pdq or b"" for number in numbers), np.uint8)
    rows = table.reshape(-1, _PDQ.bits // 8)
    wide = _near(FlatIndex(_PDQ, rows, np.array(numbers, np.int64), version="new items"), radius_bits, now)
    digests = [_digests(item) for item in items]
    benign = bank_corpus.benign_digests({one for some in digests for one in some}, now=now)
    for number, some in enumerate(digests):
        if same := max((benign[one] for one in some), default=0):
            wide[number] = _and_same(wide.get(number), same)
    return [item._replace(quarantine=wide.get(number)) for number, item in enumerate(items)]


def _near(items: Index, radius_bits: int, now: datetime) -> dict[int, Quarantine]:
    """Return the items that too much of the agency's corpus lies near to, by their id."""
    benign = _hits(items, bank_corpus.benign_fingerprints(now=now), radius_bits)
    recent = _hits(items, bank_corpus.recent_fingerprints(), radius_bits)
    wide = {one for one, hits in benign.items() if hits > MOST_BENIGN}
    wide |= {one for one, hits in recent.items() if hits > MOST_RECENT}
    return {one: Quarantine(benign.get(one, 0), recent.get(one, 0)) for one in wide}


def _and_same(near: Quarantine | None, same: int) -> Quarantine:
    return Quarantine(same, 0) if near is None else Quarantine(max(near.benign, same), near.recent)


def _digests(item: NewItem) -> list[tuple[DigestKind, bytes]]:
    pairs = zip(DigestKind, (item.md5, item.sha1, item.sha256), strict=True)
    return [(kind, digest) for kind, digest in pairs if digest]


def _hits(items: Index, corpus: Iterator[bytes], radius_bits: int) -> dict[int, int]:
    counts: dict[int, int] = {}
    while some := list(islice(corpus, _AT_ONCE)):
        _, item_ids, _ = items.search_table(np.frombuffer(b"".join(some), np.uint8).reshape(len(some), -1), radius_bits)
        for item_id, hits in zip(*np.unique(item_ids, return_counts=True), strict=True):
            counts[int(item_id)] = counts.get(int(item_id), 0) + int(hits)
    return counts

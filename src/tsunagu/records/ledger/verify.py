"""The check of the ledger against what is kept outside the database.

Signed roots are the truth; the leaves beside them only say *where* the database departs from it. Nobody without the
signing key can make both agree with a rewritten ledger.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Final

from tsunagu.domain.errors import LedgerBroken
from tsunagu.domain.ledger import LedgerEntry, LedgerReport, SignedRoot
from tsunagu.records.ledger.chain import GENESIS, entry_hash
from tsunagu.records.ledger.merkle import Frontier
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.signing import is_signed_by


def verify(
    entries: Iterable[LedgerEntry],
    store: RootStore,
    public_keys: Mapping[str, bytes],
    *,
    witnessed: Iterable[SignedRoot] = (),
) -> LedgerReport:
    """Recompute the whole chain and compare it with every signed root; report the first thing that is wrong.

    Memory does not grow with the ledger: entries, leaves and roots are read once, side by side.

    Args:
        entries: all entries in the order of their numbers. It is not touched before the roots have been looked up, so
            a query that starts at the first `next` can hold no fewer entries than were signed.
        store: what this host keeps outside the database. A ledger that was never signed is sound and wholly unproven.
        public_keys: raw Ed25519 keys (32 bytes) by their key id; a root of any other key is a finding.
        witnessed: roots that someone else held. They also show what this host cannot: that its own newest roots
            were taken away together with the entries they covered.

    Returns:
        the report. `first_bad` is exact where an entry does not fit the chain, its number or its leaf; where leaves
        and entries were changed alike, or a root itself is bad, it is the first entry that no good root covers. When
        this host's own roots are gone, that is said as well, and is a finding by itself.

    Raises:
        Unavailable: the files cannot be read.
    """
    check = _Check(store, public_keys, witnessed)
    for entry in entries:
        check.take(entry)
    return check.finish()


_ROOTS_GONE: Final = "The signed roots beside the ledger are gone."


class _Check:
    """The state of one pass; after the first finding it only counts."""

    def __init__(self, store: RootStore, public_keys: Mapping[str, bytes], witnessed: Iterable[SignedRoot]) -> None:
        size = attrgetter("size")
        self._roots: Iterator[SignedRoot] = heapq.merge(store.roots(), sorted(witnessed, key=size), key=size)
        self._leaves = store.leaves()
        self._with_leaves = _size_signed_here(store)
        self._public_keys = public_keys
        self._entries = 0
        self._proven = 0
        self._finding: tuple[int, str] | None = None
        self._previous = GENESIS
        self._frontier = Frontier()
        # From the first entry that differs from its leaf on, the tree of the leaves is grown apart: the next signed
        # root tells which of the two was changed.
        self._differs_from: int | None = None
        self._kept = Frontier()
        self._has_lost_roots = store.has_lost_roots()
        self._next_root = self._fetch_root()

    def take(self, entry: LedgerEntry) -> None:
        """Check one more entry."""
        self._entries += 1
        if self._finding is not None:
            return
        number = self._entries
        if entry.number != number:
            self._find(number, f"Entry {number} is missing: another number stands in its place.")
            return
        computed = entry_hash(self._previous, number, entry.body)
        if computed != entry.hash:
            self._find(number, f"Entry {number} does not follow from the one before it and its own text.")
            return
        if (self._next_root is not None or self._has_lost_roots) and number <= self._with_leaves:
            self._compare_with_leaf(number, computed)
        self._previous = computed
        self._frontier.append(computed)
        while self._next_root is not None and self._next_root.size == number:
            self._prove(self._next_root)

    def finish(self) -> LedgerReport:
        """Check what only the end can tell, and return the report."""
        if self._finding is None and self._next_root is not None:
            signed = self._next_root.size
            self._find(self._entries + 1, f"The end was cut: {signed} entries were signed, {self._entries} are left.")
        if self._has_lost_roots:
            if self._differs_from is not None:
                self._find(self._entries + 1, _ROOTS_GONE)
            number, problem = self._finding or (1, "")
            self._finding = number, f"{problem} {_ROOTS_GONE}".lstrip()
        first_bad, found = self._finding or (None, None)
        return LedgerReport(self._entries, self._proven, first_bad, found)

    def _compare_with_leaf(self, number: int, computed: bytes) -> None:
        leaf = next(self._leaves, None)
        if self._differs_from is None and leaf != computed:
            self._differs_from = number
            self._kept = Frontier.from_hex(self._frontier.size, self._frontier.to_hex())
        if self._differs_from is not None:
            self._kept.append(leaf or b"")

    def _prove(self, root: SignedRoot) -> None:
        """Compare the tree of all entries so far with the root that was signed over them."""
        self._next_root = None
        first, differing = self._proven + 1, self._differs_from
        if self._frontier.root() == root.root:
            if differing is not None:
                self._find(differing, f"The leaf of entry {differing} was changed or is gone; the entry is as signed.")
                return
            self._proven = root.size
            self._next_root = self._fetch_root()
        elif differing is not None and self._kept.root() == root.root:
            self._find(differing, f"Entry {differing} is not the one that was signed.")
        elif first > root.size:
            self._find(root.size, f"Another root over the same {root.size} entries was signed over other ones.")
        else:
            self._differs_from = None  # the leaves were changed as well and say nothing about where
            self._find(first, f"Entries {first} to {root.size} are not those that were signed, nor are their leaves.")

    def _fetch_root(self) -> SignedRoot | None:
        """Return the next root if its signature is good; a finding otherwise."""
        unproven = self._proven + 1
        try:
            root = next(self._roots, None)
        except LedgerBroken:
            self._find(unproven, "A signed root cannot be read.")
            return None
        if root is None:
            return None
        public_key = self._public_keys.get(root.key_id)
        if root.size < max(1, self._proven):
            self._find(unproven, "The signed roots are out of order.")
        elif public_key is None:
            self._find(unproven, f"The root over {root.size} entries is signed by an unknown key.")
        elif not is_signed_by(root, public_key):
            self._find(unproven, f"The root over {root.size} entries has a forged signature.")
        else:
            return root
        return None

    def _find(self, number: int, problem: str) -> None:
        """Keep the first finding; an entry that differed from its leaf further up comes before it."""
        earlier = self._differs_from
        if self._finding is None and earlier is not None and earlier < number:
            self._finding = earlier, f"Entry {earlier} differs from the leaf that was kept of it."
        elif self._finding is None:
            self._finding = number, problem


def _size_signed_here(store: RootStore) -> int:
    """Return up to which entry this host must have leaves, or has them though its roots are gone.

    A witnessed root may reach further.
    """
    if store.has_lost_roots():
        return sum(1 for _ in store.leaves())
    try:
        last = store.last()
    except LedgerBroken:
        return 0  # the pass over all roots comes to the same line and makes it the finding
    return last.size if last else 0

"""A live index: a published snapshot and what has changed since, searched as one, while changes go on coming."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.flat import FlatIndex
from tsunagu.index.multi import MultiIndex
from tsunagu.index.protocol import Index
from tsunagu.index.table import Found, in_order

HEAD_ROWS = 1 << 14
"""So many additions are looked at one by one, in some microseconds; more are laid out as an index of their own."""


class Changes(NamedTuple):
    """Lines of the change log, one after the other.

    Attributes:
        positions: shape (n,), int64: the place in the log; each is larger than the one before.
        entry_ids: shape (n,), int64: never used again for another fingerprint, nor after the withdrawal.
        is_withdrawal: shape (n,), bool: whether the entry is withdrawn, and not added.
        table: shape (n, kind.bits // 8), uint8: the fingerprint that is added; zeros where one is withdrawn.
    """

    positions: NDArray[np.int64]
    entry_ids: NDArray[np.int64]
    is_withdrawal: NDArray[np.bool_]
    table: NDArray[np.uint8]

    def where(self, chosen: NDArray[np.bool_]) -> Changes:
        """Return some of the lines."""
        return Changes(self.positions[chosen], self.entry_ids[chosen], self.is_withdrawal[chosen], self.table[chosen])


class _Additions(NamedTuple):
    """What has been added since the snapshot, in the order of the log; what is withdrawn again may be left out.

    Attributes:
        positions, entry_ids: shape (n,), int64.
        table: shape (n, kind.bits // 8), uint8.
    """

    positions: NDArray[np.int64]
    entry_ids: NDArray[np.int64]
    table: NDArray[np.uint8]

    def where(self, chosen: NDArray[np.bool_]) -> _Additions:
        return _Additions(self.positions[chosen], self.entry_ids[chosen], self.table[chosen])

    def joined(self, other: _Additions) -> _Additions:
        return _Additions(
            np.concatenate([self.positions, other.positions]),
            np.concatenate([self.entry_ids, other.entry_ids]),
            np.concatenate([self.table, other.table]),
        )


class _Withdrawals(NamedTuple):
    """What has been withdrawn since the snapshot, by entry id.

    Attributes:
        entry_ids, positions: shape (n,), int64; the ids ascend. Some may have been neither in the snapshot nor added.
    """

    entry_ids: NDArray[np.int64]
    positions: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> _Withdrawals:
        return _Withdrawals(*(column[chosen] for column in self))


@dataclass(frozen=True, slots=True)
class _Moment:
    """The entries up to one position of the log: never changed, put in the place of the one before as a whole.

    Attributes:
        base: the snapshot, which holds the log up to `base_position`.
        middle: the first `laid_out` of the additions; `head` those that follow.
    """

    base: Index
    base_position: int
    additions: _Additions
    withdrawals: _Withdrawals
    laid_out: int
    middle: Index
    head: Index
    position: int


class LiveIndex(Index):
    """The fingerprints of one kind as they are now: exact, as every index.

    One thread at a time follows the log, with `apply` and `rebase`; any number of threads search meanwhile and never
    wait for it. Each search sees one moment: all changes up to a position of the log, and none beyond.
    """

    __slots__ = ("_now",)

    def __init__(self, base: Index, position: int) -> None:
        """Begin with a snapshot that holds the log up to `position`."""
        none = np.empty(0, np.int64)
        additions = _Additions(none, none, np.empty((0, base.kind.bits // 8), np.uint8))
        empty = _laid_out(base.kind, additions)
        self._now = _Moment(base, position, additions, _Withdrawals(none, none), 0, empty, empty, position)

    @property
    def kind(self) -> FingerprintKind:
        """The kind of all its fingerprints."""
        return self._now.base.kind

    @property
    def version(self) -> str:
        """The snapshot's version and the last position of the log that is searched."""
        now = self._now
        return f"{now.base.version}+{now.position}"

    @property
    def position(self) -> int:
        """The last position of the log that is searched."""
        return self._now.position

    @property
    def pending(self) -> int:
        """How many changes the snapshot does not hold: a new one is due when they are many."""
        now = self._now
        return len(now.additions.positions) + len(now.withdrawals.positions)

    @property
    def size_bytes(self) -> int:
        """What its fingerprints, its ids and all that finds them take in memory."""
        now = self._now
        columns = (*now.additions, *now.withdrawals)
        return sum(part.size_bytes for part in (now.base, now.middle, now.head)) + sum(one.nbytes for one in columns)

    def __len__(self) -> int:
        """Return the number of entries; of a snapshot that lies in shards also those that were withdrawn."""
        now = self._now
        gone = now.withdrawals.entry_ids
        added = np.count_nonzero(~_among(now.additions.entry_ids, gone))
        # Shards tell no ids. An item may be withdrawn that no snapshot held and that was never added: it had no
        # fingerprint, or was gone before this process looked.
        of_base = np.count_nonzero(_among(now.base.entry_ids, gone)) if isinstance(now.base, MultiIndex) else 0
        return len(now.base) - int(of_base) + int(added)

    def apply(self, changes: Changes) -> None:
        """Search from now on what the log holds up to the last of `changes`.

        Args:
            changes: the lines that follow `position`, in order; lines up to it are in already, and are passed over.

        Raises:
            InputError: the changes are out of order, or their fingerprints of another length. Nothing is applied.
        """
        now = self._now
        if changes.table.shape != (len(changes.positions), self.kind.bits // 8):
            raise InputError("a fingerprint of the log has another length")
        new = changes.where(changes.positions > now.position)
        if (np.diff(new.positions) <= 0).any():
            raise InputError("the changes are out of order")
        if not len(new.positions):
            return
        added, gone = new.where(~new.is_withdrawal), new.where(new.is_withdrawal)
        additions = now.additions.joined(_Additions(added.positions, added.entry_ids, added.table))
        withdrawals = _withdrawn(now.withdrawals, gone)
        laid_out, middle = now.laid_out, now.middle
        if len(additions.positions) - laid_out > HEAD_ROWS:
            additions = additions.where(~_among(additions.entry_ids, withdrawals.entry_ids))
            laid_out, middle = len(additions.positions), _laid_out(self.kind, additions)
        head = FlatIndex(self.kind, additions.table[laid_out:], additions.entry_ids[laid_out:], version="")
        position = int(new.positions[-1])
        self._now = replace(
            now,
            additions=additions,
            withdrawals=withdrawals,
            laid_out=laid_out,
            middle=middle,
            head=head,
            position=position,
        )

    def rebase(self, base: Index, position: int) -> None:
        """Take another snapshot, which holds the log up to `position`; what has changed since stays.

        Raises:
            InputError: the snapshot is of another kind, holds more of the log than was applied, or less than the one
                before.
        """
        now = self._now
        if base.kind.code != self.kind.code or not now.base_position <= position <= now.position:
            raise InputError("the snapshot is of another kind, ahead of the log or older than the one before")
        additions = now.additions.where(now.additions.positions > position)
        withdrawals = now.withdrawals.where(now.withdrawals.positions > position)
        laid_out = len(additions.positions)
        middle = _laid_out(self.kind, additions)
        head = FlatIndex(self.kind, additions.table[laid_out:], additions.entry_ids[laid_out:], version="")
        self._now = _Moment(base, position, additions, withdrawals, laid_out, middle, head, now.position)

    def search_table(self, queries: NDArray[np.uint8], radius_bits: int) -> Found:
        """See `Index.search_table`."""
        now = self._now
        found = [part.search_table(queries, radius_bits) for part in (now.base, now.middle, now.head)]
        rows, entry_ids, distances = (np.concatenate(column) for column in zip(*found, strict=True))
        if len(now.withdrawals.entry_ids):
            there = ~_among(entry_ids, now.withdrawals.entry_ids)
            rows, entry_ids, distances = rows[there], entry_ids[there], distances[there]
        return in_order(rows, entry_ids, distances)


def _withdrawn(before: _Withdrawals, gone: Changes) -> _Withdrawals:
    """Return what is withdrawn with the changes."""
    joined = [np.concatenate(pair) for pair in zip(before, (gone.entry_ids, gone.positions), strict=True)]
    order = np.argsort(joined[0])
    return _Withdrawals(*(column[order] for column in joined))


def _among(entry_ids: NDArray[np.int64], ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of the ids are among others, that ascend: a search asks for few ids among many."""
    if not len(ascending):
        return np.zeros(len(entry_ids), np.bool_)
    places = np.minimum(np.searchsorted(ascending, entry_ids), len(ascending) - 1)
    return np.asarray(ascending[places] == entry_ids)


def _laid_out(kind: FingerprintKind, additions: _Additions) -> Index:
    return MultiIndex.of_table(kind, additions.table, additions.entry_ids, version="")

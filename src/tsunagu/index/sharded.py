"""A sharded index: parts of one set, each searched in more places than one, answered together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError, ShardMissing
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.protocol import Index
from tsunagu.index.table import Found, in_order, require_table

Waiting = Callable[[], Found]
"""Waits for an answer and returns it; raises `ReplicaLost`."""


class ReplicaLost(Exception):
    """One of the places where a shard is searched does not answer, or not in time; another one is asked."""


class Replica(Protocol):
    """A place where one shard is searched."""

    def begin(self, queries: NDArray[np.uint8], radius_bits: int) -> Waiting:
        """Ask it, as `Index.search_table` is asked.

        Raises:
            ReplicaLost: it is not there.
        """


class ShardedIndex(Index):
    """An immutable set of fingerprints of one kind, in shards, each with its replicas.

    All shards are asked at once, each at one replica, in turns; where that one is lost, at the next. It is as exact as
    its shards are: a shard of which every replica is lost is an error that names it, and never a shorter answer.
    """

    __slots__ = ("_entries", "_kind", "_size_bytes", "_turns", "_version", "shards")

    def __init__(
        self, kind: FingerprintKind, shards: Sequence[Sequence[Replica]], *, version: str, entries: int, size_bytes: int
    ) -> None:
        """Take the replicas of all shards.

        Args:
            kind: the kind of all fingerprints.
            shards: for each its replicas, at least one.
            version: the name of this state of the set.
            entries: how many there are in all shards together.
            size_bytes: what one replica of each takes in memory.
        """
        self._kind = kind
        self.shards = shards
        self._version = version
        self._entries, self._size_bytes = entries, size_bytes
        self._turns = count()

    @property
    def kind(self) -> FingerprintKind:
        """The kind of all its fingerprints."""
        return self._kind

    @property
    def version(self) -> str:
        """The name of this state of the set."""
        return self._version

    @property
    def size_bytes(self) -> int:
        """What one replica of each shard takes in memory, wherever that is."""
        return self._size_bytes

    def __len__(self) -> int:
        """Return the number of entries."""
        return self._entries

    def search_table(self, queries: NDArray[np.uint8], radius_bits: int) -> Found:
        """See `Index.search_table`.

        Raises:
            ShardMissing: no replica of a shard answers.
        """
        require_table(self._kind, queries)
        if radius_bits < 0:
            raise InputError("the radius is negative", radius_bits=radius_bits)
        turn = next(self._turns)
        asked = []
        for shard in self.shards:
            first = turn % len(shard)
            replies = _begun([*shard[first:], *shard[:first]], queries, min(radius_bits, self._kind.bits))
            asked.append((next(replies, None), replies))  # begun now: all shards search beside each other
        none = np.empty(0, np.int64)
        found: list[Found] = [(none, none, none)]
        for number, (waiting, replies) in enumerate(asked):
            found.append(self._answer(number, waiting, replies))
        return in_order(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def _answer(self, number: int, waiting: Waiting | None, replies: Iterator[Waiting]) -> Found:
        while waiting is not None:
            try:
                return waiting()
            except ReplicaLost:
                waiting = next(replies, None)
        missing = f"shard {number + 1} of {len(self.shards)} of the index is missing, so nothing is answered"
        raise ShardMissing(missing, shard=number + 1)


def _begun(replicas: Sequence[Replica], queries: NDArray[np.uint8], radius_bits: int) -> Iterator[Waiting]:
    """Ask one replica after the other, each when it is wanted; those that are not there are passed over."""
    for replica in replicas:
        try:
            yield replica.begin(queries, radius_bits)
        except ReplicaLost:
            continue

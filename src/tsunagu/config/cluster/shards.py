"""Shards of the index as actors of a cluster: two replicas of each, on different nodes, started again when they die."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import DamagedSnapshot, Unavailable
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.sharded import ReplicaLost, ShardedIndex, Waiting
from tsunagu.index.snapshot import open_snapshot
from tsunagu.index.table import Found, sample_of

KIND: Final = FingerprintKind.PDQ
REPLICAS: Final = 2
ANSWER_S: Final = 30.0
"""A replica that has not answered in this time counts as lost."""
START_S: Final = 900.0
"""How long a node may take to map and check its shards."""
LOOKED_AFTER_EVERY_S: Final = 5.0
THREADS: Final = 4
"""Searches that one replica runs at once."""
_PROCESSORS: Final = 0.01  # of what tasks are given: a replica keeps none of them from examining
_MARK: Final = "shard"


class ShardActor:
    """One replica of one shard, in a process of a node."""

    def __init__(self, path: str) -> None:
        """Map and check a snapshot, which lies at the same path on every node."""
        self._index = open_snapshot(Path(path), threads=THREADS)

    def describe(self) -> tuple[str, int, int, bytes]:
        """Return its kind, how many entries it has, what they take in memory, and some of their ids."""
        index = self._index
        return index.kind.code, len(index), index.size_bytes, sample_of(index.entry_ids).tobytes()

    def search(self, queries: bytes, radius_bits: int) -> bytes:
        """Return what `Index.search_table` does, as the bytes of its three arrays."""
        table = np.frombuffer(queries, np.uint8).reshape(-1, self._index.kind.bits // 8)
        return np.stack(self._index.search_table(table, radius_bits)).tobytes()


@dataclass(frozen=True, slots=True)
class ShardReplica:
    """Which replica of which shard an actor is, as its name says.

    Attributes:
        position: the place in the log up to which the snapshot goes.
        count: of the shards.
        number, replica: which of them, from 0 on.
    """

    position: int
    count: int
    number: int
    replica: int

    @property
    def name(self) -> str:
        """The actor's name."""
        return f"{_MARK}.{self.position}.{self.count}.{self.number}.{self.replica}"

    @property
    def group(self) -> str:
        """The name of the group whose members lie on different nodes: all replicas of one shard."""
        return f"{_MARK}.{self.position}.{self.count}.{self.number}"

    @classmethod
    def of(cls, name: str) -> ShardReplica | None:
        """Return what a name says; None for that of another actor."""
        mark, *numbers = name.split(".")
        return cls(*map(int, numbers)) if mark == _MARK and len(numbers) == 4 else None


class RayReplica:
    """One replica, asked over the cluster. It satisfies `index.sharded.Replica`."""

    def __init__(self, ray: Any, name: str) -> None:
        """Take the name of its actor, which need not be there yet."""
        self._ray, self._name = ray, name
        self._actor: Any = None

    def begin(self, queries: NDArray[np.uint8], radius_bits: int) -> Waiting:
        """See `index.sharded.Replica`."""
        try:
            self._actor = self._actor or self._ray.get_actor(self._name)
            reference = self._actor.search.remote(queries.tobytes(), radius_bits)
        except (ValueError, self._ray.exceptions.RayError) as error:  # the first: there is none of this name
            self._actor = None
            raise ReplicaLost from error
        return lambda: self._answer(reference)

    def _answer(self, reference: Any) -> Found:
        try:
            answer = np.frombuffer(self._ray.get(reference, timeout=ANSWER_S), np.int64).reshape(3, -1)
        except (TypeError, ValueError, self._ray.exceptions.RayError) as error:
            self._actor = None
            raise ReplicaLost from error
        return answer[0], answer[1], answer[2]


def served_index(ray: Any) -> tuple[ShardedIndex, int, NDArray[np.int64]]:
    """Return the index that the cluster serves, the place in the log up to which it goes, and some of its entry ids.

    Raises:
        Unavailable: it serves none, or a shard of it does not answer.
    """
    newest_first = sorted({(one.position, one.count) for one in _served(ray)}, reverse=True)
    missing = Unavailable("this cluster serves no index: `cluster serve-index` does it")
    for place, (position, count) in enumerate(newest_first):
        try:
            return _index_of(ray, position, count)
        except Unavailable as error:  # it may not be served yet: then the one before is
            missing = missing if place else error
    raise missing


def _index_of(ray: Any, position: int, count: int) -> tuple[ShardedIndex, int, NDArray[np.int64]]:
    all_places = [
        [ShardReplica(position, count, number, replica) for replica in range(REPLICAS)] for number in range(count)
    ]
    told = [_described(ray, replicas) for replicas in all_places]
    shards = [[RayReplica(ray, one.name) for one in replicas] for replicas in all_places]
    _, entries, sizes, ids = zip(*told, strict=True)
    index = ShardedIndex(KIND, shards, version=str(position), entries=sum(entries), size_bytes=sum(sizes))
    return index, position, np.frombuffer(b"".join(ids), np.int64)


def _served(ray: Any) -> set[ShardReplica]:
    """Return all replicas that are there, or shall be soon."""
    return {place for name in ray.util.list_named_actors() if (place := ShardReplica.of(name))}


def _described(ray: Any, replicas: Sequence[ShardReplica]) -> tuple[str, int, int, bytes]:
    """Return what one of the replicas says of itself."""
    for one in replicas:
        try:
            told: tuple[str, int, int, bytes] = ray.get(ray.get_actor(one.name).describe.remote(), timeout=ANSWER_S)
        except (ValueError, ray.exceptions.RayError):
            continue
        if told[0] == KIND.code:
            return told
    first = replicas[0]
    raise Unavailable(f"shard {first.number + 1} of {first.count} of the index is missing, so nothing is answered")


class Serving:
    """What is served from one set of snapshots, as long as it is looked after."""

    def __init__(self, ray: Any, position: int, paths: Sequence[Path]) -> None:
        """Take the snapshots, one a shard, that go up to a place in the log."""
        self._ray = ray
        self._paths = paths
        self.places = [
            ShardReplica(position, len(paths), number, replica)
            for number in range(len(paths))
            for replica in range(REPLICAS)
        ]

    def start(self) -> None:
        """Start every replica that is not there, wait for all, and end those of other snapshots.

        Raises:
            Unavailable: there are no two nodes with room, or a node cannot open its shard.
        """
        if sum(node["Alive"] for node in self._ray.nodes()) < REPLICAS:
            raise Unavailable("two replicas of a shard need two nodes")
        waiting = [actor.describe.remote() for actor in self._actors()]
        try:
            self._ray.get(waiting, timeout=START_S)
        except (DamagedSnapshot, OSError, self._ray.exceptions.RayError) as error:
            self.end()
            raise Unavailable("a node cannot open its shard: it must find the folder at the same path") from error
        self._end(_served(self._ray) - set(self.places))

    def look_after(self, *, ends: Event) -> None:
        """Start again what has died, until it is told to end, or somebody serves newer snapshots."""
        while not ends.wait(LOOKED_AFTER_EVERY_S):
            if max(one.position for one in {*_served(self._ray), *self.places}) > self.places[0].position:
                return
            self._actors()

    def end(self) -> None:
        """End every replica of these snapshots."""
        self._end(_served(self._ray) & set(self.places))

    def _actors(self) -> list[Any]:
        """Return all replicas; those that are not there are started, each where none of its shard is."""
        started = self._ray.remote(ShardActor)
        groups = {one.group: self._group(one.group) for one in self.places}
        strategy = self._ray.util.scheduling_strategies.PlacementGroupSchedulingStrategy
        return [
            started.options(
                name=one.name,
                get_if_exists=True,
                lifetime="detached",
                num_cpus=_PROCESSORS,
                max_restarts=-1,
                max_concurrency=THREADS,
                scheduling_strategy=strategy(groups[one.group], placement_group_bundle_index=one.replica),
            ).remote(str(self._paths[one.number]))
            for one in self.places
        ]

    def _group(self, name: str) -> Any:
        try:
            return self._ray.util.get_placement_group(name)
        except ValueError:
            apart = [{"CPU": _PROCESSORS}] * REPLICAS
            return self._ray.util.placement_group(apart, "STRICT_SPREAD", name=name, lifetime="detached")

    def _end(self, places: set[ShardReplica]) -> None:
        for one in places:
            with suppress(ValueError):  # it has just ended
                self._ray.kill(self._ray.get_actor(one.name))
        for group in {one.group for one in places}:
            self._ray.util.remove_placement_group(self._group(group))


def told_to_end() -> Event:
    """Return what is set once this process is told to end."""
    ends = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ends.set())
    return ends

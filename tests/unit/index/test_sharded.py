"""Shards that answer as one: another replica where one is lost, and no answer at all where a shard is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError, ShardMissing
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.flat import FlatIndex
from tsunagu.index.protocol import Index
from tsunagu.index.sharded import ReplicaLost, ShardedIndex, Waiting
from tsunagu.index.table import Found

PDQ = FingerprintKind.PDQ
TABLE = np.repeat(np.arange(12, dtype=np.uint8)[:, None], 32, axis=1)


class Here:
    """A replica in this process, which may be lost before it is asked or while it searches."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.asked = 0
        self.lost_before = self.lost_while = False

    def begin(self, queries: NDArray[np.uint8], radius_bits: int) -> Waiting:
        self.asked += 1
        if self.lost_before:
            raise ReplicaLost

        def waiting() -> Found:
            if self.lost_while:
                raise ReplicaLost
            return self._index.search_table(queries, radius_bits)

        return waiting


def shards_of(count: int, replicas: int = 2) -> list[list[Here]]:
    tables, ids = np.array_split(TABLE, count), np.array_split(np.arange(len(TABLE)), count)
    parts = [FlatIndex(PDQ, table, some, version="t1") for table, some in zip(tables, ids, strict=True)]
    return [[Here(part) for _ in range(replicas)] for part in parts]


def index_over(shards: list[list[Here]]) -> ShardedIndex:
    return ShardedIndex(PDQ, shards, version="t1", entries=len(TABLE), size_bytes=0)


def found_by(index: Index) -> list[list[int]]:
    return [column.tolist() for column in index.search_table(TABLE[:5], 40)]


WHOLE = found_by(FlatIndex(PDQ, TABLE, np.arange(len(TABLE)), version="t1"))


@pytest.mark.parametrize("count", [1, 3, 12])
def test_shards_answer_together_what_one_index_does(count: int) -> None:
    assert found_by(index_over(shards_of(count))) == WHOLE
    assert len(WHOLE[0]) > 5


@pytest.mark.parametrize("lost", ["lost_before", "lost_while"])
def test_where_a_replica_is_lost_the_other_one_answers(lost: str) -> None:
    shards = shards_of(3)
    index = index_over(shards)
    for turn in range(4):
        for number, shard in enumerate(shards):
            for replica, one in enumerate(shard):
                setattr(one, lost, replica == (turn + number) % 2)
        assert found_by(index) == WHOLE


@pytest.mark.parametrize("lost", ["lost_before", "lost_while"])
def test_a_shard_of_which_every_replica_is_lost_is_named_and_nothing_is_answered(lost: str) -> None:
    shards = shards_of(3)
    index = index_over(shards)
    for one in shards[1]:
        setattr(one, lost, True)
    with pytest.raises(ShardMissing, match="shard 2 of 3") as missing:
        index.search_table(TABLE[:5], 40)
    assert missing.value.details == {"shard": 2}
    setattr(shards[1][1], lost, False)
    assert found_by(index) == WHOLE


def test_all_shards_are_begun_before_the_first_is_waited_for() -> None:
    shards = shards_of(3, replicas=1)
    shards[0][0].lost_while = True
    with pytest.raises(ShardMissing):
        index_over(shards).search_table(TABLE[:5], 40)
    assert [one.asked for shard in shards for one in shard] == [1, 1, 1]


def test_replicas_take_turns() -> None:
    shards = shards_of(2)
    index = index_over(shards)
    for _ in range(6):
        found_by(index)
    assert [one.asked for shard in shards for one in shard] == [3, 3, 3, 3]


def test_what_is_no_query_is_refused_before_anybody_is_asked() -> None:
    shards = shards_of(2)
    for queries, radius in ((TABLE[:1], -1), (TABLE[:1, :8], 31), (TABLE[:1].astype(np.int64), 31)):
        with pytest.raises(InputError):
            index_over(shards).search_table(queries, radius)
    assert not any(one.asked for shard in shards for one in shard)

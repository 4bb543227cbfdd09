"""One suite for every index: what `Index` promises, held against the definition."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tsunagu.config.cluster.shards import Serving, served_index
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.hit import Hit
from tsunagu.index.building import lay_out
from tsunagu.index.flat import FlatIndex
from tsunagu.index.live import Changes, LiveIndex
from tsunagu.index.multi import MultiIndex
from tsunagu.index.plan import LARGEST_RADIUS, plan_parts
from tsunagu.index.protocol import Index
from tsunagu.index.sharded import ShardedIndex, Waiting
from tsunagu.index.snapshot import open_snapshot, publish
from tsunagu.index.table import table_of, words_of

from ..ray_nodes import three_nodes  # noqa: TID252 - tests are no package with a name

PDQ = FingerprintKind.PDQ
Build = Callable[..., Index]


def build_multi(kind: FingerprintKind, entries: Iterable[tuple[int, Fingerprint]], *, version: str) -> Index:
    """A multi-index that asks its parts for every radius they can answer, however few its rows are."""
    table, entry_ids = table_of(kind, entries)
    plan = plan_parts(5_000, kind.bits, kind.radius_bits, 70)
    arrays, order = lay_out(words_of(kind, table), plan)
    costs = np.tile(np.arange(1.0, LARGEST_RADIUS + 2), (len(plan.widths), 1))
    return MultiIndex(kind, plan, arrays, entry_ids[order], costs=costs, scan_ns=1e12, version=version)


def build_snapshot(kind: FingerprintKind, entries: Iterable[tuple[int, Fingerprint]], *, version: str) -> Index:
    """A multi-index that was published and is read from its file."""
    with TemporaryDirectory() as folder:
        publish(build_multi(kind, entries, version=version), Path(folder, "one"))
        return open_snapshot(Path(folder, "one"))


def build_live(kind: FingerprintKind, entries: Iterable[tuple[int, Fingerprint]], *, version: str) -> Index:
    """A live index of which every second entry came after its snapshot."""
    known = list(entries)
    index = LiveIndex(build_multi(kind, known[::2], version=version), 0)
    table, entry_ids = table_of(kind, known[1::2])
    index.apply(Changes(np.arange(len(table)) + 1, entry_ids, np.zeros(len(table), np.bool_), table))
    return index


class HereReplica:
    """A replica of a shard in this process."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def begin(self, queries: NDArray[np.uint8], radius_bits: int) -> Waiting:
        return lambda: self._index.search_table(queries, radius_bits)


def split(entries: Iterable[tuple[int, Fingerprint]]) -> list[list[tuple[int, Fingerprint]]]:
    """Two shards: every third entry, and the others."""
    known = list(entries)
    return [known[::3], [one for place, one in enumerate(known) if place % 3]]


def build_sharded(kind: FingerprintKind, entries: Iterable[tuple[int, Fingerprint]], *, version: str) -> Index:
    """A sharded index whose two shards are searched in this process."""
    parts = [build_multi(kind, part, version=version) for part in split(entries)]
    shards = [[HereReplica(part)] for part in parts]
    sizes = (sum(map(len, parts)), sum(part.size_bytes for part in parts))
    return ShardedIndex(kind, shards, version=version, entries=sizes[0], size_bytes=sizes[1])


ON_NODES = ExitStack()


@cache
def two_shards() -> tuple[Path, Any, Serving]:
    """A cluster of three nodes that serves two shards, the same ones again and again with other entries."""
    folder = Path(ON_NODES.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
    ray = ON_NODES.enter_context(three_nodes()).ray
    paths = [folder / "0.tsi", folder / "1.tsi"]
    for path in paths:
        publish(build_multi(PDQ, [], version="none"), path)
    serving = Serving(ray, 1, paths)
    serving.start()
    return folder, ray, serving


@pytest.fixture(scope="module", autouse=True)
def nodes_end() -> Iterator[None]:
    yield
    ON_NODES.close()
    two_shards.cache_clear()


def build_on_nodes(kind: FingerprintKind, entries: Iterable[tuple[int, Fingerprint]], *, version: str) -> Index:
    """A sharded index whose shards are actors of a cluster, two replicas of each, which open snapshots."""
    parts = [build_multi(kind, part, version=version) for part in split(entries)]
    folder, ray, serving = two_shards()
    for number, part in enumerate(parts):
        publish(part, folder / f"{number}.tsi")
    opened = [
        ray.get_actor(one.name).__ray_call__.remote(
            lambda self, path: self.__init__(path), str(folder / f"{one.number}.tsi")
        )
        for one in serving.places
    ]
    ray.get(opened)
    index, _, _ = served_index(ray)
    return ShardedIndex(kind, index.shards, version=version, entries=len(index), size_bytes=index.size_bytes)


every_index = pytest.mark.parametrize(
    "build",
    [
        pytest.param(FlatIndex.build, id="flat"),
        pytest.param(MultiIndex.build, id="multi of few"),
        pytest.param(build_multi, id="multi"),
        pytest.param(build_snapshot, id="snapshot"),
        pytest.param(build_live, id="live"),
        pytest.param(build_sharded, id="sharded"),
        pytest.param(build_on_nodes, id="on nodes", marks=[pytest.mark.soak, pytest.mark.filterwarnings("ignore")]),
    ],
)

close_by = st.lists(st.integers(0, 255), max_size=40).map(lambda bits: sum({1 << bit for bit in bits}).to_bytes(32))
fingerprints = st.builds(
    Fingerprint,
    kind=st.just(PDQ),
    data=close_by | st.binary(min_size=32, max_size=32),
    quality=st.integers(PDQ.quality_floor, 100),
)


def by_definition(stored: Iterable[Fingerprint], query: Fingerprint, radius_bits: int) -> list[Hit]:
    hits = (Hit(query.distance(one), entry_id) for entry_id, one in enumerate(stored))
    return sorted(hit for hit in hits if hit.distance_bits <= radius_bits)


@every_index
@settings(deadline=None, max_examples=50)
@given(stored=st.lists(fingerprints, max_size=40), query=fingerprints, radius_bits=st.integers(0, 300))
def test_search_returns_every_entry_within_the_radius_and_no_other(
    build: Build, stored: list[Fingerprint], query: Fingerprint, radius_bits: int
) -> None:
    index = build(PDQ, enumerate(stored), version="t1")
    assert list(index.search(query, radius_bits=radius_bits)) == by_definition(stored, query, radius_bits)


@every_index
@settings(deadline=None, max_examples=50)
@given(
    stored=st.lists(fingerprints, max_size=20), queries=st.lists(fingerprints, max_size=5), radius=st.integers(0, 256)
)
def test_a_table_search_answers_as_single_searches_do(
    build: Build, stored: list[Fingerprint], queries: list[Fingerprint], radius: int
) -> None:
    index = build(PDQ, enumerate(stored), version="t1")
    table = np.array([list(one.data) for one in queries], np.uint8).reshape(-1, 32)
    rows, entry_ids, distances = index.search_table(table, radius_bits=radius)
    singly = [
        (row, hit.entry_id, hit.distance_bits)
        for row, query in enumerate(queries)
        for hit in index.search(query, radius_bits=radius)
    ]
    assert list(zip(rows.tolist(), entry_ids.tolist(), distances.tolist(), strict=True)) == singly


@every_index
def test_it_tells_its_kind_version_and_length(build: Build) -> None:
    one = Fingerprint(PDQ, bytes(32), 100)
    index = build(PDQ, [(7, one), (8, one)], version="2031-04")
    assert (index.kind, index.version.partition("+")[0], len(index)) == (PDQ, "2031-04", 2)


@every_index
def test_an_empty_index_answers_that_nothing_is_near(build: Build) -> None:
    index = build(PDQ, [], version="t1")
    assert len(index) == 0
    assert index.search(Fingerprint(PDQ, bytes(32), 100), radius_bits=256) == ()


@every_index
def test_an_index_of_one_finds_itself(build: Build) -> None:
    one = Fingerprint(PDQ, bytes(range(32)), 100)
    assert build(PDQ, [(2**40, one)], version="t1").search(one, radius_bits=0) == (Hit(0, 2**40),)


@every_index
def test_duplicates_are_each_found_by_id_even_under_one_id(build: Build) -> None:
    one = Fingerprint(PDQ, bytes(range(32)), 100)
    index = build(PDQ, [(9, one), (3, one), (9, one)], version="t1")
    assert index.search(one, radius_bits=31) == (Hit(0, 3), Hit(0, 9), Hit(0, 9))


@every_index
def test_a_fingerprint_of_low_quality_is_refused_by_build_and_by_search(build: Build) -> None:
    plain = Fingerprint(PDQ, bytes(32), PDQ.quality_floor - 1)
    with pytest.raises(InputError):
        build(PDQ, [(1, plain)], version="t1")
    with pytest.raises(InputError):
        build(PDQ, [], version="t1").search(plain, radius_bits=31)


@every_index
def test_a_negative_radius_is_refused(build: Build) -> None:
    index = build(PDQ, [], version="t1")
    with pytest.raises(InputError):
        index.search(Fingerprint(PDQ, bytes(32), 100), radius_bits=-1)
    with pytest.raises(InputError):
        index.search_table(np.zeros((0, 32), np.uint8), radius_bits=-1)


@every_index
def test_queries_are_left_untouched_and_may_be_read_only(build: Build) -> None:
    index = build(PDQ, [(1, Fingerprint(PDQ, bytes(32), 100))], version="t1")
    queries = np.zeros((3, 32), np.uint8)
    queries.flags.writeable = False
    rows, entry_ids, _ = index.search_table(queries, radius_bits=31)
    assert (rows.tolist(), entry_ids.tolist(), queries.any()) == ([0, 1, 2], [1, 1, 1], np.False_)

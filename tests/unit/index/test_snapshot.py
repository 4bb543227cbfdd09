"""A snapshot is whole or it is refused, by the name of what is damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xxhash

from tsunagu.domain.errors import DamagedSnapshot
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.index.multi import MultiIndex
from tsunagu.index.snapshot import open_snapshot, publish

PDQ = FingerprintKind.PDQ
ROWS = np.random.default_rng(1).integers(0, 256, (5_000, 32), np.uint8)


def built(version: str = "v7", rows: int = 5_000) -> MultiIndex:
    return MultiIndex.of_table(PDQ, ROWS[:rows], np.arange(rows) + 2**40, version=version)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of few rows, of which each byte can be tried."""
    path = tmp_path_factory.mktemp("snapshot") / "small"
    publish(built(rows=20), path)
    return path


@pytest.mark.parametrize("rows", [0, 1, 5_000])
def test_what_is_published_is_what_was_built(tmp_path: Path, rows: int) -> None:
    index = built(rows=rows)
    publish(index, tmp_path / "one")
    opened = open_snapshot(tmp_path / "one", threads=2)
    assert (opened.kind, opened.version, len(opened), opened.plan) == (PDQ, "v7", rows, index.plan)
    for ours, theirs in zip(index.search_table(ROWS[:50], 31), opened.search_table(ROWS[:50], 31), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert [one.name for one in tmp_path.iterdir()] == ["one"]


def test_who_has_the_former_one_open_keeps_it(tmp_path: Path) -> None:
    publish(built("first"), tmp_path / "one")
    former = open_snapshot(tmp_path / "one")
    publish(built("second", rows=30), tmp_path / "one")
    assert (former.version, len(former.search_table(ROWS[4000:4001], 0)[0])) == ("first", 1)
    assert open_snapshot(tmp_path / "one").version == "second"


def test_a_mapped_index_cannot_be_changed(tmp_path: Path) -> None:
    publish(built(), tmp_path / "one")
    with pytest.raises(ValueError, match="read-only"):
        open_snapshot(tmp_path / "one").arrays.first[0, 0] = 1


def test_every_truncation_is_refused(small: Path, tmp_path: Path) -> None:
    whole = small.read_bytes()
    cut = tmp_path / "cut"
    for length in range(len(whole)):
        cut.write_bytes(whole[:length])
        with pytest.raises(DamagedSnapshot):
            open_snapshot(cut)


def test_bytes_behind_the_end_are_refused(small: Path, tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(small.read_bytes() + b"\0")
    with pytest.raises(DamagedSnapshot):
        open_snapshot(tmp_path / "long")


def test_a_thousand_flipped_bytes_are_refused(tmp_path: Path) -> None:
    publish(built(), tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    random = np.random.default_rng(5)
    flipped = tmp_path / "flipped"
    for place, flip in zip(random.integers(0, len(whole), 1000), random.integers(1, 256, 1000), strict=True):
        damaged = bytearray(whole)
        damaged[place] ^= flip
        flipped.write_bytes(damaged)
        with pytest.raises(DamagedSnapshot):
            open_snapshot(flipped)


def test_a_snapshot_of_an_unknown_kind_is_refused(small: Path, tmp_path: Path) -> None:
    whole = small.read_bytes()
    length = int.from_bytes(whole[8:12], "little")
    text = whole[28 : 28 + length].replace(b'"pdq-1"', b'"pdq-9"')
    (tmp_path / "later").write_bytes(whole[:12] + xxhash.xxh3_128_digest(text) + text + whole[28 + length :])
    with pytest.raises(DamagedSnapshot, match="does not know"):
        open_snapshot(tmp_path / "later")


def test_the_damaged_section_is_named(small: Path, tmp_path: Path) -> None:
    whole = bytearray(small.read_bytes())
    whole[-1] ^= 1
    (tmp_path / "last").write_bytes(whole)
    with pytest.raises(DamagedSnapshot) as refused:
        open_snapshot(tmp_path / "last")
    assert refused.value.details["section"] == "entry_ids"
    whole[20] ^= 1
    (tmp_path / "first").write_bytes(whole)
    with pytest.raises(DamagedSnapshot) as refused:
        open_snapshot(tmp_path / "first")
    assert refused.value.details["section"] == "description"

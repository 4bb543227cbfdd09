"""Uploaded bytes on a disk that is full: what is here is kept, and nothing half-written is taken for whole."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tsunagu.domain.errors import Unavailable
from tsunagu.records.uploads import UploadStore

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
AGENCY, INTAKE = UUID(int=1), UUID(int=2)
CONTENT = random.Random(1).randbytes(3 * MIB // 2)


def add(store: UploadStore, offset: int, data: bytes) -> int:
    return store.append(AGENCY, INTAKE, 1, offset=offset, data=data, size_bytes=len(CONTENT))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


def test_a_disk_that_fills_up_in_the_middle_of_a_chunk_keeps_what_was_here_and_goes_on_when_there_is_room(
    small_disk: Any, place: Path
) -> None:
    ballast = small_disk(place, 4 * MIB).fill(MIB)
    # As if somebody else had taken the room between the look at the disk and the write.
    store = UploadStore(place / "uploads", quota_bytes=GIB, spare_bytes=-GIB)
    held = add(store, 0, CONTENT[: 600 * KIB])
    for _ in range(2):
        with pytest.raises(Unavailable, match="the disk is full"):
            add(store, held, CONTENT[held:])
        assert store.held(AGENCY, INTAKE) == {1: held}
    ballast.unlink()
    assert add(store, held, CONTENT[held:]) == len(CONTENT)
    assert Path(store.path_of(AGENCY, INTAKE, 1).decode()).read_bytes() == CONTENT


@pytest.mark.parametrize("most_files", [1, 2, 3, 4])
def test_a_disk_that_takes_no_further_file_is_told_as_full(small_disk: Any, place: Path, most_files: int) -> None:
    small_disk(place, MIB, most_files=most_files)  # its own folder, those of uploads, agency and intake
    store = UploadStore(place / "uploads", quota_bytes=GIB, spare_bytes=0)
    with pytest.raises(Unavailable, match="the disk is full"):
        add(store, 0, CONTENT[:KIB])
    assert store.held(AGENCY, INTAKE) == {}


def test_an_empty_file_needs_no_room(place: Path) -> None:
    full = UploadStore(place / "uploads", quota_bytes=GIB, spare_bytes=1 << 60)
    assert full.append(AGENCY, INTAKE, 1, offset=0, data=b"", size_bytes=0) == 0
    with pytest.raises(Unavailable, match="the disk is full"):
        add(full, 0, b"1")


def test_what_a_disk_of_its_own_holds_besides_is_no_intake(place: Path) -> None:
    store = UploadStore(place, quota_bytes=GIB, spare_bytes=0)
    (place / "lost+found").mkdir()
    (place / "ballast").write_bytes(b"1")
    add(store, 0, b"1")
    assert list(store.intakes()) == [(AGENCY, INTAKE)]

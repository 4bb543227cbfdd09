"""What many ask for at once: a turn to be shown something does not come for ever, and progress is counted sparsely."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tsunagu.config import viewing
from tsunagu.config.viewing import AT_ONCE, LazyViewer
from tsunagu.domain.errors import Unavailable
from tsunagu.records import uploads as store
from tsunagu.records.uploads import UploadStore

from .world import NoDecoder


def test_whose_turn_to_be_shown_something_does_not_come_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(viewing, "LONGEST_WAIT_S", 0.01)
    with LazyViewer(lambda: nullcontext(NoDecoder())) as viewer:
        at_work = [viewer.at_work() for _ in range(AT_ONCE)]
        for one in at_work:
            one.__enter__()
        with pytest.raises(Unavailable, match="ask again"), viewer.at_work():
            pytest.fail("a third one was let in")
        for one in at_work:
            one.__exit__(None, None, None)
        with viewer.at_work():
            pass


def test_what_is_held_of_an_upload_is_counted_no_oftener_than_counting_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    uploads = UploadStore(tmp_path / "uploads", quota_bytes=1 << 30, spare_bytes=0)
    agency, intake = uuid4(), uuid4()
    uploads.append(agency, intake, 1, offset=0, data=b"abc", size_bytes=9)
    read = uploads.held

    def slowly(*named: UUID) -> dict[int, int]:
        clock[0] += 1.0
        return read(*named)

    monkeypatch.setattr(store, "monotonic", lambda: clock[0])
    monkeypatch.setattr(uploads, "held", slowly)
    assert uploads.held_bytes(agency, intake) == 3
    uploads.append(agency, intake, 1, offset=3, data=b"def", size_bytes=9)
    clock[0] += store.COUNTED_SPARSELY - 1
    assert uploads.held_bytes(agency, intake) == 3
    clock[0] += 2
    assert uploads.held_bytes(agency, intake) == 6


def test_what_is_held_of_some_files_costs_nothing_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = UploadStore(tmp_path / "uploads", quota_bytes=1 << 30, spare_bytes=0)
    agency, intake = uuid4(), uuid4()
    for number in range(1, 4):
        uploads.append(agency, intake, number, offset=0, data=b"x" * number, size_bytes=9)
    monkeypatch.setattr(os, "scandir", pytest.fail)
    assert uploads.held_of(agency, intake, [2, 9]) == {2: 2}

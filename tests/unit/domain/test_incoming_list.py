"""How far a list is on its way into a bank, as a part of the whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tsunagu.domain.incoming_list import ListProgress, ListState


@pytest.mark.parametrize(
    ("size", "done", "percent"),
    [(200, 0, 0), (200, 1, 0), (200, 199, 99), (200, 200, 100), (200, 300, 100), (0, 0, 100)],
)
def test_what_is_done_is_told_in_whole_hundredths_and_no_more_than_all(size: int, done: int, percent: int) -> None:
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    assert ListProgress(None, "", "csv", ListState.RUNNING, begun, size, done).percent == percent


def test_uploading_waiting_and_running_are_no_ends_and_all_others_are() -> None:
    assert {one for one in ListState if not one.has_ended} == {
        ListState.UPLOADING, ListState.WAITING, ListState.RUNNING,
    }  # fmt: skip

"""Times that members write: what no database or calendar could hold is no time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tsunagu.federation.moments import moment_in


def test_a_time_with_an_offset_is_read_as_utc() -> None:
    read = moment_in("2026-11-27T09:00:00+09:00")
    assert (read, read.tzinfo) == (datetime(2026, 11, 27, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-27T09:00:00", "yesterday", ""]
)
def test_what_has_no_offset_or_no_year_of_ours_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment_in(text)

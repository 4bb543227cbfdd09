"""The tiles of Japan: every prefecture once, where it lies to its neighbours, and no small count to be read off."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tsunagu.counting.suppression import SMALL_BELOW, kept_back_of
from tsunagu.resolution.prefectures import prefectures
from tsunagu.web.prefecture_tiles import drawn_tiles

CODES = sorted(prefectures())
counts = st.dictionaries(st.sampled_from(CODES), st.integers(0, 30))


@given(counts)
def test_every_prefecture_has_one_tile_of_its_own(parts: dict[str, int]) -> None:
    drawn = drawn_tiles(parts)
    assert [one.code for one in drawn.tiles] == CODES
    assert len({(one.x, one.y) for one in drawn.tiles}) == len(CODES)
    assert drawn.total == sum(parts.values())
    assert all(0 <= one.x < drawn.width and 0 <= one.y < drawn.height for one in drawn.tiles)


def test_what_lies_north_or_east_is_drawn_so() -> None:
    at = {one.code: one for one in drawn_tiles({}).tiles}
    north_of = [("01", "02"), ("02", "03"), ("04", "07"), ("15", "10"), ("11", "13"), ("31", "33"), ("40", "43")]
    east_of = [("13", "22"), ("23", "24"), ("25", "27"), ("26", "28"), ("34", "35"), ("37", "38"), ("44", "43")]
    assert all(at[one].y < at[other].y for one, other in north_of)
    assert all(at[one].x > at[other].x for one, other in east_of)


@given(counts)
def test_no_small_count_is_told_or_follows_from_the_total(parts: dict[str, int]) -> None:
    every = {code: parts.get(code, 0) for code in CODES}
    hidden = kept_back_of(every)
    told = {code: count for code, count in every.items() if code not in hidden}
    assert not any(0 < count < SMALL_BELOW for count in told.values())
    if hidden and told:
        assert len(hidden) >= 3
        rest = sum(every.values()) - sum(told.values())
        assert rest >= SMALL_BELOW
        assert not any(0 < rest - every[code] < SMALL_BELOW for code in hidden)


def test_where_nothing_is_small_everything_is_told() -> None:
    assert kept_back_of({"01": 0, "02": 5, "03": 700}) == frozenset()


@given(counts)
def test_only_who_is_told_of_is_shaded_and_more_are_darker(parts: dict[str, int]) -> None:
    shaded = [one for one in drawn_tiles(parts).tiles if one.band is not None]
    assert all(one.count for one in shaded)
    by_count = sorted(shaded, key=lambda one: one.count or 0)
    assert [one.band for one in by_count] == sorted(one.band or 0 for one in shaded)

"""Stretches from frame hits: what runs prove, and what still scenes must not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.hit import Stretch
from tsunagu.overlap.stretch import FRAME_RADIUS_BITS, MAX_STRETCHES, FrameHit, stretches


def run(count, *, a_from=0.0, b_from=0.0, bits=10, step_s=1.0, speed=1.0):
    return [FrameHit(a_from + i * step_s, b_from + i * step_s / speed, bits) for i in range(count)]


def block(a_from, a_count, b_from, b_count, bits=0):
    """Every frame of a still scene of one looks like every frame of it in the other."""
    return [FrameHit(float(a_from + i), float(b_from + j), bits) for i in range(a_count) for j in range(b_count)]


hits = st.lists(
    st.builds(FrameHit, st.integers(0, 40).map(float), st.integers(0, 40).map(float), st.integers(0, 120)), max_size=120
)


def test_a_run_of_close_frames_is_one_stretch_from_its_first_to_its_last_frame():
    assert stretches(run(10, a_from=3, b_from=20)) == (Stretch(3.0, 12.0, 20.0, 29.0, 10),)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_shared_frames_are_no_stretch(count):
    assert stretches(run(count, bits=0)) == ()


def test_distant_frames_need_a_longer_run_than_close_ones():
    assert stretches(run(3, bits=31)) != ()
    assert stretches(run(3, bits=80)) == ()
    assert stretches(run(12, bits=80)) != ()


def test_hits_beyond_the_radius_prove_nothing():
    assert stretches(run(100, bits=FRAME_RADIUS_BITS + 1)) == ()


def test_a_few_missing_frames_do_not_cut_a_run_and_many_do():
    assert len(stretches(run(5) + run(5, a_from=8, b_from=8))) == 1
    assert len(stretches(run(5) + run(5, a_from=30, b_from=30))) == 2


def test_a_copy_without_its_middle_gives_two_stretches():
    found = stretches(run(8) + run(8, a_from=12, b_from=8))
    assert found == (Stretch(0.0, 7.0, 0.0, 7.0, 10), Stretch(12.0, 19.0, 8.0, 15.0, 10))


def test_a_stretch_that_comes_three_times_is_told_three_times():
    found = stretches(run(8) + run(8, b_from=20) + run(8, b_from=50))
    assert [one.b_from_s for one in found] == [0.0, 20.0, 50.0]


@pytest.mark.parametrize("speed", [0.95, 25 / 23.976, 1.05])
def test_a_copy_at_another_speed_is_one_stretch(speed):
    (found,) = stretches(run(120, speed=speed))
    assert (found.a_to_s, round(found.b_to_s, 3)) == (119.0, round(119 / speed, 3))


def test_a_reversed_copy_is_no_stretch():
    assert stretches([FrameHit(float(i), float(30 - i), 0) for i in range(30)]) == ()


def test_a_still_scene_gives_one_stretch_no_longer_than_the_shorter_of_the_two():
    (found,) = stretches(block(0, 300, 40, 6))
    assert found.b_from_s >= 40
    assert found.a_to_s - found.a_from_s <= 5
    assert found.b_to_s <= 45


def test_a_still_scene_that_only_resembles_another_is_no_stretch():
    assert stretches(block(0, 200, 0, 200, bits=60)) == ()


def test_a_title_card_repeated_ten_times_in_both_gives_ten_stretches_not_a_hundred():
    cards = [one for i in range(10) for j in range(10) for one in block(40 * i, 5, 40 * j, 5)]
    found = stretches(cards)
    assert len(found) == 10
    assert all(one.a_to_s - one.a_from_s <= 4 and one.b_to_s - one.b_from_s <= 4 for one in found)


def test_a_run_does_not_slide_through_a_still_scene_to_another_offset():
    moving = run(10) + run(10, a_from=30, b_from=26)
    found = stretches(moving + block(10, 20, 10, 16))
    assert any((one.a_from_s, one.b_from_s) == (0.0, 0.0) for one in found)
    assert any((one.a_to_s, one.b_to_s) == (39.0, 35.0) for one in found)


def test_never_more_stretches_are_told_than_the_limit():
    many = [one for i in range(60) for one in run(4, a_from=100 * i, b_from=100 * ((i * 7) % 60))]
    assert len(stretches(many)) == MAX_STRETCHES


def test_frames_every_ten_seconds_work_when_the_step_says_so():
    assert len(stretches(run(12, step_s=10.0), step_s=10.0)) == 1


@pytest.mark.parametrize("step_s", [0.0, -1.0, float("nan")])
def test_a_step_that_is_not_positive_is_refused(step_s):
    with pytest.raises(InputError):
        stretches(run(5), step_s=step_s)


@pytest.mark.parametrize("at_s", [-1.0, 1.1e6, float("inf"), float("nan")])
def test_times_that_cannot_be_are_refused(at_s):
    with pytest.raises(InputError):
        stretches([*run(5), FrameHit(at_s, 3.0, 5)])
    with pytest.raises(InputError):
        stretches([*run(5), FrameHit(3.0, at_s, 5)])


@given(hits)
@settings(deadline=None)
def test_exchanging_the_videos_exchanges_the_sides_and_nothing_else(found):
    exchanged = stretches([FrameHit(one.b_at_s, one.a_at_s, one.distance_bits) for one in found])
    assert sorted(exchanged, key=repr) == sorted((one.reversed() for one in stretches(found)), key=repr)


@given(hits, st.randoms())
@settings(deadline=None)
def test_the_order_of_the_hits_does_not_matter(found, random):
    mixed = found.copy()
    random.shuffle(mixed)
    assert stretches(mixed) == stretches(found)


@given(hits)
@settings(deadline=None)
def test_stretches_run_forward_from_hit_to_hit_in_the_order_of_the_first_video(found):
    told = stretches(found)
    assert list(told) == sorted(told, key=lambda one: (one.a_from_s, one.b_from_s))
    times = {(one.a_at_s, one.b_at_s) for one in found if one.distance_bits <= FRAME_RADIUS_BITS}
    for one in told:
        assert {(one.a_from_s, one.b_from_s), (one.a_to_s, one.b_to_s)} <= times
        assert one.a_from_s < one.a_to_s
        assert one.b_from_s < one.b_to_s

"""Shared sound, from Chromaprint words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.overlap.sound import MAX_STRETCHES, movement, shared_sound

from .sounds import KIND, moving, sound, worn


def length_s(count):
    return (count - 1) * KIND.step_s + KIND.span_s


def test_a_recording_shares_its_whole_self_with_itself():
    (found,) = shared_sound(sound(moving(1, 400)), sound(moving(1, 400)))
    assert (found.a_from_s, found.b_from_s, found.distance_bits) == (0.0, 0.0, 0)
    assert found.a_to_s == found.b_to_s == pytest.approx(length_s(400))


def test_unrelated_recordings_share_nothing():
    for seed in range(200):
        assert shared_sound(sound(moving(seed, 500)), sound(moving(seed + 1000, 500))) == ()


@pytest.mark.parametrize(("share", "count"), [(0.05, 30), (0.15, 60), (0.2, 90), (0.25, 200)])
def test_the_worse_the_copy_the_longer_it_must_be_to_be_found(share, count):
    original = moving(1, 600)
    (found,) = shared_sound(sound(original), sound(worn(original[100 : 100 + count], 2, share)))
    assert found.a_from_s == pytest.approx(100 * KIND.step_s, abs=1.0)
    assert found.a_from_s - found.b_from_s == pytest.approx(100 * KIND.step_s)


@pytest.mark.parametrize(("share", "count"), [(0.15, 20), (0.3, 60), (0.4, 600)])
def test_too_short_for_its_quality_is_not_told(share, count):
    original = moving(1, 600)
    assert shared_sound(sound(original), sound(worn(original[:count], 2, share))) == ()


def test_a_piece_inside_another_recording_is_found_to_half_a_second():
    piece = moving(1, 400)[100:220]
    other = np.concatenate((moving(2, 150), piece, moving(3, 200)))
    (found,) = shared_sound(sound(moving(1, 400)), sound(other))
    assert found.a_from_s == pytest.approx(100 * KIND.step_s, abs=0.5)
    assert found.a_to_s == pytest.approx(99 * KIND.step_s + length_s(121), abs=0.5)
    assert found.b_from_s == pytest.approx(150 * KIND.step_s, abs=0.5)


def test_a_jingle_that_comes_three_times_is_told_three_times():
    jingle = moving(1, 80)
    other = np.concatenate((jingle, moving(2, 100), jingle, moving(3, 100), jingle))
    found = shared_sound(sound(jingle), sound(other))
    assert [round(one.b_from_s / KIND.step_s) for one in found] == [0, 180, 360]


def test_silence_and_steady_tones_share_nothing_even_with_themselves():
    silence = np.full(500, 627964279, dtype=np.uint32)
    assert shared_sound(sound(silence), sound(silence)) == ()
    assert shared_sound(sound(silence), sound(moving(1, 500))) == ()
    beep = np.tile(np.array([5, 5, 5, 7], dtype=np.uint32), 100)
    assert shared_sound(sound(beep), sound(beep)) == ()


def test_silence_around_a_shared_piece_does_not_lengthen_it_much():
    silence = np.full(300, 627964279, dtype=np.uint32)
    one = np.concatenate((silence, moving(1, 100), silence))
    (found,) = shared_sound(sound(one), sound(one))
    assert 100 * KIND.step_s - 1 < found.a_to_s - found.a_from_s < 100 * KIND.step_s + 8


def test_a_loop_does_not_give_hundreds_of_stretches():
    loop = np.tile(moving(1, 60), 30)
    assert 1 <= len(shared_sound(sound(loop), sound(loop[: 60 * 5]))) <= MAX_STRETCHES


@pytest.mark.parametrize("count", [0, 1, 18])
def test_a_sound_too_short_to_tell_shares_nothing(count):
    assert shared_sound(sound(moving(1, count)), sound(moving(1, count))) == ()


@given(st.integers(0, 100), st.integers(0, 80), st.integers(20, 120), st.floats(0, 0.3))
@settings(max_examples=60)
def test_exchanging_the_recordings_exchanges_the_sides(seed, lead, count, share):
    one = sound(moving(seed, 150))
    other = sound(np.concatenate((moving(seed + 1000, lead), worn(moving(seed, 150)[10 : 10 + count], seed, share))))
    expected = sorted((found.reversed() for found in shared_sound(other, one)), key=repr)
    assert sorted(shared_sound(one, other), key=repr) == expected


def test_movement_is_the_bit_error_rate_between_words_two_seconds_apart():
    words = moving(1, 59)
    by_definition = np.mean([int(words[i] ^ words[i + 18]).bit_count() / 32 for i in range(40)])
    assert movement(words)[0] == pytest.approx(by_definition)
    assert not movement(np.full(50, 3, dtype=np.uint32)).any()
    assert movement(words).shape == (59,)

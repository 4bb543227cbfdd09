"""Shared video, from the fingerprints of frames."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint, Turn
from tsunagu.domain.hit import Stretch
from tsunagu.overlap import video
from tsunagu.overlap.video import shared_video, turned

PDQ = FingerprintKind.PDQ
CARD = int.from_bytes(np.random.default_rng(9).bytes(32))


def frame(at_s, bits, quality=100):
    return TimedFingerprint(float(at_s), int(at_s), Fingerprint(PDQ, bits.to_bytes(32, "big"), quality))


def film(seed, count, *, start=0.0, quality=100):
    rng = np.random.default_rng(seed)
    return [frame(start + i, int.from_bytes(rng.bytes(32)), quality) for i in range(count)]


def noisy(frames, seed, bits):
    """The frames with so many bits of each flipped."""
    rng = np.random.default_rng(seed)
    changed = []
    for one in frames:
        flips = sum(1 << int(place) for place in rng.choice(256, bits, replace=False))
        data = (int.from_bytes(one.fingerprint.data) ^ flips).to_bytes(32, "big")
        changed.append(TimedFingerprint(one.at_s, one.frame, Fingerprint(PDQ, data, one.fingerprint.quality)))
    return changed


def shifted(frames, by_s):
    return [TimedFingerprint(one.at_s + by_s, one.frame, one.fingerprint) for one in frames]


def test_a_video_shares_its_whole_self_with_itself():
    assert shared_video(film(1, 40), film(1, 40)) == (Stretch(0.0, 39.0, 0.0, 39.0, 0),)


def test_unrelated_videos_share_nothing():
    for seed in range(200):
        assert shared_video(film(seed, 60), film(seed + 1000, 60)) == ()


@pytest.mark.parametrize("bits", [0, 31, 50, 70])
def test_a_changed_copy_is_found_whole(bits):
    (found,) = shared_video(film(1, 30), noisy(film(1, 30), 5, bits))
    assert (found.a_from_s, found.a_to_s, found.b_from_s, found.b_to_s) == (0.0, 29.0, 0.0, 29.0)
    assert found.distance_bits == bits


def test_no_more_hits_are_kept_than_allowed_wherever_the_alike_frames_lie(monkeypatch):
    counts = []

    def pairs(a, b, radius_bits, count):
        counts.append(count)
        return found(a, b, radius_bits, count)

    found = video._pairs
    monkeypatch.setattr(video, "MAX_HITS", 100)
    monkeypatch.setattr(video, "_pairs", pairs)
    still = film(4, 1)[0].fingerprint
    for period in range(1, 12):
        frames = [
            TimedFingerprint(o.at_s, o.frame, still if o.frame % period == 0 else o.fingerprint) for o in film(5, 300)
        ]
        shared_video(frames, frames)
    assert len(counts) == 11
    assert max(counts) <= 100


def test_a_piece_inside_another_video_is_found_where_it_lies():
    piece = shifted(film(1, 60)[20:35], 30.0)
    other = [*film(2, 50), *piece, *film(3, 40, start=65)]
    assert shared_video(film(1, 60), other) == (Stretch(20.0, 34.0, 50.0, 64.0, 0),)


def test_frames_at_irregular_times_are_matched_to_their_neighbours():
    rng = np.random.default_rng(3)
    one = film(1, 30)
    other = [TimedFingerprint(f.at_s + rng.uniform(-0.4, 0.4) + 7, f.frame, f.fingerprint) for f in one]
    (found,) = shared_video(one, other)
    assert (found.a_from_s, found.a_to_s) == (0.0, 29.0)


def test_frames_below_the_quality_floor_are_no_evidence():
    assert shared_video(film(1, 30, quality=PDQ.quality_floor - 1), film(1, 30)) == ()
    assert shared_video(film(1, 30, quality=PDQ.quality_floor), film(1, 30)) != ()


def test_black_frames_share_nothing():
    black = [frame(i, 0, quality=0) for i in range(100)]
    assert shared_video(black, black) == ()


def test_one_shared_frame_is_no_stretch():
    one, other = film(1, 30), film(2, 30)
    other[12] = shifted([one[4]], 8.0)[0]
    assert shared_video(one, other) == ()


def test_a_shared_title_card_is_told_once_and_no_longer_than_it_is_shown():
    one = [*(frame(i, CARD) for i in range(10)), *film(1, 60, start=10)]
    other = [*film(2, 60), *(frame(60 + i, CARD) for i in range(6))]
    (found,) = shared_video(one, other)
    assert found.a_to_s - found.a_from_s <= 5
    assert found.a_to_s <= 9
    assert found.b_from_s >= 60


def test_a_still_recording_in_the_middle_does_not_hide_what_moves():
    one = [*film(1, 20), *(frame(20 + i, CARD) for i in range(20)), *film(2, 20, start=40)]
    assert Stretch(0.0, 59.0, 0.0, 59.0, 0) in shared_video(one, one)


def test_long_still_videos_stay_within_the_bound_of_hits(monkeypatch):
    monkeypatch.setattr(video, "MAX_HITS", 1000)
    still = [frame(i, 1 << 77) for i in range(200)]
    (found,) = shared_video(still, still)
    assert (found.a_from_s, found.b_from_s) == (0.0, 0.0)
    assert found.a_to_s > 180


def test_videos_without_frames_share_nothing():
    assert shared_video([], film(1, 5)) == ()
    assert shared_video([], []) == ()


@given(st.integers(0, 30), st.integers(3, 20), st.integers(0, 30), st.integers(0, 70), st.integers(0, 1000))
@settings(deadline=None, max_examples=50)
def test_exchanging_the_videos_exchanges_the_sides(lead, length, tail, bits, seed):
    one = film(seed, 40)
    other = [*film(seed + 1, lead), *noisy(shifted(one[5 : 5 + length], lead - 5.0), seed, bits)]
    other += film(seed + 2, tail, start=lead + length)
    expected = sorted((found.reversed() for found in shared_video(other, one)), key=repr)
    assert sorted(shared_video(one, other), key=repr) == expected


@given(st.floats(0, 10_000), st.integers(0, 60), st.integers(0, 1000))
@settings(deadline=None, max_examples=50)
def test_shifting_a_video_shifts_the_stretch(by_s, bits, seed):
    one, other = film(seed, 20), noisy(film(seed, 20), seed, bits)
    (found,), (moved,) = shared_video(one, other), shared_video(one, shifted(other, by_s))
    assert (moved.a_from_s, moved.a_to_s) == (found.a_from_s, found.a_to_s)
    assert moved.b_from_s == pytest.approx(found.b_from_s + by_s)
    assert moved.b_to_s == pytest.approx(found.b_to_s + by_s)


def test_turning_a_frame_and_turning_it_back_changes_nothing():
    frames = tuple(film(4, 5))
    for turn in Turn:
        assert turned(turned(frames, turn), turn.inverse) == frames


def test_turning_comes_close_to_the_fingerprint_of_the_turned_picture():
    pdqhash = pytest.importorskip("pdqhash")
    data = pytest.importorskip("skimage.data")
    for picture in (data.astronaut(), data.chelsea(), data.coffee(), data.rocket()):
        vectors, quality = pdqhash.compute_dihedral(picture)
        prints = [Fingerprint(PDQ, np.packbits(vector).tobytes(), quality) for vector in vectors]
        for turn in Turn:
            (found,) = turned([TimedFingerprint(0.0, 0, prints[0])], turn)
            assert found.fingerprint.distance(prints[turn]) <= 18

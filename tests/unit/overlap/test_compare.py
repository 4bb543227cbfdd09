"""What two files have in common."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint, Turn
from tsunagu.domain.hit import Evidence, EvidenceKind
from tsunagu.domain.media import Examined
from tsunagu.overlap.compare import compare
from tsunagu.overlap.video import turned

from .sounds import moving, sound

PDQ = FingerprintKind.PDQ


def digests(content):
    return Digests(*(hashlib.new(name, content).digest() for name in ("md5", "sha1", "sha256")))


def file(content, **known):
    return Examined(path=b"x", size_bytes=len(content), digests=digests(content), **known)


def turns(seed, quality=100):
    rng = np.random.default_rng(seed)
    return tuple(Fingerprint(PDQ, rng.bytes(32), quality) for _ in Turn)


def picture(content, seed, quality=100):
    eight = turns(seed, quality)
    return file(content, pdq=eight[0], pdq_turns=eight)


def frames(seed, count):
    rng = np.random.default_rng(seed)
    return tuple(TimedFingerprint(float(i), i, Fingerprint(PDQ, rng.bytes(32), 100)) for i in range(count))


def test_identical_files_give_exact_alone():
    assert compare(picture(b"a", 1), picture(b"a", 1)) == (Evidence(EvidenceKind.EXACT, 0),)


def test_empty_files_have_nothing_in_common():
    assert compare(file(b""), file(b"")) == ()


def test_files_that_could_not_be_read_have_nothing_in_common():
    unread = Examined(path=b"x", size_bytes=0)
    assert compare(unread, unread) == ()


def test_strange_files_have_nothing_in_common():
    one = replace(picture(b"a", 1), frames=frames(1, 20), sound=sound(moving(1, 100)))
    other = replace(picture(b"b", 2), frames=frames(2, 20), sound=sound(moving(2, 100)))
    assert compare(one, other) == ()


def test_a_near_copy_is_told_with_distance_and_turn():
    assert compare(picture(b"a", 1), picture(b"b", 1)) == (Evidence(EvidenceKind.NEAR, 0, Turn.UPRIGHT),)


@pytest.mark.parametrize("turn", Turn)
def test_a_turned_copy_is_told_with_how_it_lies_on_the_first_and_inverted_the_other_way(turn):
    one = picture(b"a", 1)
    strange = turns(2)
    copy = file(b"b", pdq=one.pdq_turns[turn], pdq_turns=(one.pdq_turns[turn], *strange[1:]))
    assert compare(one, copy) == (Evidence(EvidenceKind.NEAR, 0, turn),)
    assert compare(copy, one) == (Evidence(EvidenceKind.NEAR, 0, turn.inverse),)


@pytest.mark.parametrize(("bits", "found"), [(31, 1), (32, 0)])
def test_near_reaches_to_the_radius_of_the_kind_and_no_farther(bits, found):
    one = picture(b"a", 1)
    data = (int.from_bytes(one.pdq.data) ^ ((1 << bits) - 1)).to_bytes(32, "big")
    copy = file(b"b", pdq=Fingerprint(PDQ, data, 100), pdq_turns=())
    assert len(compare(one, copy)) == found


@pytest.mark.parametrize(("qualities", "found"), [((50, 50), 1), ((49, 100), 0), ((100, 49), 0)])
def test_both_pictures_must_reach_the_quality_floor(qualities, found):
    assert len(compare(picture(b"a", 1, qualities[0]), picture(b"b", 1, qualities[1]))) == found


def test_a_still_taken_from_a_video_is_near_it():
    film = file(b"film", frames=frames(5, 30))
    shot = film.frames[17].fingerprint
    still = file(b"still", pdq=shot, pdq_turns=(shot, *turns(6)[1:]))
    assert compare(film, still) == (Evidence(EvidenceKind.NEAR, 0, Turn.UPRIGHT),)
    assert compare(still, film) == (Evidence(EvidenceKind.NEAR, 0, Turn.UPRIGHT),)


def test_one_frame_that_two_videos_share_is_not_told():
    one, other = frames(5, 30), frames(6, 30)
    assert compare(file(b"a", frames=one), file(b"b", frames=(*other, replace(one[3], at_s=30.0)))) == ()


def test_shared_video_and_sound_are_told_in_this_order():
    one = file(b"a", frames=frames(5, 30), sound=sound(moving(1, 100)))
    other = replace(one, digests=digests(b"b"))
    video, audio = compare(one, other)
    assert (video.kind, audio.kind) == (EvidenceKind.VIDEO, EvidenceKind.SOUND)
    assert (video.turn, video.distance_bits, len(video.stretches)) == (None, 0, 1)
    assert (audio.turn, audio.distance_bits, len(audio.stretches)) == (None, 0, 1)


@pytest.mark.parametrize("turn", [Turn.MIRRORED_LEFT_RIGHT, Turn.ROTATED_90])
def test_a_turned_video_is_told_with_its_turn(turn):
    one = file(b"a", frames=frames(5, 30))
    copy = file(b"b", frames=turned(one.frames, turn))
    (found,) = compare(one, copy)
    assert (found.kind, found.turn) == (EvidenceKind.VIDEO, turn)
    (back,) = compare(copy, one)
    assert back.turn == turn.inverse

"""Candidates for shared sound."""

import numpy as np

from tsunagu.overlap.sound_index import NEEDED_VOTES, SoundIndex

from .sounds import KIND, moving, sound, worn


def library(count=50, words=400):
    return SoundIndex.build(KIND, ((1000 + seed, sound(moving(seed, words))) for seed in range(count)))


def test_a_recording_is_its_own_first_candidate():
    first = library().candidates(sound(moving(7, 400)))[0]
    assert first.entry_id == 1007
    assert first.votes >= 400


def test_worn_ten_second_pieces_are_found_among_many():
    index = library()
    found = [
        1000 + seed in [one.entry_id for one in index.candidates(sound(worn(moving(seed, 400)[150:230], 1, 0.05)))]
        for seed in range(50)
    ]
    assert sum(found) >= 49


def test_candidates_come_by_votes_and_then_by_entry_id():
    twice = SoundIndex.build(KIND, [(9, sound(moving(1, 100))), (3, sound(moving(1, 100)))])
    assert [one.entry_id for one in twice.candidates(sound(moving(1, 100)))] == [3, 9]
    votes = [one.votes for one in library().candidates(sound(moving(1, 400)))]
    assert votes == sorted(votes, reverse=True)
    assert min(votes) >= NEEDED_VOTES


def test_silence_is_nobodys_candidate():
    silence = sound(np.full(500, 627964279, dtype=np.uint32))
    index = SoundIndex.build(KIND, [(1, silence), (2, sound(moving(1, 100)))])
    assert index.candidates(silence) == ()


def test_a_query_longer_than_a_part_is_answered_whole():
    lone = moving(3, 5000)
    index = SoundIndex.build(KIND, [(1, sound(lone[4500:4700])), (2, sound(lone[100:300]))])
    assert {one.entry_id for one in index.candidates(sound(lone))} == {1, 2}


def test_an_empty_index_and_an_empty_recording_have_no_candidates():
    assert SoundIndex.build(KIND, []).candidates(sound(moving(1, 100))) == ()
    assert library(3).candidates(sound([])) == ()

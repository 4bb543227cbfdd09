"""Which of many recordings may share sound with one: an inverted index over halves of Chromaprint words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import SoundFingerprint, SoundKind
from tsunagu.overlap.sound import STEADY_RATE, Words, movement

NEEDED_VOTES = 10
"""Word halves that must agree at about one time offset before a recording is a candidate."""
OFFSET_WORDS = 4
"""Offsets are told apart to this many words; two grids, half of that apart, so that no run is cut in two."""
PART_WORDS = 4096
"""A long query is asked in parts of 8 minutes: the memory it takes grows with the places that the words of one part are
found at, which the number and likeness of the entries decide, and not with the length of the query."""
_HALVES = 2
_VALUES = 1 << 16


@dataclass(frozen=True, slots=True)
class SoundCandidate:
    """A recording that may share sound with the query; `shared_sound` tells whether it does.

    Attributes:
        entry_id: the entry's id, as the index was built with.
        votes: word halves that agree at the best time offset, at least `NEEDED_VOTES`.
    """

    entry_id: int
    votes: int


class SoundIndex:
    """An immutable set of recordings of one kind, searched by words that agree in one half.

    A word with at most one wrong bit always agrees in a half. Not exact: what is missed is measured in
    `docs/decisions/0004-stretches.md`. Steady sounds are left out. It keeps 16 bytes a word (a word every 0.12 s).
    """

    def __init__(self, kind: SoundKind, entry_ids: NDArray[np.int64], starts: NDArray[np.int64], places: Words) -> None:
        """Keep what `build` prepared: entry ids by row, where each half's places start, the places (row, word)."""
        self.kind = kind
        self._entry_ids = entry_ids
        self._starts = starts
        self._places = places

    @classmethod
    def build(cls, kind: SoundKind, entries: Iterable[tuple[int, SoundFingerprint]]) -> Self:
        """Return an index of the entries, each an id and a recording.

        Raises:
            InputError: a recording is of another kind.
        """
        return cls.of_words(kind, ((entry_id, _words(sound, kind)) for entry_id, sound in entries))

    @classmethod
    def of_words(cls, kind: SoundKind, entries: Iterable[tuple[int, Words]]) -> Self:
        """Return an index of the entries, each an id and the words of a recording: shape (n,), uint32."""
        ids: list[int] = []
        halves, places = [np.zeros(0, dtype=np.int64)], [np.zeros((0, 2), dtype=np.uint32)]
        for row, (entry_id, words) in enumerate(entries):
            ids.append(entry_id)
            place, half = _halves(words)
            halves.append(half)
            places.append(np.stack((np.full(len(place), row), place), axis=1).astype(np.uint32))
        keys = np.concatenate(halves)
        order = np.argsort(keys, kind="stable")
        starts = np.searchsorted(keys[order], np.arange(_HALVES * _VALUES + 1))
        return cls(kind, np.array(ids, dtype=np.int64), starts, np.concatenate(places)[order])

    def candidates(self, sound: SoundFingerprint) -> tuple[SoundCandidate, ...]:
        """Return the recordings that may share sound with this one, most votes first, then by entry id.

        Raises:
            InputError: the recording is of another kind.
        """
        return self.candidates_for(_words(sound, self.kind))

    def candidates_for(self, words: Words) -> tuple[SoundCandidate, ...]:
        """Return what `candidates` does, for the words of a recording of the index's kind: shape (n,), uint32."""
        place, half = _halves(words)
        votes = np.zeros(len(self._entry_ids), dtype=np.int64)
        for start in range(0, len(words), PART_WORDS):
            part = (place >= start) & (place < start + PART_WORDS)
            rows, counts = self._votes(place[part], half[part])
            np.maximum.at(votes, rows, counts)
        found = np.flatnonzero(votes >= NEEDED_VOTES)
        pairs = ((-int(votes[row]), int(self._entry_ids[row])) for row in found)
        return tuple(SoundCandidate(entry_id, -less) for less, entry_id in sorted(pairs))

    def _votes(self, place: NDArray[np.int64], half: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return rows and how many halves agree with each at one offset; a row may come several times."""
        starts, ends = self._starts[half], self._starts[half + 1]
        lengths = ends - starts
        # The places of all halves in one go: counting on from each half's start.
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        met = self._places[np.repeat(starts, lengths) + within].astype(np.int64)
        offset = met[:, 1] - np.repeat(place, lengths) + (1 << 31)
        grids = [np.unique((met[:, 0] << 32) | ((offset + s) // OFFSET_WORDS), return_counts=True) for s in _GRIDS]
        return np.concatenate([codes >> 32 for codes, _ in grids]), np.concatenate([count for _, count in grids])


_GRIDS: Sequence[int] = (0, OFFSET_WORDS // 2)


def _words(sound: SoundFingerprint, kind: SoundKind) -> Words:
    if sound.kind is not kind:
        raise InputError("the recording is of another kind")
    return np.array(sound.words, dtype=np.uint32)


def _halves(words: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of all moving words, twice, and the key of each one's upper, then lower half."""
    place = np.flatnonzero(movement(words) >= STEADY_RATE)
    moving = words[place].astype(np.int64)
    return np.concatenate((place, place)), np.concatenate((moving >> 16, _VALUES + (moving & (_VALUES - 1))))

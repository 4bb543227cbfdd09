"""Which items have something in common with which: exact, near, video and sound, over all that is held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.fingerprint import FingerprintKind, SoundKind, Turn
from tsunagu.domain.hit import Evidence, EvidenceKind
from tsunagu.domain.link import Link
from tsunagu.fingerprints.loading import without_linear_algebra
from tsunagu.index.flat import FlatIndex
from tsunagu.overlap.sound import shared_words
from tsunagu.overlap.sound_index import SoundIndex
from tsunagu.overlap.stretch import CANDIDATE_RADIUS_BITS, MAX_TIME_S
from tsunagu.overlap.video import FrameTable, shared_frames, turned_table
from tsunagu.records import links as rows
from tsunagu.records.links import TraceTable

_PDQ = FingerprintKind.PDQ
_EVERYTHING = "all that is held"
SLICE_PAIRS = 1 << 22
"""Pairs that one slice of a search may find at most, 24 bytes each, where a single picture does not find more."""
_INVERSE = np.array([turn.inverse for turn in Turn])
_SEVERAL, _NOWHERE = -1, -2
CANDIDATE_HITS = 2
"""Pairs of frames within `CANDIDATE_RADIUS_BITS` that propose a video: fewer than any stretch has, more than chance."""


@dataclass(frozen=True, slots=True)
class Benign:
    """What agencies have declared benign: each agency's word counts for its own items alone.

    Attributes:
        digests: SHA-256 digests, by agency.
        pictures: an index of PDQ fingerprints, by agency.
        radii: the radius of the bank of each entry of that index, by agency; shape (n,), int64.
    """

    digests: dict[UUID, frozenset[bytes]]
    pictures: dict[UUID, FlatIndex]
    radii: dict[UUID, NDArray[np.int64]]

    @classmethod
    def declared(cls) -> Benign:
        """Return what is declared now."""
        benign = cls({}, {}, {})
        for agency_id, items in rows.benign_items().items():
            benign.digests[agency_id] = frozenset(sha256 for sha256, _, _ in items if sha256)
            near = [(pdq, radius) for _, pdq, radius in items if pdq]
            table = np.frombuffer(b"".join(pdq for pdq, _ in near), np.uint8).reshape(-1, _PDQ.bits // 8)
            benign.pictures[agency_id] = FlatIndex(_PDQ, table, np.arange(len(near)), version="declared benign")
            benign.radii[agency_id] = np.array([radius for _, radius in near], np.int64)
        return benign

    def among(self, item_ids: Iterable[int]) -> set[int]:
        """Return which of these items their own agency has declared benign, by digest or within a bank's radius."""
        found: set[int] = set()
        for agency_id, contents in rows.contents_of(item_ids, agencies=self.digests).items():
            known = self.digests[agency_id]
            found |= {item for item, sha256 in contents.items() if sha256 in known}
            traces = rows.picture_traces(contents)
            near, entries, distances = self.pictures[agency_id].search_table(traces.data, _PDQ.radius_bits)
            within = distances <= self.radii[agency_id][entries]
            found |= set(traces.item_ids[near[within]].tolist())
        return found


@cache
def load_kernels() -> None:
    """Load what comparing pictures needs, once a process; it takes half a second."""
    blank = np.zeros((1, _PDQ.bits // 8), np.uint8)
    with without_linear_algebra():
        FlatIndex(_PDQ, blank, np.zeros(1, np.int64), version="blank").search_table(blank, _PDQ.radius_bits)


def find_links(item_ids: Sequence[int], benign: Benign) -> list[Link]:
    """Return what each of these items has in common with any item that is held, itself included.

    A link of an item with itself stands for two cases of one agency that hold it. Links of one pair may come
    twice, once from either side. Two contents that one case alone holds are not compared: they concern nobody else.
    """
    places = _Places()
    exact = rows.same_content(item_ids)
    same = {pair for a, b in exact for pair in ((a, b), (b, a))}
    found = [(a, b, Evidence(EvidenceKind.EXACT, 0)) for a, b in exact]
    found += [one for one in _near(item_ids, places) if one[:2] not in same]
    found += [one for one in _video(item_ids, places) if one[:2] not in same]
    found += [one for one in _sound(item_ids, places) if one[:2] not in same]
    known = benign.among({item for a, b, _ in found for item in (a, b)})
    return [Link(a, b, evidence, silenced=bool({a, b} & known)) for a, b, evidence in found]


class _Places:
    """Where items are held, asked for as they turn up and remembered."""

    def __init__(self) -> None:
        """Begin knowing nothing."""
        self._only_case: dict[int, int] = {}
        self._numbers: dict[UUID, int] = {}

    def may_overlap(self, items: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each pair whether its two items may be held in two cases: shape (n,).

        They are not when neither is held outside one and the same case, or one is not held at all.
        """
        known, place = np.unique(np.concatenate((items, others)), return_inverse=True)
        cases = self._only_cases(known.tolist())[place]
        one, other = cases[: len(items)], cases[len(items) :]
        wanted: NDArray[np.bool_] = (one != _NOWHERE) & (other != _NOWHERE) & ((one != other) | (one == _SEVERAL))
        return wanted

    def _only_cases(self, items: list[int]) -> NDArray[np.int64]:
        """Return the number of the one case that holds each item, `_SEVERAL` or `_NOWHERE`."""
        new = [item for item in items if item not in self._only_case]
        if new:
            held = rows.places(new)
            for item in new:
                cases = {place.case_id for place in held.get(item, ())}
                number = self._numbers.setdefault(cases.pop(), len(self._numbers)) if len(cases) == 1 else None
                self._only_case[item] = number if number is not None else _SEVERAL if cases else _NOWHERE
        return np.array([self._only_case[item] for item in items], dtype=np.int64)


def _near(item_ids: Sequence[int], places: _Places) -> Iterator[tuple[int, int, Evidence]]:
    """Yield near pictures, and stills of videos, each pair once: the eight turns of either against the other upright.

    New pictures are asked against all that is held, and the other way round; all pictures against new videos' frames.
    """
    mine, uprights, frames = rows.turned_traces(item_ids), rows.picture_traces(item_ids), rows.frame_traces(item_ids)
    found: list[NDArray[np.int64]] = []
    if len(uprights.item_ids):
        found += _nearest(mine, rows.picture_traces(), places)
        found += _nearest(mine, rows.frame_traces(), places)
    if len(uprights.item_ids) or len(frames.item_ids):
        everyone = rows.turned_traces()
        found += _nearest(everyone, uprights, places)
        found += _nearest(everyone, frames, places)
    if found:
        for a, b, rank in _least_of_each(np.concatenate(found)).tolist():
            distance, turn = divmod(rank, len(Turn))
            yield a, b, Evidence(EvidenceKind.NEAR, distance, Turn(turn))


def _nearest(
    pictures: tuple[NDArray[np.int64], NDArray[np.uint8]], table: TraceTable, places: _Places
) -> Iterator[NDArray[np.int64]]:
    """Yield the pairs of a picture and a row's item, the lesser id first, in their nearest turn, slice by slice.

    Of contents that are all alike there are far more hits than pairs, and more pairs than those that two cases have:
    each slice of the search is reduced at once.

    Args:
        pictures: item ids, and the eight fingerprints of each.
        table: what they are asked against.
        places: where the items are held.

    Returns:
        Arrays of shape (n, 3), int64: two items, and a rank: the distance in bits times eight, plus the turn.
    """
    item_ids, turns = pictures
    index = FlatIndex(_PDQ, table.data, table.item_ids, version=_EVERYTHING)
    step = max(1, SLICE_PAIRS // (len(Turn) * max(1, len(index))))
    for start in range(0, len(item_ids), step):
        asked = turns[start : start + step].reshape(-1, _PDQ.bits // 8)
        queries, others, distances = index.search_table(asked, _PDQ.radius_bits)
        items, turn = item_ids[start + queries // len(Turn)], queries % len(Turn)
        wanted = (items != others) & places.may_overlap(items, others)
        if wanted.any():
            is_first = items < others
            rank = distances * len(Turn) + np.where(is_first, turn, _INVERSE[turn])
            pairs = (np.where(is_first, items, others), np.where(is_first, others, items), rank)
            yield _least_of_each(np.stack(pairs, axis=1)[wanted])


def _least_of_each(ranked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return of rows (a, b, rank) the one of least rank of each pair, in order."""
    ordered = ranked[np.lexsort((ranked[:, 2], ranked[:, 1], ranked[:, 0]))]
    return ordered[np.concatenate(([True], (np.diff(ordered[:, :2], axis=0) != 0).any(axis=1)))]


def _video(item_ids: Sequence[int], places: _Places) -> Iterator[tuple[int, int, Evidence]]:
    """Yield shared video stretches: each new video, in its eight turns, against those that an index proposes."""
    mine = _by_item(rows.frame_traces(item_ids))
    if not len(mine.item_ids):
        return
    everyone = _by_item(rows.frame_traces())
    index = FlatIndex(_PDQ, everyone.data, everyone.item_ids, version=_EVERYTHING)
    for item in np.unique(mine.item_ids).tolist():
        at_s, upright = _frames_of(mine, item)
        found: dict[int, Evidence] = {}
        for turn in Turn:
            data = turned_table(upright, turn)
            proposed = index.ids_within(data, CANDIDATE_RADIUS_BITS, least_pairs=CANDIDATE_HITS, without=item)
            for other in proposed[places.may_overlap(np.full(len(proposed), item), proposed)].tolist():
                if other in found:
                    continue
                stretches = shared_frames(FrameTable.of(at_s, data), FrameTable.of(*_frames_of(everyone, other)))
                if stretches:
                    distance = min(stretch.distance_bits for stretch in stretches)
                    turned_by = turn if turn is not Turn.UPRIGHT else None
                    found[other] = Evidence(EvidenceKind.VIDEO, distance, turned_by, stretches)
        yield from ((item, other, evidence) for other, evidence in found.items())


def _by_item(table: TraceTable) -> TraceTable:
    """Return the rows in the order of their items, so that each video's lie together.

    Frames at a time that no video has are left out: they came from a decoder that lied, and no stretch can hold them.
    """
    is_sane = (table.at_s >= 0) & (table.at_s <= MAX_TIME_S)
    order = np.flatnonzero(is_sane)[np.argsort(table.item_ids[is_sane], kind="stable")]
    return TraceTable(table.item_ids[order], table.data[order], table.at_s[order])


def _frames_of(table: TraceTable, item: int) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return times and fingerprints of one video's frames from a table in the order of items."""
    start, end = np.searchsorted(table.item_ids, [item, item + 1])
    return table.at_s[start:end], table.data[start:end]


def _sound(item_ids: Sequence[int], places: _Places) -> Iterator[tuple[int, int, Evidence]]:
    """Yield shared sound: each new recording against those that share enough words with it."""
    mine = dict(rows.sound_traces(item_ids))
    if not mine:
        return
    everyone = dict(rows.sound_traces())
    index = SoundIndex.of_words(SoundKind.CHROMAPRINT, everyone.items())
    for item, words in mine.items():
        candidates = np.array([one.entry_id for one in index.candidates_for(words)], dtype=np.int64)
        candidates = candidates[candidates != item]
        for other in candidates[places.may_overlap(np.full(len(candidates), item), candidates)].tolist():
            found = shared_words(SoundKind.CHROMAPRINT, words, everyone[other])
            if found:
                distance = min(stretch.distance_bits for stretch in found)
                yield item, other, Evidence(EvidenceKind.SOUND, distance, None, found)

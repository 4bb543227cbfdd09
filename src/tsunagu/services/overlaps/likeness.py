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
from tsunagu.services.overlaps.held_index import HeldNow
from tsunagu.services.overlaps.near import near
from tsunagu.services.overlaps.places import Places

_PDQ = FingerprintKind.PDQ
_EVERYTHING = "all that is held"
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


def find_links(item_ids: Sequence[int], benign: Benign, held: HeldNow | None = None) -> list[Link]:
    """Return what each of these items has in common with any item that is held, itself included.

    With a snapshot, what waits is left out, but for these items and what has hits with them: it will be compared with
    them.

    A link of an item with itself stands for two cases of one agency that hold it. Links of one pair may come
    twice, once from either side. Two contents that one case alone holds are not compared: they concern nobody else.
    """
    places = Places()
    exact = rows.same_content(item_ids)
    same = {pair for a, b in exact for pair in ((a, b), (b, a))}
    found = [(a, b, Evidence(EvidenceKind.EXACT, 0)) for a, b in exact]
    found += [one for one in near(item_ids, places, held) if one[:2] not in same]
    found += [one for one in _video(item_ids, places) if one[:2] not in same]
    found += [one for one in _sound(item_ids, places) if one[:2] not in same]
    known = benign.among({item for a, b, _ in found for item in (a, b)})
    return [Link(a, b, evidence, silenced=bool({a, b} & known)) for a, b, evidence in found]


def _video(item_ids: Sequence[int], places: Places) -> Iterator[tuple[int, int, Evidence]]:
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


def _sound(item_ids: Sequence[int], places: Places) -> Iterator[tuple[int, int, Evidence]]:
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

"""Which items have something in common with which: exact, near, video and sound, over all that is held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.fingerprint import FingerprintKind, SoundKind, Turn
from tsunagu.domain.hit import Evidence, EvidenceKind
from tsunagu.domain.link import Link
from tsunagu.index.flat import FlatIndex
from tsunagu.overlap.sound import shared_words
from tsunagu.overlap.sound_index import SoundIndex
from tsunagu.overlap.stretch import CANDIDATE_RADIUS_BITS
from tsunagu.overlap.video import FrameTable, shared_frames, turned_table
from tsunagu.records import links as rows
from tsunagu.records.links import TraceTable

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
    """

    digests: dict[UUID, frozenset[bytes]]
    pictures: dict[UUID, FlatIndex]

    @classmethod
    def declared(cls) -> Benign:
        """Return what is declared now."""
        digests: dict[UUID, frozenset[bytes]] = {}
        pictures: dict[UUID, FlatIndex] = {}
        for agency_id, entries in rows.benign_entries().items():
            digests[agency_id] = frozenset(data for kind, data in entries if kind == "sha256")
            near = [data for kind, data in entries if kind == _PDQ.code]
            table = np.frombuffer(b"".join(near), np.uint8).reshape(-1, _PDQ.bits // 8)
            pictures[agency_id] = FlatIndex(_PDQ, table, np.arange(len(near)), version="declared benign")
        return cls(digests, pictures)

    def among(self, item_ids: Iterable[int]) -> set[int]:
        """Return which of these items their own agency has declared benign, by digest or within the radius."""
        found: set[int] = set()
        for agency_id, contents in rows.contents_of(item_ids, agencies=self.digests).items():
            known = self.digests[agency_id]
            found |= {item for item, sha256 in contents.items() if sha256 in known}
            traces = rows.picture_traces(contents)
            near, _, _ = self.pictures[agency_id].search_table(traces.data, _PDQ.radius_bits)
            found |= set(traces.item_ids[near].tolist())
        return found


def find_links(item_ids: Sequence[int], benign: Benign) -> list[Link]:
    """Return what each of these items has in common with any item that is held, itself included.

    A link of an item with itself stands for two cases of one agency that hold it. Links of one pair may come
    twice, once from either side.
    """
    exact = rows.same_content(item_ids)
    same = {pair for a, b in exact for pair in ((a, b), (b, a))}
    found = [(a, b, Evidence(EvidenceKind.EXACT, 0)) for a, b in exact]
    found += [one for one in _near(item_ids) if one[:2] not in same]
    found += [one for one in _video(item_ids) if one[:2] not in same]
    found += [one for one in _sound(item_ids) if one[:2] not in same]
    known = benign.among({item for a, b, _ in found for item in (a, b)})
    return [Link(a, b, evidence, silenced=bool({a, b} & known)) for a, b, evidence in found]


def _near(item_ids: Sequence[int]) -> Iterator[tuple[int, int, Evidence]]:
    """Yield near pictures, and stills of videos, each pair once: the eight turns of either against the other upright.

    New pictures are asked against all that is held, and the other way round; all pictures against new videos' frames.
    """
    best: dict[tuple[int, int], tuple[int, Turn]] = {}
    mine, uprights, frames = rows.turned_traces(item_ids), rows.picture_traces(item_ids), rows.frame_traces(item_ids)
    if len(uprights.item_ids):
        _keep_best(best, mine, rows.picture_traces())
        _keep_best(best, mine, rows.frame_traces())
    if len(uprights.item_ids) or len(frames.item_ids):
        everyone = rows.turned_traces()
        _keep_best(best, everyone, uprights)
        _keep_best(best, everyone, frames)
    for (a, b), (distance, turn) in best.items():
        yield a, b, Evidence(EvidenceKind.NEAR, distance, turn)


def _keep_best(
    best: dict[tuple[int, int], tuple[int, Turn]],
    pictures: tuple[NDArray[np.int64], NDArray[np.uint8]],
    table: TraceTable,
) -> None:
    """Note for each pair of a picture and a row's item, the lesser id first, the nearest turn."""
    item_ids, turns = pictures
    index = FlatIndex(_PDQ, table.data, table.item_ids, version=_EVERYTHING)
    queries, others, distances = index.search_table(turns.reshape(-1, _PDQ.bits // 8), _PDQ.radius_bits)
    for query, other, distance in zip(queries.tolist(), others.tolist(), distances.tolist(), strict=True):
        row, number = divmod(query, len(Turn))
        item, turn = int(item_ids[row]), Turn(number)
        if item == other:
            continue
        pair, found = ((item, other), (distance, turn)) if item < other else ((other, item), (distance, turn.inverse))
        best[pair] = min(best.get(pair, found), found)


def _video(item_ids: Sequence[int]) -> Iterator[tuple[int, int, Evidence]]:
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
            _, others, _ = index.search_table(data, CANDIDATE_RADIUS_BITS)
            proposed, hits = np.unique(others, return_counts=True)
            for other in proposed[hits >= CANDIDATE_HITS].tolist():
                if other == item or other in found:
                    continue
                stretches = shared_frames(FrameTable.of(at_s, data), FrameTable.of(*_frames_of(everyone, other)))
                if stretches:
                    distance = min(stretch.distance_bits for stretch in stretches)
                    turned_by = turn if turn is not Turn.UPRIGHT else None
                    found[other] = Evidence(EvidenceKind.VIDEO, distance, turned_by, stretches)
        yield from ((item, other, evidence) for other, evidence in found.items())


def _by_item(table: TraceTable) -> TraceTable:
    """Return the rows in the order of their items, so that each video's lie together."""
    order = np.argsort(table.item_ids, kind="stable")
    return TraceTable(table.item_ids[order], table.data[order], table.at_s[order])


def _frames_of(table: TraceTable, item: int) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return times and fingerprints of one video's frames from a table in the order of items."""
    start, end = np.searchsorted(table.item_ids, [item, item + 1])
    return table.at_s[start:end], table.data[start:end]


def _sound(item_ids: Sequence[int]) -> Iterator[tuple[int, int, Evidence]]:
    """Yield shared sound: each new recording against those that share enough words with it."""
    mine = dict(rows.sound_traces(item_ids))
    if not mine:
        return
    everyone = dict(rows.sound_traces())
    index = SoundIndex.of_words(SoundKind.CHROMAPRINT, everyone.items())
    for item, words in mine.items():
        for candidate in index.candidates_for(words):
            if candidate.entry_id == item:
                continue
            found = shared_words(SoundKind.CHROMAPRINT, words, everyone[candidate.entry_id])
            if found:
                distance = min(stretch.distance_bits for stretch in found)
                yield item, candidate.entry_id, Evidence(EvidenceKind.SOUND, distance, None, found)

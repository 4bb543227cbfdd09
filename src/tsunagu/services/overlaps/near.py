"""Pictures that are near each other, and stills of videos: what a snapshot proposes, and what the tables have since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.fingerprint import FingerprintKind, Turn
from tsunagu.domain.hit import Evidence, EvidenceKind
from tsunagu.index.flat import FlatIndex
from tsunagu.records import held_snapshots
from tsunagu.records import links as rows
from tsunagu.records.links import TraceTable
from tsunagu.services.overlaps.held_index import HeldNow, Snapshot
from tsunagu.services.overlaps.places import Places

_PDQ: Final = FingerprintKind.PDQ
_SINCE: Final = "what the tables have"
SLICE_PAIRS = 1 << 22
"""Pairs that one slice of a search may find at most, 24 bytes each, where a single picture does not find more."""
_INVERSE: Final = np.array([turn.inverse for turn in Turn])


def near(item_ids: Sequence[int], places: Places, held: HeldNow | None) -> Iterator[tuple[int, int, Evidence]]:
    """Yield near pictures, and stills of videos, each pair once: the eight turns of either against the other upright.

    New pictures are asked against all that is held, and the other way round; all pictures against new videos' frames.
    What snapshots hold is asked there, and what was compared since in the tables.
    """
    mine, uprights, frames = rows.turned_traces(item_ids), rows.picture_traces(item_ids), rows.frame_traces(item_ids)
    since = None if held is None else _since(held.position, item_ids)
    found: list[NDArray[np.int64]] = []
    if len(uprights.item_ids):
        found += _nearest(mine, rows.picture_traces(since), places)
        found += _nearest(mine, rows.frame_traces(since), places)
    if len(uprights.item_ids) or len(frames.item_ids):
        everyone = rows.turned_traces(since)
        found += _nearest(everyone, uprights, places)
        found += _nearest(everyone, frames, places)
    if held is not None:
        for snapshot in held.snapshots:
            found += _turned_near_held(mine, held, snapshot, places)
            found += _near_held_turned(uprights, held, snapshot, places)
            found += _near_held_turned(frames, held, snapshot, places)
    if found:
        for a, b, rank in _least_of_each(np.concatenate(found)).tolist():
            distance, turn = divmod(rank, len(Turn))
            yield a, b, Evidence(EvidenceKind.NEAR, distance, Turn(turn))


def _since(position: int, item_ids: Sequence[int]) -> list[int]:
    """Return what snapshots up to a place lack and must be looked at besides.

    What is examined anew has no place; but a hit with it is not to be given up only because it waits.
    """
    return sorted({*held_snapshots.compared_after(position), *held_snapshots.waiting_with_hits(item_ids), *item_ids})


def _nearest(
    pictures: tuple[NDArray[np.int64], NDArray[np.uint8]], table: TraceTable, places: Places
) -> Iterator[NDArray[np.int64]]:
    """Yield the pairs of a picture and a row's item, the lesser id first, in their nearest turn, slice by slice.

    Args:
        pictures: item ids, and the eight fingerprints of each.
        table: what they are asked against.
        places: where the items are held.

    Returns:
        Arrays as `_ranked` returns them.
    """
    item_ids, turns = pictures
    index = FlatIndex(_PDQ, table.data, table.item_ids, version=_SINCE)
    for start, asked in _slices(turns, len(index)):
        queries, others, distances = index.search_table(asked, _PDQ.radius_bits)
        yield from _ranked(item_ids[start + queries // len(Turn)], others, distances, queries % len(Turn), places)


def _turned_near_held(
    pictures: tuple[NDArray[np.int64], NDArray[np.uint8]], held: HeldNow, snapshot: Snapshot, places: Places
) -> Iterator[NDArray[np.int64]]:
    """Do as `_nearest`, against all pictures and frames of a snapshot."""
    item_ids, turns = pictures
    for start, asked in _slices(turns, len(snapshot.upright)):
        queries, traces, distances = snapshot.upright.search_table(asked, _PDQ.radius_bits)
        items = item_ids[start + queries // len(Turn)]
        yield from _ranked(items, held.items_of(traces), distances, queries % len(Turn), places)


def _near_held_turned(
    table: TraceTable, held: HeldNow, snapshot: Snapshot, places: Places
) -> Iterator[NDArray[np.int64]]:
    """Do as `_nearest` for all pictures of a snapshot, against a table."""
    for start, asked in _slices(table.data[:, None], len(snapshot.turned)):
        queries, numbers, distances = snapshot.turned.search_table(asked, _PDQ.radius_bits)
        pictures = held.items_of(numbers // len(Turn))
        yield from _ranked(pictures, table.item_ids[start + queries], distances, numbers % len(Turn), places)


def _slices(data: NDArray[np.uint8], entries: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield fingerprints slice by slice, with the place of each slice's first item.

    Args:
        data: shape (n, m, bits / 8): m fingerprints of each item.
        entries: how many they are asked against.
    """
    step = max(1, SLICE_PAIRS // (data.shape[1] * max(1, entries)))
    for start in range(0, len(data), step):
        yield start, data[start : start + step].reshape(-1, _PDQ.bits // 8)


def _ranked(
    pictures: NDArray[np.int64],
    others: NDArray[np.int64],
    distances: NDArray[np.int64],
    turn: NDArray[np.int64],
    places: Places,
) -> Iterator[NDArray[np.int64]]:
    """Yield the pairs that may overlap, each once, in their nearest turn; nothing where there are none.

    Of contents that are all alike there are far more hits than pairs, and more pairs than those that two cases have:
    what each slice of a search finds is reduced at once.

    Args:
        pictures: the items whose turns were looked at, shape (n,); an id below 0 is nobody's.
        others: the items that were upright.
        turn: of the picture, in which they are near.

    Returns:
        Arrays of shape (k, 3), int64: two items, the lesser id first, and a rank: the distance in bits times eight,
        plus the turn.
    """
    known = (pictures >= 0) & (others >= 0) & (pictures != others)
    pictures, others, distances, turn = pictures[known], others[known], distances[known], turn[known]
    wanted = places.may_overlap(pictures, others)
    if wanted.any():
        is_first = pictures < others
        rank = distances * len(Turn) + np.where(is_first, turn, _INVERSE[turn])
        pairs = (np.where(is_first, pictures, others), np.where(is_first, others, pictures), rank)
        yield _least_of_each(np.stack(pairs, axis=1)[wanted])


def _least_of_each(ranked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return of rows (a, b, rank) the one of least rank of each pair, in order."""
    ordered = ranked[np.lexsort((ranked[:, 2], ranked[:, 1], ranked[:, 0]))]
    return ordered[np.concatenate(([True], (np.diff(ordered[:, :2], axis=0) != 0).any(axis=1)))]

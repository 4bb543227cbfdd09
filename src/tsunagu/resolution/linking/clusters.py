"""Which rows are one person, derived anew from the decisions about pairs whenever one of them changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.judgement import Judgement

Pairs = NDArray[np.int32]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which rows are one person.

    Attributes:
        labels: for each row the smallest row of its cluster. Nothing is kept but decisions about pairs: take one back,
            derive again, and the cluster is undone.
        not_joined: pairs to link that were not, since they would have joined two rows that are known to be two people.
    """

    labels: NDArray[np.int32]
    not_joined: tuple[Pair, ...]


def clustered(
    rows: int,
    *,
    links: Pairs,
    bits: NDArray[np.float32],
    apart: Pairs,
    judgements: Mapping[Pair, Judgement] | None = None,
) -> Clusters:
    """Return which of `rows` rows are one person.

    Args:
        rows: how many there are.
        links: pairs that the machine links, shape (links, 2).
        bits: how much each of them weighs: where not all can be joined, the heaviest are.
        apart: pairs that are two people.
        judgements: of people, by the pair with the smaller row first; they outweigh the machine both ways.
    """
    said = judgements or {}
    same = _those(said, {Judgement.SAME})
    links, bits = _without(links, bits, {pair for pair, one in said.items() if one is not Judgement.NONE_YET})
    links = np.concatenate([same, links])
    bits = np.concatenate([np.full(len(same), np.inf, np.float32), bits])
    apart, _ = _without(
        apart, np.zeros(len(apart), np.float32), {pair for pair, one in said.items() if one is Judgement.SAME}
    )
    apart = np.concatenate([apart, _those(said, {Judgement.DIFFERENT})])
    labels = _joined(rows, links)
    torn = np.unique(labels[apart[labels[apart[:, 0]] == labels[apart[:, 1]]][:, 0]])
    not_joined: list[Pair] = []
    if len(torn):
        not_joined = _rejoin(labels, torn, links, bits, apart)
    return Clusters(labels, tuple(not_joined))


def _those(said: Mapping[Pair, Judgement], kinds: set[Judgement]) -> Pairs:
    return np.array([pair for pair, one in said.items() if one in kinds], np.int32).reshape(-1, 2)


def _without(pairs: Pairs, bits: NDArray[np.float32], left_out: set[Pair]) -> tuple[Pairs, NDArray[np.float32]]:
    if not left_out:
        return pairs, bits
    packed = pairs[:, 0].astype(np.int64) << 32 | pairs[:, 1]
    out = np.array([one << 32 | other for one, other in left_out], np.int64)
    keep = ~np.isin(packed, out)
    return pairs[keep], bits[keep]


def _joined(rows: int, links: Pairs) -> NDArray[np.int32]:
    """Return for each row the smallest row that links lead to."""
    labels = np.arange(rows, dtype=np.int32)
    one, other = links.T
    while True:
        least = np.minimum(labels[one], labels[other])
        before = labels.copy()
        np.minimum.at(labels, before[one], least)
        np.minimum.at(labels, before[other], least)
        while not np.array_equal(jumped := labels[labels], labels):
            labels = jumped
        if np.array_equal(before, labels):
            return labels


def _rejoin(
    labels: NDArray[np.int32], torn: NDArray[np.int32], links: Pairs, bits: NDArray[np.float32], apart: Pairs
) -> list[Pair]:
    """Take the clusters apart that hold two rows known to be two people, and join again what does not."""
    inside = np.isin(labels[links[:, 0]], torn)
    heaviest = np.flatnonzero(inside)[np.argsort(-bits[inside], kind="stable")]
    foes: dict[int, set[int]] = {}
    for one, other in apart[np.isin(labels[apart[:, 0]], torn) & (labels[apart[:, 0]] == labels[apart[:, 1]])].tolist():
        foes.setdefault(one, set()).add(other)
        foes.setdefault(other, set()).add(one)
    of_row = {int(row): {int(row)} for row in np.flatnonzero(np.isin(labels, torn))}
    not_joined = []
    for one, other in links[heaviest].tolist():
        mine, theirs = of_row[one], of_row[other]
        if mine is theirs:
            continue
        if any(foes.get(row, _NOBODY) & theirs for row in mine):
            not_joined.append((one, other))
            continue
        mine |= theirs
        for row in theirs:
            of_row[row] = mine
    for row, members in of_row.items():
        labels[row] = min(members)
    return not_joined


_NOBODY: frozenset[int] = frozenset()


def settled(judgements: Iterable[tuple[str, Judgement]]) -> Judgement:
    """Return what two people say of one pair: what both say, or NONE_YET as long as only one has, or they disagree.

    Args:
        judgements: who says what, in order of time; of one person the last counts.
    """
    last = dict(judgements)
    answers = {one for one in last.values() if one is not Judgement.NONE_YET}
    said = sum(one is not Judgement.NONE_YET for one in last.values())
    return answers.pop() if said > 1 and len(answers) == 1 else Judgement.NONE_YET

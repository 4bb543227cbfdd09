"""From rows that name one person to where he lives: what his rows say together, and unanswered rather than wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.resolution.residence import Confidence, Method, Residence

_SURER: Final = {Confidence.FIRM: 3, Confidence.FAIR: 2, Confidence.WEAK: 1, Confidence.NONE: 0}
_NOTHING: Final = Residence(None, Method.NONE, Confidence.NONE)


def groups(labels: NDArray[np.int32]) -> list[tuple[int, ...]]:
    """Return the rows of each cluster, ascending, by its first row.

    Args:
        labels: for each row the smallest row of its cluster.
    """
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    return [tuple(part.tolist()) for part in np.split(order, cuts)] if len(labels) else []


def joint_residence(residences: Sequence[Residence]) -> Residence:
    """Return where somebody lives whose rows say this each.

    Rows that answer agree, or it goes to people: he has moved, or they are two persons after all. What a telephone's
    area code tells counts where nothing else is told. Where no row answers, one that goes to people does so here too.
    """
    if not residences:
        return _NOTHING
    if len(residences) == 1:
        return residences[0]
    answered = [one for one in residences if one.prefecture is not None]
    surer = [one for one in answered if one.confidence is not Confidence.WEAK] or answered
    told = {one.prefecture for one in surer if one.prefecture is not None}
    spoken_for = told.union(*(one.alternatives for one in residences))
    if len(told) == 1:
        (prefecture,) = told
        best = max(surer, key=lambda one: _SURER[one.confidence])
        return Residence(prefecture, best.method, best.confidence, tuple(sorted(spoken_for - told)))
    if told:
        return Residence(None, Method.MOVED, Confidence.NONE, tuple(sorted(spoken_for)))
    unsure = [one for one in residences if one.needs_a_person]
    if unsure:
        return Residence(None, unsure[0].method, Confidence.NONE, tuple(sorted(spoken_for)))
    return Residence(None, residences[0].method, Confidence.NONE, tuple(sorted(spoken_for)))

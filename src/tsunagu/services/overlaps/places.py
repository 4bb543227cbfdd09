"""In which cases items are held, as the linker asks it of many at once."""

from __future__ import annotations

from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tsunagu.records import links as rows

_SEVERAL, _NOWHERE = -1, -2


class Places:
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

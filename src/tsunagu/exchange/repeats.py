"""Counts how often a digest came again, without keeping the digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LEAST_TO_FOLD_BYTES: Final = 1 << 19


class Repeats:
    """How many of the digests seen so far had been seen before.

    The first eight bytes stand for a digest: by chance, two of 30 million differing ones agree in them once in 40,000
    lists, and whoever makes them agree changes a count and nothing else. It keeps 8 to 40 bytes a differing digest.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._distinct: NDArray[np.uint64] | None = None
        self._fresh = bytearray()
        self._seen = 0
        self._room_bytes = _LEAST_TO_FOLD_BYTES

    def add(self, digest: bytes) -> None:
        """See one digest of at least eight bytes."""
        self._fresh += digest[:8]
        if len(self._fresh) >= self._room_bytes:
            self._fold()

    def count(self) -> int:
        """Return how many came again."""
        distinct = self._fold()
        return self._seen - len(distinct)

    def _fold(self) -> NDArray[np.uint64]:
        import numpy as np  # noqa: PLC0415 - every command loads the formats, and few read a list

        fresh = np.frombuffer(bytes(self._fresh), np.uint64)
        self._fresh.clear()
        self._seen += len(fresh)
        before = fresh[:0] if self._distinct is None else self._distinct
        self._distinct = np.unique(np.concatenate((before, fresh)))
        self._room_bytes = max(_LEAST_TO_FOLD_BYTES, self._distinct.nbytes)
        return self._distinct

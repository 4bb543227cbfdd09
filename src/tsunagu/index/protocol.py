"""What every index promises."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.hit import Hit
from tsunagu.index.table import Found, require_searchable


class Index(Protocol):
    """An immutable set of fingerprints of one kind, searched exactly: every entry within the radius and no other."""

    __slots__ = ()

    @property
    def kind(self) -> FingerprintKind:
        """The kind of all its fingerprints."""

    @property
    def version(self) -> str:
        """The name of this state of the set, as it was built with."""

    @property
    def size_bytes(self) -> int:
        """What its fingerprints, its ids and all that finds them take in memory."""

    def __len__(self) -> int:
        """Return the number of entries."""

    def search(self, query: Fingerprint, *, radius_bits: int) -> tuple[Hit, ...]:
        """Return every entry at most `radius_bits` away, nearest first, then by entry id.

        Raises:
            InputError: the query is of another kind or of too low a quality to be searched, or the radius is negative.
        """
        require_searchable(self.kind, query)
        table = np.frombuffer(query.data, np.uint8).reshape(1, -1)
        _, entry_ids, distances = self.search_table(table, radius_bits)
        return tuple(map(Hit, distances.tolist(), entry_ids.tolist()))

    def search_table(self, queries: NDArray[np.uint8], radius_bits: int) -> Found:
        """Return every pair of a query and an entry at most `radius_bits` apart.

        Args:
            queries: shape (m, kind.bits // 8), uint8, one fingerprint a row; the caller has left out those of
                low quality.
            radius_bits: at least 0.

        Returns:
            Three arrays of one length, int64: row of the query, entry id, distance in bits; ordered by row,
            then distance, then entry id.

        Raises:
            InputError: the table's shape or dtype is another, or the radius is negative.
        """

"""The Merkle tree hash of RFC 6962 section 2.1, with SHA-256.

A leaf is hashed after a 0x00, a node after a 0x01, so that no node can pass for a leaf; a tree is split at the
largest power of two smaller than its size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Self

from tsunagu.domain.errors import InputError

_ROOT_BYTES = 32


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of `leaves`, as RFC 6962 section 2.1 defines it.

    Args:
        leaves: the data of each leaf, of any length, in their order; may be empty.

    Returns:
        32 bytes; for no leaves the SHA-256 of nothing.
    """
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(merkle_root(leaves[:split]), merkle_root(leaves[split:]))


class Frontier:
    """A Merkle tree that grows leaf by leaf and keeps only the roots of its full subtrees.

    After n leaves it holds one hash for each 1 in the binary form of n, largest subtree first: at most 63 of them.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._peaks: list[bytes] = []
        self._size = 0

    @classmethod
    def from_hex(cls, size: int, peaks: Sequence[str]) -> Self:
        """Return the tree of `size` leaves whose full subtrees have the roots `peaks`, as `to_hex` gave them.

        Raises:
            InputError: the peaks are not 32 bytes each in hex, or not as many as a tree of `size` leaves has.
        """
        try:
            found = [bytes.fromhex(peak) for peak in peaks]
        except (TypeError, ValueError):
            raise InputError("a Merkle frontier is not in hex") from None
        if size < 0 or len(found) != size.bit_count() or any(len(peak) != _ROOT_BYTES for peak in found):
            raise InputError("a Merkle frontier does not fit its size", size=size)
        frontier = cls()
        frontier._peaks, frontier._size = found, size
        return frontier

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add one leaf at the end; `leaf` is its data, which the tree hashes itself."""
        peak = leaf_hash(leaf)
        full = self._size
        while full & 1:
            peak = node_hash(self._peaks.pop(), peak)
            full >>= 1
        self._peaks.append(peak)
        self._size += 1

    def root(self) -> bytes:
        """Return the Merkle tree hash of all leaves so far, 32 bytes: the same as `merkle_root` of them."""
        if not self._peaks:
            return merkle_root(())
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_hex(self) -> list[str]:
        """Return the roots of the full subtrees in hex, largest first; `from_hex` needs the size with them."""
        return [peak.hex() for peak in self._peaks]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf with this data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node over two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()

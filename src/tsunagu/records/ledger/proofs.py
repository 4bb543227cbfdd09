"""Proofs about the ledger's Merkle tree for who does not have it: this entry is in it, this tree grew from that one.

Made as RFC 6962 sections 2.1.1 and 2.1.2 define them, and verified as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say: the
trees are the same. A leaf's data is the hash of an entry, 32 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from tsunagu.domain.errors import InputError
from tsunagu.domain.ledger import EntryProof, SignedRoot
from tsunagu.records.ledger.merkle import Frontier, leaf_hash, node_hash
from tsunagu.records.ledger.signing import is_signed_by


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the proof that a leaf is in the tree of `leaves`: what its way to the root is hashed with, leaf first.

    Every leaf is hashed once.

    Args:
        leaves: the data of all leaves, in their order.
        index: of the leaf, from 0.

    Raises:
        InputError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise InputError("there is no such leaf in the tree")
    path: list[bytes] = []
    start, end = 0, len(leaves)
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree_root(leaves, middle, end))
            end = middle
        else:
            path.append(subtree_root(leaves, start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_path(leaves: Sequence[bytes], size: int) -> tuple[bytes, ...]:
    """Return the proof that the tree of `leaves` grew from that of the first `size` of them.

    Raises:
        InputError: the smaller tree is empty, or larger than the other.
    """
    if not 1 <= size <= len(leaves):
        raise InputError("a tree grows from none that is empty or larger")
    path: list[bytes] = []
    start, end, is_whole = 0, len(leaves), True
    while size != end:
        middle = start + _split(end - start)
        if size <= middle:
            path.append(subtree_root(leaves, middle, end))
            end = middle
        else:
            path.append(subtree_root(leaves, start, middle))
            start, is_whole = middle, False
    if not is_whole:
        path.append(subtree_root(leaves, start, end))
    return tuple(reversed(path))


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that this leaf is at `index` in the tree of `size` leaves that has this root."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf_hash(leaf)
    for one in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(one, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, one)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(size: int, other_size: int, path: Sequence[bytes], root: bytes, other_root: bytes) -> bool:
    """Whether `path` proves that the tree of `other_size` leaves grew from that of `size` leaves, by their roots."""
    if not 1 <= size <= other_size:
        return False
    if size == other_size:
        return not path and root == other_root
    steps = [root, *path] if size & (size - 1) == 0 else list(path)
    if not steps:
        return False
    at, last = size - 1, other_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    found = other_found = steps[0]
    for one in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            found, other_found = node_hash(one, found), node_hash(one, other_found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            other_found = node_hash(other_found, one)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root and other_found == other_root


def check_proof(proof: EntryProof, *, held: SignedRoot | None, public_key: bytes | None) -> str | None:
    """Return what is wrong with a proof, in one sentence; None where it proves its entry. It takes no ledger.

    A root that is held proves by itself what it covers: it came before, and whoever has the key now cannot change it.
    What is newer is proven by the signature alone.

    Args:
        held: the root that is held here.
        public_key: the ledger's, raw, as its agency gave it by another way.
    """
    root = proof.root
    if not is_included(proof.hash, proof.number - 1, root.size, proof.inclusion, root.root):
        return "The entry is not under the root of the proof."
    if public_key is not None and not is_signed_by(root, public_key):
        return "The root of the proof is not signed by the key that was given."
    if held is None:
        return None if public_key is not None else "Nothing proves the root: give a root that you hold, or the key."
    if held.size != proof.held or not is_consistent(held.size, root.size, proof.consistency, held.root, root.root):
        return "The root of the proof did not grow from the one that is held."
    if proof.number > held.size and public_key is None:
        return "The entry is newer than the root that is held, so only a signature proves it: give the key."
    return None


def _split(size: int) -> int:
    """Return the largest power of two smaller than the size."""
    return 1 << ((size - 1).bit_length() - 1)


def subtree_root(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    """Return the Merkle tree hash of the leaves from `start` to before `end`, hashing each once."""
    tree = Frontier()
    for at in range(start, end):
        tree.append(leaves[at])
    return tree.root()

"""An entry of the ledger proven to somebody who does not have the ledger: made by an operator."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice
from typing import Final

from tsunagu.domain.errors import InputError, LedgerBroken, NotFound
from tsunagu.domain.ledger import EntryProof, SignedRoot
from tsunagu.records.ledger.book import entry_named, hashes_after
from tsunagu.records.ledger.chain import GENESIS
from tsunagu.records.ledger.proofs import consistency_path, inclusion_path, subtree_root
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.signing import Signer
from tsunagu.services.ledger.accounts import sign_root

_NAME: Final = re.compile(r"[1-9][0-9]{0,14}|[0-9a-f]{16,64}")


def prove_entry(name: str, *, held: SignedRoot | None, store: RootStore, signer: Signer, now: datetime) -> EntryProof:
    """Return the proof that an entry is under the newest root, which is signed now. An operator's act; no content.

    Args:
        name: the entry's number, or the first 16 or more hex digits of its hash.
        held: a root that somebody else holds; the proof then leads from it to the newest one.

    Raises:
        InputError: no entry is named so.
        NotFound: there is no such entry.
        LedgerBroken: the ledger is not what was signed, or did not grow from the root that is held.
    """
    if not _NAME.fullmatch(name):
        raise InputError("an entry is named by its number, or by 16 or more hex digits of its hash")
    entry = entry_named(name)
    root = sign_root(store=store, signer=signer, now=now)
    if entry is None or root is None:
        raise NotFound("there is no such entry in the ledger")
    leaves = list(islice(hashes_after(0), root.size))
    if len(leaves) != root.size or subtree_root(leaves, 0, root.size) != root.root:
        raise LedgerBroken("the ledger is not what was signed: `tsunagu ledger verify` says from which entry on")
    if held is not None and (held.size > root.size or subtree_root(leaves, 0, held.size) != held.root):
        raise LedgerBroken("this ledger did not grow from the root that is held elsewhere")
    return EntryProof(
        entry.number,
        entry.hash,
        leaves[entry.number - 2] if entry.number > 1 else GENESIS,
        root,
        inclusion_path(leaves, entry.number - 1),
        held.size if held else 0,
        consistency_path(leaves, held.size) if held else (),
    )

"""A small ledger, made as the database makes it, and signed with a key of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tsunagu.domain.ledger import LedgerEntry
from tsunagu.records.ledger.chain import GENESIS, entry_hash
from tsunagu.records.ledger.roots import RootStore

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class PlainSigner:
    """A signer whose key depends on a number alone."""

    def __init__(self, number: int = 1) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = sha256(self.public_key).hexdigest()[:16]
        self.public_keys = {self.key_id: self.public_key}

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class LedgerMaker:
    """Makes ledgers and their stores."""

    now = NOW
    signer = PlainSigner(1)
    stranger = PlainSigner(2)

    def chained(self, bodies: Iterable[str]) -> list[LedgerEntry]:
        """Return entries with numbers and hashes as the database gives them."""
        entries, previous = [], GENESIS
        for number, body in enumerate(bodies, start=1):
            previous = entry_hash(previous, number, body)
            entries.append(LedgerEntry(number, body, previous))
        return entries

    def sign(
        self, folder: Path, entries: Sequence[LedgerEntry], *sizes: int, signer: PlainSigner = signer
    ) -> RootStore:
        """Return a store in which the first `size` entries were signed, for each of the rising `sizes`."""
        store = RootStore(folder)
        for size in sizes:
            store.extend(lambda after, size=size: [one.hash for one in entries[after:size]], now=NOW, signer=signer)
        return store


@pytest.fixture(scope="session")
def maker() -> LedgerMaker:
    return LedgerMaker()

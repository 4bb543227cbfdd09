"""The agency's vault: it keeps what comes in while it is switched on, and shows it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.domain.media import Examined
from tsunagu.domain.permission import Permission
from tsunagu.domain.reveal import HeldContent, Shown
from tsunagu.media.walk import Found, NotAFile, open_regular
from tsunagu.records import grants
from tsunagu.records.reveals import archives_around
from tsunagu.records.session import acting_for, locked
from tsunagu.records.vault import rows
from tsunagu.records.vault.contents import LACKING, AgencyVault
from tsunagu.records.vault.rows import Vaulted
from tsunagu.records.vault.store import VaultStore
from tsunagu.services.parts import Decoder, Keys, Viewer

SEALS: Final = "vault"
KEY_BYTES: Final = 64
PIECE_BYTES: Final = 1 << 20
MOST_BYTES: Final = 1 << 30
"""A longer content is shown by its small picture alone: it would have to lie in memory."""


@dataclass(frozen=True, slots=True)
class VaultSource:
    """What in the vault shows an item.

    Attributes:
        content: the item itself, or an archive around it.
        has_small: whether its small picture lies there.
    """

    content: HeldContent
    has_small: bool


class Keeper:
    """Keeps what an agency brings in, for one ingest."""

    def __init__(self, agency_id: UUID, *, store: VaultStore, keys: Keys, decoder: Decoder) -> None:
        """Take the parts; whether the vault is on is asked for every chunk.

        Args:
            decoder: makes the small pictures.
        """
        self._agency_id = agency_id
        self._store = store
        self._keys = keys
        self._decoder = decoder

    @contextmanager
    def unswept(self) -> Iterator[None]:
        """Let no sweep come between what is put away and its being noted."""
        with locked(rows.LOCK_VAULT, str(self._agency_id), shared=True):
            yield

    def put_away(self, chunk: Sequence[tuple[Found, Sequence[Examined]]], *, now: datetime) -> tuple[Vaulted, ...]:
        """Keep the files of a chunk that are media, and return what lies in the vault now and did not before.

        A file that is not what was examined any more is left out. Members lie in their archives. Call it within
        `unswept`, and note what it returns before that ends.

        Raises:
            Unavailable: the vault cannot be used. Nothing of the chunk is to be kept then: it is brought in again.
        """
        with acting_for(self._agency_id):
            if not grants.is_on(Permission.MEDIA_VAULT, now=now):
                return ()
            files = {
                one.digests.sha256: found
                for found, items in chunk
                for one in items
                if one.path == found.path and one.digests and one.media_type
            }
            for held in rows.among(files):
                del files[held]
        if not files:
            return ()
        vault = opened_vault(self._agency_id, store=self._store, keys=self._keys, now=now)
        kept = (self._keep(vault, sha256, found) for sha256, found in files.items())
        return tuple(one for one in kept if one is not None)

    def _keep(self, vault: AgencyVault, sha256: bytes, found: Found) -> Vaulted | None:
        from tsunagu.services.media.showing import small_picture  # noqa: PLC0415 - loads the codecs

        try:
            fd = open_regular(found.lies_at or found.path)
        except (NotAFile, OSError):
            return None
        try:
            if not vault.keep(sha256, _pieces(fd)):
                return None
            has_small = False
            with suppress(InputError):  # it is sound, an archive, or damaged
                vault.keep_small(sha256, small_picture(fd, self._decoder).content)
                has_small = True
            return Vaulted(sha256, has_small)
        finally:
            os.close(fd)


def opened_vault(agency_id: UUID, *, store: VaultStore, keys: Keys, now: datetime) -> AgencyVault:
    """Return an agency's vault, with a key made for it where it has none yet.

    Raises:
        Unavailable: the keyring cannot seal or open the key.
    """
    context = f"vault of {agency_id}".encode()
    with acting_for(agency_id):
        sealed = rows.sealed_key()
        if sealed is None:
            sealed = rows.add_key(agency_id, keys.seal(SEALS, os.urandom(KEY_BYTES), context), now=now)
    return AgencyVault(store, agency_id, keys.open_sealed(SEALS, sealed, context))


def source_of(held: HeldContent) -> VaultSource:
    """Return what in the vault shows a content: itself, or the outermost archive around it that lies there.

    Call it within `acting_for` the agency.

    Raises:
        Unavailable: neither lies there.
    """
    candidates = (held, *archives_around(held))
    found = rows.among(one.sha256 for one in candidates)
    for one in candidates:
        if one.sha256 in found:
            return VaultSource(one, found[one.sha256].has_small)
    raise Unavailable(LACKING)


def vaulted_picture(held: HeldContent, source: VaultSource, *, vault: AgencyVault, viewer: Viewer) -> Shown:
    """Return the small picture of a content that the vault shows.

    Raises:
        Unavailable: the vault lacks it, or cannot be read.
        Conflict: what it holds was changed.
        InputError: it is neither picture nor video, or too large to be opened for a page.
    """
    from tsunagu.services.media.originals import member_of  # noqa: PLC0415 - loads the codecs
    from tsunagu.services.media.showing import small_picture  # noqa: PLC0415

    is_itself = source.content.sha256 == held.sha256
    if is_itself and source.has_small:
        return Shown(vault.read_small(held.sha256))
    with viewer.at_work() as decoder, _in_memory(source.content, vault) as fd:
        if is_itself:
            return small_picture(fd, decoder)
        with member_of(fd, held, decoder) as member:
            return small_picture(member, decoder)


@contextmanager
def _in_memory(content: HeldContent, vault: AgencyVault) -> Iterator[int]:
    """Hold a content in memory, and nowhere else, until the block ends."""
    if content.size_bytes > MOST_BYTES:
        raise InputError("the file is too large to be shown here")
    fd = os.memfd_create("vaulted", os.MFD_CLOEXEC)
    try:
        for piece in vault.read(content.sha256):
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(fd, rest) :]
        yield fd
    finally:
        os.close(fd)


def _pieces(fd: int) -> Iterator[bytes]:
    offset = 0
    while piece := os.pread(fd, PIECE_BYTES, offset):
        yield piece
        offset += len(piece)

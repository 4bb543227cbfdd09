"""A seized list brought into a case: sealed first, then row by row, so that what is killed goes on where it was."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader, FileIO
from itertools import islice
from typing import BinaryIO, Final
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListMapping, SeizedList
from tsunagu.exchange.seized.delimited import Found, SeizedRow
from tsunagu.exchange.seized.oddities import Oddities
from tsunagu.exchange.seized.opening import Opened, Readers, opened
from tsunagu.records import seized
from tsunagu.records.kept_rows import KeptRow
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.records.seized import NewList
from tsunagu.records.seized_seals import ListSeal
from tsunagu.records.session import acting_for, locked
from tsunagu.services.access import case_for, check_reference, deed, exhibit_for
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import SEALS, key_context, refuse_closed, seal_of

MOST_BYTES: Final = 1 << 29
"""A longer file lies in no memory: split it, and import its parts."""
PIECE_BYTES: Final = 4 << 20
CHUNK_ROWS: Final = 4000
"""Rows kept in one transaction: what a crash can cost."""


@dataclass(frozen=True, slots=True)
class OfferedFileOfRows:
    """A seized file as its officer brings it in.

    Attributes:
        stream: from its first byte.
        name: of the file; it is kept sealed.
        mapping: how it is read.
        exhibit: the reference of the exhibit that it is; None for one called by the list's SHA-256.
    """

    stream: BinaryIO
    name: str
    mapping: ListMapping
    exhibit: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedRows:
    """What an import came to: rows in are rows imported and rows refused.

    Attributes:
        was_done: whether the list had been imported before, so that nothing was done.
    """

    seized: SeizedList
    was_done: bool


def import_seized(
    *,
    actor: Actor,
    reference: str,
    offered: OfferedFileOfRows,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
    readers: Readers,
    told: Callable[[int], None] = lambda _: None,
) -> ImportedRows:
    """Seal a shop's list within a case, and keep its rows; go on where a crash has stopped it.

    Each row keeps its place and its own bytes; one that is refused keeps them too, and why. What is read is the sealed
    copy, so that it is what the SHA-256 is of.

    Args:
        reference: of the case.
        readers: starts the limited child that reads workbooks and databases.
        told: called with the number of rows that are kept.

    Raises:
        Forbidden: the actor imports no seized lists.
        NotFound: no such case, or not the actor's.
        InputError: the file is empty, too long, damaged, or not what the mapping says.
        Unavailable: the child cannot be started, or not be shut in.
        Conflict: the case is closed; or the list was begun with another mapping; or another process imports it.
    """
    case = case_for(
        actor=actor, reference=reference, permission=Permission.SEIZED_LIST_IMPORT, now=now, keys=keys, ledger=ledger
    )
    if offered.exhibit is not None:
        check_reference(offered.exhibit)
    refuse_closed(case)
    with _copied(offered.stream) as copy:
        size_bytes = copy.seek(0, os.SEEK_END)
        copy.seek(0)
        sha256 = hashlib.file_digest(copy, "sha256").digest()
        copy.seek(0)
        read = opened(copy, offered.mapping, readers=readers)
        parts = _Parts(actor, case, now, keys, ledger, told)
        list_id, seal = _begun(offered, read, sha256, size_bytes, parts)
        with locked(seized.LOCK_SEIZED, str(list_id), waits=False) as is_alone:
            if not is_alone:
                raise Conflict("another process imports this list at this moment")
            with acting_for(actor.agency_id):
                known = seized.list_of(list_id, seal)
            if known.imported_at is not None:
                return ImportedRows(known, was_done=True)
            if known.mapping != read.mapping:
                raise Conflict("this list was begun with another mapping: go on with that one, or withdraw its exhibit")
            _keep_copy(copy, list_id, seal, parts)
            copy.seek(0)
            _keep_rows(read, known, seal, parts)
            with acting_for(actor.agency_id):
                return ImportedRows(seized.list_of(list_id, seal), was_done=False)


@dataclass(frozen=True, slots=True)
class _Parts:
    actor: Actor
    case: CaseSummary
    now: datetime
    keys: Keys
    ledger: Ledger
    told: Callable[[int], None]


def _copied(stream: BinaryIO) -> BufferedReader:
    """Return a copy of a file in memory, and nowhere else, that can only be read, at its first byte.

    Raises:
        InputError: it is too long.
    """
    copy = FileIO(os.memfd_create("seized", os.MFD_CLOEXEC), "r+")
    size = 0
    while piece := stream.read(PIECE_BYTES):
        size += len(piece)
        if size > MOST_BYTES:
            copy.close()
            raise InputError("the file is too long to be sealed at once: split it, and import its parts")
        rest = memoryview(piece)
        while rest:
            rest = rest[copy.write(rest) :]
    with copy:
        return BufferedReader(FileIO(f"/proc/self/fd/{copy.fileno()}"), 1 << 20)


def _begun(
    offered: OfferedFileOfRows, read: Opened, sha256: bytes, size_bytes: int, parts: _Parts
) -> tuple[UUID, ListSeal]:
    """Return the id and the seal of a list of this content, begun if there is none."""
    case, keys = parts.case, parts.keys
    with acting_for(case.agency_id):
        found = seized.find_list(case, sha256)
        if found is not None:
            return found[0], seal_of(*found, keys)
        name = offered.exhibit or f"list {sha256.hex()[:12]}"
        exhibit_id = exhibit_for(actor=parts.actor, case=case, reference=name, now=parts.now, ledger=parts.ledger)
        list_id, key = uuid4(), os.urandom(KEY_BYTES)
        seal = ListSeal(list_id, key)
        sealed_key = keys.seal(SEALS, key, key_context(list_id))
        described = seized.described(read.mapping, read.columns)
        new = NewList(list_id, exhibit_id, offered.name, sha256, size_bytes, described, sealed_key, seal)
        seized.add_list(case, new, begun_by=parts.actor.officer_id, now=parts.now)
        about: dict[str, str | int] = {"list": str(list_id), "sha256": sha256.hex(), "bytes": size_bytes}
        parts.ledger.write(deed(Act.SEIZED_LIST_SEALED, actor=parts.actor, case=case, now=parts.now, **about))
    return list_id, seal


def _keep_copy(copy: BinaryIO, list_id: UUID, seal: ListSeal, parts: _Parts) -> None:
    """Seal the copy piece by piece, from the first one that is not kept yet."""
    agency_id = parts.case.agency_id
    with acting_for(agency_id):
        number = seized.count_pieces(list_id)
    copy.seek(number * PIECE_BYTES)
    while piece := copy.read(PIECE_BYTES):
        with acting_for(agency_id):
            seized.add_piece(list_id, agency_id, number, seal.sealed(f"piece {number}", piece))
        number += 1


def _keep_rows(read: Opened, known: SeizedList, seal: ListSeal, parts: _Parts) -> None:
    """Keep the rows that are not kept yet, chunk by chunk, each with its entry in the ledger."""
    agency_id = known.agency_id
    oddities = Oddities(read.columns, read.mapping.columns, twice=read.twice)
    found = enumerate(read.rows, 1)
    while chunk := list(islice(found, CHUNK_ROWS)):
        if chunk[-1][0] <= known.rows:
            continue
        rows = [_kept(number, one) for number, one in chunk if number > known.rows]
        for one in rows:
            if one.cells is not None:
                oddities.take(one.cells, one.lossy)
        with acting_for(agency_id):
            seized.add_chunk(known.list_id, agency_id, rows, seal, oddities=oddities.told())
            _tell(rows, known, parts)
        parts.told(chunk[-1][0])
    with acting_for(agency_id):
        seized.finish_import(known.list_id, now=parts.now)
        done: dict[str, str | int] = {"list": str(known.list_id), "rows": seized.list_of(known.list_id, seal).rows}
        parts.ledger.write(deed(Act.SEIZED_LIST_IMPORTED, actor=parts.actor, case=parts.case, now=parts.now, **done))


def _tell(rows: Sequence[KeptRow], known: SeizedList, parts: _Parts) -> None:
    refused = sum(bool(one.refusal) for one in rows)
    about: dict[str, str | int] = {"list": str(known.list_id), "rows": len(rows), "refused": refused}
    parts.ledger.write(deed(Act.SEIZED_LIST_ROWS_KEPT, actor=parts.actor, case=parts.case, now=parts.now, **about))


def _kept(number: int, found: Found) -> KeptRow:
    if isinstance(found, SeizedRow):
        return KeptRow(number, found.line, found.offset, found.raw, found.cells, found.lossy, "")
    return KeptRow(number, found.line, found.offset, found.raw, None, (), found.reason.value)

"""Lists of others brought into a bank, piece by piece: a crash costs one piece, and until the end no row answers."""

from __future__ import annotations

import json
import logging
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import file_digest, sha256
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.bank import BankSemantics, BankSummary
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.known import LossReport
from tsunagu.domain.permission import Permission
from tsunagu.exchange.reading import Stated
from tsunagu.exchange.registry import reader_for
from tsunagu.records import bank_items, banks
from tsunagu.records.banks import ImportRow
from tsunagu.records.session import acting_for, connections_left, locked
from tsunagu.services.access import denials_recorded
from tsunagu.services.banks.blast_radius import imported_too_wide
from tsunagu.services.banks.imported_lists import ImportReport, ListToImport, must_have_items
from tsunagu.services.banks.known_index import KnownIndex
from tsunagu.services.banks.ownership import apply_if_benign, bank_deed, open_bank
from tsunagu.services.banks.pieces import PIECE_ROWS, PackedPiece, RowsRead, pieces
from tsunagu.services.parts import Keys, Ledger, Queue

log = logging.getLogger("tsunagu.bank")

MOST_WAITING = 2
"""Pieces that wait for the database: what bounds the memory."""
OVERTAKEN = "overtaken"
"""Why an import is given up whose bank another list was brought into before it had come to its end."""
_LOCK_BANK = 7400111
"""The advisory lock of a bank into which a list is being brought."""


@dataclass(frozen=True, slots=True)
class _Parts:
    actor: Actor
    known: KnownIndex
    clock: Callable[[], datetime]
    keys: Keys
    ledger: Ledger
    queue: Queue
    told: Callable[[int, int], None]
    begun: Callable[[UUID], None]


def import_list(
    *,
    actor: Actor,
    coming: ListToImport,
    known: KnownIndex,
    clock: Callable[[], datetime],
    keys: Keys,
    ledger: Ledger,
    queue: Queue,
    told: Callable[[int, int], None],
    begun: Callable[[UUID], None] = lambda _: None,
) -> ImportReport:
    """Bring a list into a bank, or go on where a crash has stopped it.

    A list that somebody else began to bring into the bank, and did not go on with, is taken back: none of its rows
    answers, and those that both lists have would be taken for repetitions.

    Args:
        told: called with the rows and the bytes that have been read.
        begun: called with the import's id, once there is one.

    Raises:
        Forbidden: the actor may not change banks.
        InputError: there is no such format; or the list is none of it: then what came in of it is withdrawn; or no row
            of it can be taken, and there is no bank of this name.
        Conflict: the bank means something else, or another run brings a list into it at this moment.
    """
    reader_for(coming.format_name)
    parts = _Parts(actor, known, clock, keys, ledger, queue, told, begun)
    bank = _bank_for(coming, parts)
    with locked(_LOCK_BANK, str(bank.bank_id), waits=False) as is_alone:
        if not is_alone:
            raise Conflict("another list is being brought into this bank at this moment: try again when it has ended")
        row = _begun(coming, bank, parts)
        parts.begun(row.import_id)
        if row.done_at is not None:
            return _report(bank, row, held=0, was_done=True)
        return _finished(bank, _brought_in(coming, bank, row, parts), parts)


def _bank_for(coming: ListToImport, parts: _Parts) -> BankSummary:
    actor, now = parts.actor, parts.clock()
    with (
        denials_recorded(
            actor=actor, permission=Permission.BANK_CHANGE, asked=coming.bank, now=now, keys=parts.keys,
            ledger=parts.ledger,
        ),
        acting_for(actor.agency_id),
    ):  # fmt: skip
        try:
            bank = banks.bank_of(coming.bank)
        except NotFound:
            bank = None
    if bank is None:
        must_have_items(coming)
        return open_bank(
            actor=actor,
            name=coming.bank,
            semantics=coming.semantics,
            legal_ground=coming.legal_ground,
            now=now,
            keys=parts.keys,
            ledger=parts.ledger,
        )
    if bank.semantics is not coming.semantics:
        raise Conflict("the bank of this name means something else")
    return bank


def _begun(coming: ListToImport, bank: BankSummary, parts: _Parts) -> ImportRow:
    content = file_digest(coming.stream, "sha256").digest()
    size_bytes = coming.stream.tell()
    coming.stream.seek(0)
    stated = {"of_256_bits": coming.stated.of_256_bits, "categories": _named(coming.stated)}
    row = ImportRow(
        uuid4(), bank.bank_id, content, coming.format_name, stated, size_bytes, parts.clock(), 0, 0, 0, {}, {}, None,
        None,
    )  # fmt: skip
    with acting_for(parts.actor.agency_id):
        found = banks.begin_import(row, agency_id=parts.actor.agency_id, officer_id=parts.actor.officer_id)
        for other in banks.others_begun(found) if found.done_at is None else ():
            _take_back(bank, other, OVERTAKEN, parts)
    return found


def _named(stated: Stated) -> str | int:
    """Return what the tables of categories that are stated are called: others have another name, none are 0."""
    if not stated.categories:
        return 0
    told = sorted((place, sorted(codes.items())) for place, codes in stated.categories.items())
    return sha256(json.dumps(told).encode()).hexdigest()


class _Keeping:
    """Puts pieces into the database, one after the other, in a thread of its own."""

    def __init__(self, bank: BankSummary, row: ImportRow, parts: _Parts) -> None:
        self.row = row
        self._bank = bank
        self._parts = parts

    def keep(self, piece: PackedPiece, lost: dict[str, int], read_bytes: int) -> None:
        """Add one piece and note how far the list is in, or neither."""
        agency_id, before, now = self._parts.actor.agency_id, self.row, self._parts.clock()
        add = partial(bank_items.add_items, self._bank.bank_id, agency_id=agency_id, now=now)
        likely_new = before.repeated * PIECE_ROWS <= before.rows_in  # fewer than one repetition a piece
        with acting_for(agency_id):
            added = sum(add(some, import_id=before.import_id, likely_new=likely_new) for some in piece.packed)
            after = replace(
                before,
                rows_in=before.rows_in + piece.rows,
                imported=before.imported + added,
                repeated=before.repeated + piece.rows - piece.refused.total() - added,
                refused=dict(Counter(before.refused) + piece.refused),
                lost_fields=lost,
                read_bytes=read_bytes,
            )
            banks.keep_progress(after, before=before.rows_in)
        self.row = after


def _brought_in(coming: ListToImport, bank: BankSummary, row: ImportRow, parts: _Parts) -> ImportRow:
    """Bring in the rows behind those that are in, to the list's end.

    Raises:
        InputError: the list is none of its format; the message says behind which of its rows.
    """
    loss = LossReport()
    rows = RowsRead(iter(()), loss)
    try:
        rows = RowsRead(reader_for(coming.format_name)(coming.stream, coming.stated, loss), loss)
        return _kept(coming, rows, loss, _Keeping(bank, row, parts), parts)
    except InputError as error:
        with acting_for(parts.actor.agency_id):
            _take_back(bank, row.import_id, error.code, parts, reason=str(error), row=rows.last)
        raise InputError(f"{error} (behind row {rows.last:,}); nothing of it is kept") from error


def _kept(coming: ListToImport, rows: RowsRead, loss: LossReport, keeping: _Keeping, parts: _Parts) -> ImportRow:
    rows_read = keeping.row.rows_in
    # One piece is read and packed while the one before it is on its way into the database.
    with ThreadPoolExecutor(1) as pool:
        try:
            waiting = deque[Future[None]]()
            for piece in pieces(rows.behind(rows_read), coming.stream):
                read_bytes = coming.stream.tell()
                waiting.append(pool.submit(keeping.keep, piece, dict(loss.lost), read_bytes))
                rows_read += piece.rows
                parts.told(rows_read, read_bytes)
                if len(waiting) == MOST_WAITING:
                    waiting.popleft().result()
            for one in waiting:
                one.result()
        finally:
            pool.submit(connections_left).result()
    return keeping.row


def _finished(bank: BankSummary, row: ImportRow, parts: _Parts) -> ImportReport:
    """Set apart what is too wide, and let the others answer."""
    actor, now = parts.actor, parts.clock()
    if parts.known.is_due():  # a snapshot is built from the record in less time than the log is followed to its end
        try:
            parts.known.publish()
        except OSError as error:  # no room for it is no reason to lose the list: a job tries again
            log.warning("no snapshot is published after an import: %s", type(error).__name__)
            parts.queue.defer("publish-index", {})
    live = parts.known.followed()
    with acting_for(actor.agency_id):
        held = {}
        if bank.semantics is not BankSemantics.BENIGN:
            held = imported_too_wide(row.import_id, live, bank.rules.radius_bits, now=now)
            bank_items.set_quarantine(held)
        done = replace(row, done_at=now)
        banks.keep_progress(done, before=row.rows_in)
        apply_if_benign(bank, agency_id=actor.agency_id, queue=parts.queue)
        parts.ledger.write(
            bank_deed(
                Act.BANK_IMPORTED, actor, bank, now, **{"import": str(row.import_id)}, rows=row.rows_in,
                imported=row.imported, held=len(held),
            )
        )  # fmt: skip
    return _report(bank, done, held=len(held), was_done=False)


def _take_back(
    bank: BankSummary,
    import_id: UUID,
    failure: str,
    parts: _Parts,
    *,
    reason: str | None = None,
    row: int | None = None,
) -> None:
    """Withdraw what came in of a list, so that it may be brought in again. Call it within `acting_for`."""
    bank_items.withdraw_import(import_id)
    banks.fail_import(import_id, failure, reason=reason, row=row)
    told = {"import": str(import_id), "failed": failure}
    parts.ledger.write(bank_deed(Act.BANK_IMPORTED, parts.actor, bank, parts.clock(), **told))


def _report(bank: BankSummary, row: ImportRow, *, held: int, was_done: bool) -> ImportReport:
    refused, lost = dict(row.refused), dict(row.lost_fields)
    is_unfounded = bank.legal_ground is None
    return ImportReport(bank.name, row.rows_in, row.imported, row.repeated, refused, lost, held, was_done, is_unfounded)

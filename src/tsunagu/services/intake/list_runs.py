"""Incoming lists imported by a worker: as the officer who uploaded them, to their end, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound, TsunaguError, Unavailable
from tsunagu.domain.incoming_list import FILE_NUMBER, IncomingList, ListState
from tsunagu.domain.ledger import Deed
from tsunagu.exchange.reading import Of256Bits, Stated
from tsunagu.records import agencies, banks, incoming_lists
from tsunagu.records.session import DATABASE_FAILED, acting_for, is_disk_full
from tsunagu.records.uploads import UploadStore
from tsunagu.services.banks.category_tables import tables_of
from tsunagu.services.banks.imported_lists import ImportReport, ListToImport
from tsunagu.services.banks.imports import import_list
from tsunagu.services.banks.known_index import KnownIndex
from tsunagu.services.intake.list_uploads import ended_details
from tsunagu.services.intake.runs import BUG, GAVE_UP, MOST_ATTEMPTS, OFFICER_LEFT
from tsunagu.services.parts import HandedBack, Keys, Ledger, Queue


@dataclass(frozen=True, slots=True)
class ListRunner:
    """What a worker imports lists with.

    Attributes:
        known: returns the index of this process.
        is_stopping: whether the worker has been asked to end.
        clock: tells the time.
    """

    uploads: UploadStore
    known: Callable[[], KnownIndex]
    is_stopping: Callable[[], bool]
    clock: Callable[[], datetime]
    keys: Keys
    ledger: Ledger
    queue: Queue

    def run(self, agency_id: UUID, list_id: UUID) -> None:
        """Import a list, or go on with it. Nothing happens when it has ended.

        The officer who uploaded it needs his permission still: if not, the list fails, and says why.

        Raises:
            HandedBack: the worker has been asked to end; the list waits.
            Unavailable: something cannot be used, or another run imports the list at this moment; it waits to be run
                again later.
            django.db.Error: the database cannot go on; likewise.
        """
        with acting_for(agency_id):
            coming = incoming_lists.begin_run(list_id)
        if coming is None:
            return
        try:
            report = self._import(agency_id, coming)
        except (HandedBack, Unavailable):
            self._hand_back(agency_id, list_id)
            raise
        except Conflict as error:
            raise Unavailable("another run imports this list at this moment") from error
        except DATABASE_FAILED as error:
            if is_disk_full(error):  # which is no fault of this list, however often it is met
                with suppress(*DATABASE_FAILED):
                    self._hand_back(agency_id, list_id)
            raise
        except TsunaguError as error:
            self._end(agency_id, coming, ListState.FAILED, error.code)
        except _Failed as failed:
            self._end(agency_id, coming, ListState.FAILED, failed.code)
        except Exception:
            self._end(agency_id, coming, ListState.FAILED, BUG)
            raise
        else:
            # What a run before this one has imported was not imported by somebody else.
            is_repeated = report.was_done and coming.import_id is None
            self._end(agency_id, coming, ListState.REPEATED if is_repeated else ListState.DONE)

    def _import(self, agency_id: UUID, coming: IncomingList) -> ImportReport:
        if coming.attempts > MOST_ATTEMPTS:
            raise _Failed(GAVE_UP)
        try:
            with acting_for(agency_id):
                card = agencies.officer_card(coming.begun_by)
                bank = banks.bank_of(coming.bank)
        except NotFound as error:
            raise _Failed(OFFICER_LEFT) from error
        offered = coming.offered
        hex_is = None if offered.of_256_bits is None else Of256Bits(offered.of_256_bits)
        stated = Stated(hex_is, tables_of(offered.categories))
        lies_at = self.uploads.path_of(agency_id, coming.list_id, FILE_NUMBER).decode("utf-8", "surrogateescape")
        with Path(lies_at).open("rb") as stream:
            return import_list(
                actor=Actor.of(card, purpose=None, now=self.clock()),
                coming=ListToImport(stream, offered.format_name, stated, bank.name, bank.semantics, bank.legal_ground),
                known=self.known(),
                clock=self.clock,
                keys=self.keys,
                ledger=self.ledger,
                queue=self.queue,
                told=_Notes(agency_id, coming.list_id, self.is_stopping).take,
                begun=lambda import_id: _note_import(agency_id, coming.list_id, import_id),
            )

    def _hand_back(self, agency_id: UUID, list_id: UUID) -> None:
        with acting_for(agency_id):
            incoming_lists.hand_back(list_id)

    def _end(self, agency_id: UUID, coming: IncomingList, state: ListState, failure: str | None = None) -> None:
        now = self.clock()
        with acting_for(agency_id):
            if not incoming_lists.end(coming.list_id, state=state, now=now, failure=failure):
                return
            bank_id = banks.bank_of(coming.bank).bank_id
            details = ended_details(coming.list_id, bank_id, state, failure)
            self.ledger.write(Deed(Act.BANK_LIST_ENDED, now, agency_id, coming.begun_by, details=details))
        # Only now: as long as it has not ended, another run may need them.
        self.uploads.remove(agency_id, coming.list_id)


class _Failed(Exception):
    """This list cannot be imported.

    Attributes:
        code: says why.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Notes:
    """Ends a run when its worker is to end, and notes once that the run got on."""

    def __init__(self, agency_id: UUID, list_id: UUID, is_stopping: Callable[[], bool]) -> None:
        self._agency_id = agency_id
        self._list_id = list_id
        self._is_stopping = is_stopping
        self._pieces = 0

    def take(self, rows: int, read_bytes: int) -> None:
        """Take that another piece was read.

        Raises:
            HandedBack: the worker is asked to end.
        """
        del rows, read_bytes  # the import keeps them itself
        if self._is_stopping():
            raise HandedBack
        self._pieces += 1
        if self._pieces == _GOT_ON_AFTER:
            with acting_for(self._agency_id):
                incoming_lists.note_getting_on(self._list_id)


_GOT_ON_AFTER = 4
"""Pieces after which at least one has been kept: no more than two wait for the database."""


def _note_import(agency_id: UUID, list_id: UUID, import_id: UUID) -> None:
    with acting_for(agency_id):
        incoming_lists.note_import(list_id, import_id)

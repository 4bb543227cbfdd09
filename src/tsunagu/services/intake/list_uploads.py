"""Lists on their way into a bank: uploaded in chunks, gone on with after any interruption, then left to a worker.

The bytes lie in the folder of uploads of this host until the list has been imported, and are removed then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.domain.incoming_list import FILE_NUMBER, IncomingList, ListProgress, ListState, OfferedList
from tsunagu.domain.intake_run import OfferedFile, UploadedFile
from tsunagu.domain.ledger import Deed
from tsunagu.exchange.reading import Of256Bits
from tsunagu.exchange.registry import READERS
from tsunagu.records import banks, incoming_lists
from tsunagu.records.uploads import MOST_CHUNK_BYTES, UploadStore
from tsunagu.services.access import changing_banks, check_reference, reading_banks
from tsunagu.services.banks.ownership import SHOWN, bank_deed
from tsunagu.services.parts import Keys, Ledger, Queue

_NOTED_EVERY = timedelta(minutes=30)
LISTS_UNDER_WAY = (ListState.UPLOADING, ListState.WAITING, ListState.RUNNING)


def begin_list(
    *, actor: Actor, bank: str, offered: OfferedList, uploads: UploadStore, now: datetime, keys: Keys, ledger: Ledger
) -> UUID:
    """Begin to upload a list into a bank, or go on with the officer's own upload of the same, and return its id.

    Raises:
        Forbidden: the actor may not change banks.
        NotFound: no such bank, or not the actor's agency's.
        InputError: it is empty, is called what nothing is, or there is no such format.
        Unavailable: the agency's quota or the disk does not hold it.
    """
    _check(offered)
    with changing_banks(actor, bank, now=now, keys=keys, ledger=ledger):
        into = banks.bank_of(bank)
        begun = incoming_lists.same_upload(offered, bank_id=into.bank_id, officer_id=actor.officer_id)
        if begun is not None:
            return begun
        list_id = uuid4()
        of = {"agency_id": actor.agency_id, "bank_id": into.bank_id, "officer_id": actor.officer_id}
        incoming_lists.add_list(list_id, offered, **of, now=now, quota_bytes=uploads.quota_bytes)
        uploads.check_space(offered.size_bytes)
        told: dict[str, str | int] = {"list": str(list_id), "bytes": offered.size_bytes}
        ledger.write(bank_deed(Act.BANK_LIST_BEGUN, actor, into, now, **told))
    return list_id


def offer_list(
    *,
    actor: Actor,
    list_id: UUID,
    files: Sequence[OfferedFile],
    uploads: UploadStore,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> UploadedFile:
    """Return how much of a list is here, where the file that is offered is the one that it was begun with.

    Raises:
        Conflict: it is another, or the upload has been finished.
        Forbidden: the actor may not change banks, or another officer began this upload.
        NotFound: no such upload, or not the actor's agency's.
    """
    with _own_upload(actor, list_id, now, keys, ledger) as coming:
        offered = coming.offered
        if [(one.name, one.size_bytes) for one in files] != [(offered.name, offered.size_bytes)]:
            raise Conflict("this upload was begun with another list")
        held = uploads.held(actor.agency_id, list_id).get(FILE_NUMBER, 0)
        incoming_lists.touch(list_id, now, unless_since=now - _NOTED_EVERY)
    return UploadedFile(FILE_NUMBER, offered.name, offered.size_bytes, min(held, offered.size_bytes))


def add_list_chunk(
    *,
    actor: Actor,
    list_id: UUID,
    number: int,
    offset: int,
    data: bytes,
    uploads: UploadStore,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Add a chunk to a list, and return how many bytes of it are safe on the disk.

    Raises:
        Conflict: the upload has been finished; or the chunk does not begin where the list ends, or goes beyond its
            size: `held_bytes` in the details says where it ends; or another request is writing it.
        Forbidden: the actor may not change banks, or another officer began this upload.
        InputError: the chunk is empty or too long.
        NotFound: no such upload or file, or not the actor's agency's.
        Unavailable: the disk is full; what is here is kept.
    """
    if not 0 < len(data) <= MOST_CHUNK_BYTES:
        raise InputError(f"a chunk holds 1 to {MOST_CHUNK_BYTES} bytes")
    with _own_upload(actor, list_id, now, keys, ledger) as coming:
        if number != FILE_NUMBER:
            raise NotFound("no such file was offered")
        incoming_lists.touch(list_id, now, unless_since=now - _NOTED_EVERY)
    # Not within the transaction: a disk may take its time.
    size = coming.offered.size_bytes
    return uploads.append(actor.agency_id, list_id, number, offset=offset, data=data, size_bytes=size)


def finish_list(
    *, actor: Actor, list_id: UUID, uploads: UploadStore, queue: Queue, now: datetime, keys: Keys, ledger: Ledger
) -> str:
    """Let a whole list be imported, and return the name of its bank.

    Raises:
        Conflict: it is not whole, or the upload has been finished before.
        Forbidden: the actor may not change banks, or another officer began this upload.
        NotFound: no such upload, or not the actor's agency's.
    """
    agency_id = actor.agency_id
    with _own_upload(actor, list_id, now, keys, ledger) as coming:
        if uploads.held(agency_id, list_id).get(FILE_NUMBER, 0) != coming.offered.size_bytes:
            raise Conflict("not all files are whole yet")
        incoming_lists.set_state(list_id, ListState.WAITING)
        bank_id = banks.bank_of(coming.bank).bank_id
        queue.defer("import-list", {"agency": str(agency_id), "bank": str(bank_id), "list": str(list_id)})
    return coming.bank


def stop_list(*, actor: Actor, list_id: UUID, uploads: UploadStore, now: datetime, keys: Keys, ledger: Ledger) -> str:
    """Give up a list that is not being imported yet, and return the name of its bank.

    Raises:
        Conflict: it is being imported, or has ended.
        Forbidden: the actor may not change banks.
        NotFound: no such upload, or not the actor's agency's.
    """
    with changing_banks(actor, str(list_id), now=now, keys=keys, ledger=ledger):
        coming = incoming_lists.list_of(list_id, locked=True)
        if coming.state not in {ListState.UPLOADING, ListState.WAITING}:
            raise Conflict("this list is being imported, or has come to its end")
        incoming_lists.end(list_id, state=ListState.STOPPED, now=now)
        details = ended_details(list_id, banks.bank_of(coming.bank).bank_id, ListState.STOPPED)
        ledger.write(Deed(Act.BANK_LIST_ENDED, now, actor.agency_id, actor.officer_id, actor.purpose, details=details))
    uploads.remove(actor.agency_id, list_id)
    return coming.bank


def list_progress(
    *, actor: Actor, bank: str, uploads: UploadStore, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[ListProgress, ...]:
    """Return how the newest lists into a bank stand. It is meant to be asked every second: an answer is not recorded.

    Raises:
        Forbidden: the actor reads no banks, which is written down.
        NotFound: no such bank, or not the actor's agency's; likewise.
    """
    agency_id = actor.agency_id
    with (
        reading_banks(actor, bank, now=now, keys=keys, ledger=ledger),
    ):
        found = incoming_lists.progress_of(banks.bank_of(bank).bank_id, most=SHOWN)
    return tuple(
        replace(one, done_bytes=min(one.size_bytes, uploads.held_bytes(agency_id, one.list_id)))
        if one.list_id is not None and one.state is ListState.UPLOADING
        else one
        for one in found
    )


def give_up_lists(
    agency_id: UUID,
    *,
    states: Collection[ListState] = LISTS_UNDER_WAY,
    now: datetime,
    failure: str,
    ledger: Ledger,
    untouched_since: datetime | None = None,
) -> int:
    """End an agency's lists that are in one of `states`, and return how many. Call it within `acting_for`."""
    found = incoming_lists.under_way(states, untouched_since=untouched_since)
    for list_id, bank_id in found:
        incoming_lists.end(list_id, state=ListState.FAILED, now=now, failure=failure)
        details = ended_details(list_id, bank_id, ListState.FAILED, failure)
        ledger.write(Deed(Act.BANK_LIST_ENDED, now, agency_id, details=details))
    return len(found)


def ended_details(list_id: UUID, bank_id: UUID, state: ListState, failure: str | None = None) -> dict[str, str | int]:
    """Return what the ledger is told of a list that has come to its end."""
    details: dict[str, str | int] = {"bank": str(bank_id), "list": str(list_id), "state": state.value}
    return details if failure is None else details | {"failure": failure}


def _check(offered: OfferedList) -> None:
    check_reference(offered.name)
    if offered.size_bytes < 1:
        raise InputError("this list is empty")
    if offered.format_name not in READERS:
        raise InputError("no list is read in this format")
    if offered.of_256_bits is not None and offered.of_256_bits not in set(Of256Bits):
        raise InputError("there is no such choice")


@contextmanager
def _own_upload(actor: Actor, list_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> Iterator[IncomingList]:
    """Give an upload of the actor's own that has not been finished, which nobody changes meanwhile."""
    with changing_banks(actor, str(list_id), now=now, keys=keys, ledger=ledger):
        coming = incoming_lists.list_of(list_id, locked=True)
        if coming.begun_by != actor.officer_id:
            raise Forbidden("another officer began this upload")
        if coming.state is not ListState.UPLOADING:
            raise Conflict("this upload has been finished")
        yield coming

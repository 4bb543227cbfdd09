"""Incoming lists as rows, and how they and their imports stand. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.errors import NotFound
from tsunagu.domain.incoming_list import IncomingList, ListProgress, ListState, OfferedList
from tsunagu.records.models import BankImport, IncomingListRow
from tsunagu.records.upload_room import check_room, lock_room


def add_list(
    list_id: UUID,
    offered: OfferedList,
    *,
    agency_id: UUID,
    bank_id: UUID,
    officer_id: UUID,
    now: datetime,
    quota_bytes: int,
) -> None:
    """Begin a list's upload.

    Raises:
        Unavailable: the agency would have offered more than `quota_bytes`.
    """
    lock_room(agency_id)
    IncomingListRow.objects.create(
        id=list_id,
        agency_id=agency_id,
        bank_id=bank_id,
        begun_by_id=officer_id,
        name=offered.name,
        size_bytes=offered.size_bytes,
        format=offered.format_name,
        of_256_bits=offered.of_256_bits,
        categories={name: dict(codes) for name, codes in offered.categories.items()},
        state=ListState.UPLOADING,
        begun_at=now,
        touched_at=now,
    )
    check_room(quota_bytes)


def same_upload(offered: OfferedList, *, bank_id: UUID, officer_id: UUID) -> UUID | None:
    """Return the officer's own upload of the same list into the same bank that is still under way, if any."""
    rows = IncomingListRow.objects.filter(
        bank_id=bank_id,
        begun_by_id=officer_id,
        state=ListState.UPLOADING,
        name=offered.name,
        size_bytes=offered.size_bytes,
        format=offered.format_name,
        of_256_bits=offered.of_256_bits,
    )
    return next((row.id for row in rows.order_by("begun_at") if row.categories == offered.categories), None)


def list_of(list_id: UUID, *, locked: bool = False) -> IncomingList:
    """Return one incoming list; `locked` keeps everybody else from changing it meanwhile.

    Raises:
        NotFound: no such list, or not this agency's: the answer is the same for both.
    """
    rows = IncomingListRow.objects.select_related("bank").filter(id=list_id)
    # Row-level security lets nobody lock what has ended, which nobody can change.
    row = (rows.select_for_update(of=("self",)).first() if locked else None) or rows.first()
    if row is None:
        raise NotFound("no such upload")
    return _list(row)


def set_state(list_id: UUID, state: ListState) -> None:
    """Let a list that has not ended be in another state."""
    IncomingListRow.objects.filter(id=list_id, ended_at=None).update(state=state)


def touch(list_id: UUID, now: datetime, *, unless_since: datetime) -> None:
    """Note that an upload is alive, unless that was noted lately."""
    IncomingListRow.objects.filter(id=list_id, touched_at__lt=unless_since).update(touched_at=now)


def begin_run(list_id: UUID) -> IncomingList | None:
    """Begin or resume a run, and return what is to be imported; None when the list has ended or is not there."""
    rows = IncomingListRow.objects.select_related("bank").filter(id=list_id, ended_at=None)
    row = rows.exclude(state=ListState.UPLOADING).select_for_update(of=("self",)).first()
    if row is None:
        return None
    row.state, row.attempts = ListState.RUNNING, row.attempts + 1
    row.save(update_fields=["state", "attempts"])
    return _list(row)


def note_import(list_id: UUID, import_id: UUID) -> None:
    """Note which import a list has become."""
    IncomingListRow.objects.filter(id=list_id, ended_at=None).update(brought_id=import_id)


def note_getting_on(list_id: UUID) -> None:
    """Note that a run got on: those before it that ended without a word do not count any more."""
    IncomingListRow.objects.filter(id=list_id, ended_at=None).update(attempts=0)


def hand_back(list_id: UUID) -> None:
    """Let a list wait for a worker again, as one that nothing is wrong with."""
    IncomingListRow.objects.filter(id=list_id, state=ListState.RUNNING).update(state=ListState.WAITING, attempts=0)


def end(list_id: UUID, *, state: ListState, now: datetime, failure: str | None = None) -> bool:
    """End a list's way, and return whether it had not ended before."""
    rows = IncomingListRow.objects.filter(id=list_id, ended_at=None)
    return rows.update(state=state, ended_at=now, failure=failure) == 1


def under_way(states: Collection[ListState], *, untouched_since: datetime | None = None) -> list[tuple[UUID, UUID]]:
    """Return the lists in one of these states, each with its bank's id, and lock them.

    With `untouched_since` only those that nobody went on with since.
    """
    rows = IncomingListRow.objects.filter(state__in=states, ended_at=None)
    rows = rows if untouched_since is None else rows.filter(touched_at__lt=untouched_since)
    return list(rows.select_for_update().values_list("id", "bank_id"))


def progress_of(bank_id: UUID, *, most: int) -> list[ListProgress]:
    """Return how the newest lists into a bank stand, newest first, whether a browser or a command brought them in."""
    uploads = IncomingListRow.objects.filter(bank_id=bank_id).select_related("brought").order_by("-begun_at", "id")
    found = [_progress(row.brought, row) for row in uploads[:most]]
    by_command = BankImport.objects.filter(bank_id=bank_id, incominglistrow=None).order_by("-began_at", "id")
    found += [_progress(row, None) for row in by_command[:most]]
    return sorted(found, key=lambda one: one.begun_at, reverse=True)[:most]


def _list(row: Any) -> IncomingList:
    offered = OfferedList(row.name, row.size_bytes, row.format, row.of_256_bits, row.categories)
    return IncomingList(
        row.id, row.bank.name, row.begun_by_id, offered, ListState(row.state), row.attempts, row.brought_id
    )


def _progress(brought: Any, upload: Any) -> ListProgress:
    state = ListState.RUNNING if upload is None else ListState(upload.state)
    failure = None if upload is None else upload.failure
    if upload is None and brought.failure is not None:
        state, failure = ListState.FAILED, brought.failure
    elif upload is None and brought.done_at is not None:
        state = ListState.DONE
    first = upload or brought
    counts: dict[str, Any] = {}
    if brought is not None:
        names = ("rows_in", "imported", "repeated", "refused", "lost_fields", "failure_reason", "failure_row")
        counts = {name: getattr(brought, name) for name in names}
    return ListProgress(
        list_id=None if upload is None else upload.id,
        name="" if upload is None else upload.name,
        format_name=first.format,
        state=state,
        begun_at=brought.began_at if upload is None else upload.begun_at,
        size_bytes=first.size_bytes,
        done_bytes=0 if brought is None else brought.read_bytes,
        failure=failure,
        **counts,
    )

"""Incoming lists: somebody's list of known items on its way into a bank, uploaded and then imported by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

FILE_NUMBER = 1
"""An incoming list is one file: its chunks name it by this."""


class ListState(StrEnum):
    """How far a list is on its way into its bank.

    Uploading, waiting and running lead to one of the others. `repeated`: the bank had imported the very same list
    before, so that nothing was done.
    """

    UPLOADING = "uploading"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REPEATED = "repeated"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens."""
        return self not in {ListState.UPLOADING, ListState.WAITING, ListState.RUNNING}


@dataclass(frozen=True, slots=True)
class OfferedList:
    """A list that an officer is about to upload, with what he states of it.

    Attributes:
        name: as his browser calls it; kept and shown, and never used to open a file.
        size_bytes: length of the whole list.
        format_name: of `exchange.registry`.
        of_256_bits: what 64 unnamed hexadecimal digits are; None refuses such rows.
        categories: what categories mean, by "context/version" and code; empty leaves them unmapped.
    """

    name: str
    size_bytes: int
    format_name: str
    of_256_bits: str | None
    categories: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class IncomingList:
    """A list on its way, as its worker and whoever uploads it need it.

    Attributes:
        begun_by: the officer who uploads it, and as whom it is imported.
        attempts: how many runs, the present one among them, have begun since one last got on.
        import_id: of the import that it has become; None before its first run.
    """

    list_id: UUID
    bank: str
    begun_by: UUID
    offered: OfferedList
    state: ListState
    attempts: int
    import_id: UUID | None


@dataclass(frozen=True, slots=True)
class ListProgress:
    """How a list that was or is brought into a bank stands, however it is brought in.

    Attributes:
        list_id: of what was uploaded; None where a command brought the list in.
        name: as the browser called it; empty where a command brought it in.
        done_bytes: how much of it has been uploaded, or read, as its state tells.
        rows_in: rows that were taken or refused so far.
        imported, repeated: rows that the bank did not have, and those that it had.
        refused: why rows were not taken, and how many each.
        lost_fields: what did not travel, and how many values each.
        failure: a code that says why it failed; None otherwise.
        failure_reason: what is wrong with the list, in words without content; None where the code says it all.
        failure_row: the last row that could be read.
    """

    list_id: UUID | None
    name: str
    format_name: str
    state: ListState
    begun_at: datetime
    size_bytes: int
    done_bytes: int
    rows_in: int = 0
    imported: int = 0
    repeated: int = 0
    refused: Mapping[str, int] | None = None
    lost_fields: Mapping[str, int] | None = None
    failure: str | None = None
    failure_reason: str | None = None
    failure_row: int | None = None

    @property
    def percent(self) -> int:
        """How much of it has been uploaded, or read, in whole hundredths."""
        return min(100, self.done_bytes * 100 // self.size_bytes) if self.size_bytes else 100

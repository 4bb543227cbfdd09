"""Intakes: how the files of an exhibit come in, uploaded or from a watched folder, and how far that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.errors import InputError
from tsunagu.domain.media import MEMBER_SEPARATOR, Refusal

MOST_NAME_BYTES = 4096
"""How long the name of an uploaded file may be, as UTF-8."""
UPLOADED = b"upload:"
"""What the path of a holding begins with whose file was uploaded and is kept nowhere."""


class IntakeSource(StrEnum):
    """Where the files of an intake come from."""

    UPLOAD = "upload"
    FOLDER = "folder"


class IntakeState(StrEnum):
    """How far an intake is: uploading, waiting and running lead to one of the three ends."""

    UPLOADING = "uploading"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens."""
        return self in {IntakeState.DONE, IntakeState.FAILED, IntakeState.STOPPED}


@dataclass(frozen=True, slots=True)
class IntakeSummary:
    """One intake, as those see it who bring files into its case.

    Attributes:
        case, exhibit: their references.
        begun_by: the officer as whom it is run.
        files_total: files that were found, members of archives not counted; None until they have been counted.
        files_done: files dealt with, those among them that had come in earlier.
        kept: places that this intake examined and kept, members of archives included.
        skipped: files that had come in already, by another intake.
        refused: how many of the kept ones were refused, by reason; and files that changed since they came in.
        failure: a code that says why it failed; None otherwise.
    """

    intake_id: UUID
    case: str
    exhibit: str
    exhibit_id: UUID
    begun_by: UUID
    source: IntakeSource
    state: IntakeState
    files_total: int | None
    files_done: int
    kept: int
    skipped: int
    refused: Mapping[Refusal, int]
    begun_at: datetime
    ended_at: datetime | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class IntakeProgress:
    """How an intake stands at this moment.

    Attributes:
        files_per_s: files dealt with a second since its run last began; None when it does not run.
        uploaded_bytes: how much is here of what was offered; 0 once it has ended, and for a folder.
        offered_bytes: how much was offered; 0 once it has ended, and for a folder.
        may_run_again: whether it has failed, and what was uploaded is kept for a week.
    """

    intake: IntakeSummary
    files_per_s: float | None
    uploaded_bytes: int
    offered_bytes: int
    may_run_again: bool = False


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file that somebody is going to upload.

    Attributes:
        name: relative, its parts divided by "/", none of them empty, "." or ".."; at most `MOST_NAME_BYTES` as UTF-8.
            It is kept and shown, and never used to open a file.
        size_bytes: length of the whole file.
    """

    name: str
    size_bytes: int

    def __post_init__(self) -> None:
        """Check the name and the size.

        Raises:
            InputError: one of them is not as told above.
        """
        if self.size_bytes < 0:
            raise InputError("a file cannot be shorter than nothing")
        try:
            length = len(self.name.encode())
        except UnicodeEncodeError as error:
            raise InputError("the name of a file is no text") from error
        if length > MOST_NAME_BYTES or "\0" in self.name or {"", ".", ".."} & set(self.name.split("/")):
            raise InputError("the name of a file is no relative path, or too long")


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that was offered, with how much of it is here.

    Attributes:
        number: by which its chunks name it; 1 for the first of an intake.
        held_bytes: how much of it is safe on the disk: where the next chunk begins.
    """

    number: int
    name: str
    size_bytes: int
    held_bytes: int

    @property
    def is_whole(self) -> bool:
        """Whether all of it is here."""
        return self.held_bytes == self.size_bytes


@dataclass(frozen=True, slots=True)
class RefusedPlace:
    """A place that an intake could not examine, or not to its end.

    Attributes:
        path: raw bytes; a member of an archive as `archive!/member`.
    """

    path: bytes
    reason: Refusal


def place_of(name: str) -> bytes:
    """Return the path under which an uploaded file is held.

    What divides an archive from its member is doubled in the name, lest a folder `x.zip!` stand for members of `x.zip`.
    """
    return UPLOADED + name.encode().replace(MEMBER_SEPARATOR, MEMBER_SEPARATOR + b"/")

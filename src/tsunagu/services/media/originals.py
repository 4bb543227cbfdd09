"""A held content opened again where it lies, and taken for nothing else than what came in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from tsunagu.domain.errors import Conflict, InputError, Unavailable
from tsunagu.domain.intake_run import UPLOADED
from tsunagu.domain.media import MEMBER_SEPARATOR, MediaKind
from tsunagu.domain.reveal import HeldContent
from tsunagu.media.digest import sha256
from tsunagu.media.messages import Refused
from tsunagu.media.probe import HEAD_BYTES, probe
from tsunagu.media.walk import NotAFile, open_regular
from tsunagu.services.media.examination import MOST_DEPTH
from tsunagu.services.media.unpacking import Allowance, members
from tsunagu.services.parts import Decoder

MOST_BYTES: Final = 8 << 30
"""A longer file is not opened for somebody who waits for a page."""
MOST_ARCHIVE_BYTES: Final = 1 << 30

CHANGED = "what lies there now is not what came in: it is not shown"
ABSENT = "the file does not lie at its place any more, or may not be read by this program"
BROKEN_OFF = "the archive could not be read to its end, and what was read of it does not hold this item"


@contextmanager
def opened_in_place(held: HeldContent, decoder: Decoder) -> Iterator[int]:
    """Open a content where it lay when it came in, and hold it to its SHA-256, before and after it is used.

    A member of an archive is found by its SHA-256, and lies in memory until the block ends.

    Entering, and leaving, raises:
        Unavailable: it was examined on another host or uploaded, or does not lie at its place any more.
        Conflict: what lies there is something else, or is being changed.
        InputError: it is too large to be opened for a page.
    """
    if held.scanned:
        raise Unavailable("this item was scanned on another host: it can be seen there only")
    if held.path.startswith(UPLOADED):
        raise Unavailable("this item was uploaded, and uploads are not kept: there is no place to open it at")
    fd, is_whole = _file_of(held)
    try:
        if is_whole:
            with unchanged(fd, held):
                yield fd
        else:
            with member_of(fd, held, decoder) as member:
                yield member
    finally:
        os.close(fd)


@contextmanager
def unchanged(fd: int, held: HeldContent) -> Iterator[None]:
    """See to it that a file is what came in, and stays so as long as it is used.

    Entering, and leaving, raises:
        Conflict: it is not, or did not.
        InputError: it is too large.
        Unavailable: it cannot be read.
    """
    before = os.fstat(fd)
    if before.st_size != held.size_bytes:
        raise Conflict(CHANGED)
    if before.st_size > MOST_BYTES:
        raise InputError("the file is too large to be shown here")
    try:
        found = sha256(fd)
    except OSError as error:
        raise Unavailable(ABSENT) from error
    if found != held.sha256:
        raise Conflict(CHANGED)
    yield
    after = os.fstat(fd)
    if (after.st_size, after.st_mtime_ns, after.st_ctime_ns) != (
        before.st_size,
        before.st_mtime_ns,
        before.st_ctime_ns,
    ):
        raise Conflict(CHANGED)


@contextmanager
def member_of(fd: int, held: HeldContent, decoder: Decoder) -> Iterator[int]:
    """Find a member in an archive, however deep, by its size and SHA-256.

    Entering raises:
        Conflict: no member is what came in.
        InputError: the archive is too large.
        Unavailable: none was found, but not all of it could be looked at.
    """
    size_bytes = os.fstat(fd).st_size
    if size_bytes > MOST_ARCHIVE_BYTES:
        raise InputError("the archive is too large to be opened for one of its members")
    refusals: list[Refused] = []
    member = _search(fd, held, decoder, Allowance(size_bytes), depth=0, refusals=refusals)
    if member is None:
        if refusals:
            raise Unavailable(BROKEN_OFF) from refusals[0]
        raise Conflict(CHANGED)
    try:
        yield member
    finally:
        os.close(member)


def _file_of(held: HeldContent) -> tuple[int, bool]:
    """Return the open file, and whether it is the content itself and not an archive around it."""
    parts = held.path.split(MEMBER_SEPARATOR)
    for count in (len(parts), *range(1, len(parts))):
        try:
            return open_regular(MEMBER_SEPARATOR.join(parts[:count])), count == len(parts)
        except NotAFile as error:
            if count == len(parts):
                raise Conflict(CHANGED) from error
        except (OSError, ValueError):
            continue
    raise Unavailable(ABSENT)


def _search(
    fd: int, held: HeldContent, decoder: Decoder, allowance: Allowance, *, depth: int, refusals: list[Refused]
) -> int | None:
    """Return a descriptor of the member, which the caller closes; None when it was not found.

    What could not be looked at is added to `refusals`.
    """
    media_type = probe(os.pread(fd, HEAD_BYTES, 0))
    if media_type is None or media_type.kind is not MediaKind.ARCHIVE or depth >= MOST_DEPTH:
        return None
    try:
        with closing(members(fd, media_type, decoder, allowance)) as found:
            for _, member in found:
                if not isinstance(member, int):
                    continue
                if os.fstat(member).st_size == held.size_bytes and sha256(member) == held.sha256:
                    return member
                try:
                    within = _search(member, held, decoder, allowance, depth=depth + 1, refusals=refusals)
                finally:
                    os.close(member)
                if within is not None:
                    return within
    except Refused as refused:
        refusals.append(refused)
    return None

"""Watched folders: where the tools of an agency put extractions, so that nobody needs a shell to bring them in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from uuid import UUID

from tsunagu.domain.errors import InputError, NotFound, Unavailable

_INTO: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class WatchedFolders:
    """One folder an agency, named by the agency's id, beneath a root that the operator configures."""

    def __init__(self, root: Path | None) -> None:
        """Take the root; None when none is configured."""
        self._root = root

    def names(self, agency_id: UUID) -> tuple[str, ...]:
        """Return the folders directly beneath an agency's own, sorted; links and names that are no UTF-8 left out.

        Raises:
            Unavailable: no root is configured, or the agency's folder cannot be read.
        """
        try:
            with os.scandir(self._own(agency_id)) as found:
                names = [one.name for one in found if one.is_dir(follow_symlinks=False)]
        except OSError as error:
            raise Unavailable("your agency has no watched folder here, or it cannot be read") from error
        return tuple(sorted(name for name in names if _is_text(name)))

    def path_of(self, agency_id: UUID, folder: bytes) -> bytes:
        """Return where a folder beneath an agency's own lies. No link is followed on the way.

        Args:
            agency_id: whose it is.
            folder: relative to the agency's own folder, its parts divided by "/".

        Raises:
            InputError: it leads elsewhere: it is absolute, or a part of it is empty, "." or "..".
            NotFound: it is not there, is a link or no folder, or a part of it is.
            Unavailable: no root is configured.
        """
        parts = folder.split(b"/")
        if b"\0" in folder or {b"", b".", b".."} & set(parts):
            raise InputError("a watched folder is named by a path beneath your agency's own")
        own = self._own(agency_id)
        try:
            at = os.open(own, _INTO)
            for part in parts:
                below = _open_below(at, part)
                os.close(at)
                at = below
        except OSError as error:
            raise NotFound("no such watched folder") from error
        os.close(at)
        return os.path.join(os.fsencode(own), folder)  # noqa: PTH118 - raw bytes

    def _own(self, agency_id: UUID) -> Path:
        if self._root is None:
            raise Unavailable("no watched folder is configured")
        return self._root / str(agency_id)


def _open_below(at: int, part: bytes) -> int:
    """Open a folder in a folder; the latter is closed when that fails."""
    try:
        return os.open(part, _INTO, dir_fd=at)
    except OSError:
        os.close(at)
        raise


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True

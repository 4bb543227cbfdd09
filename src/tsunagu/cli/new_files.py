"""Files that a command makes under a name of the caller's: new ones, whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tsunagu.domain.errors import Conflict, InputError

TO_PIPE = Path("-")


def check_is_new(path: Path) -> None:
    """Do nothing when a file may be made under this name.

    Raises:
        Conflict: there is something of that name.
        InputError: there is no such folder.
    """
    if os.path.lexists(path):
        raise Conflict("there is something of that name already, and it is not overwritten")
    if not path.parent.is_dir():
        raise InputError("there is no such folder to make the file in")


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that gets its name once it is whole and on the disk, mode 0600; or the pipe, for `-`.

    Raises:
        Conflict: there is something of that name.
        InputError: there is no such folder, it cannot be written, or the pipe is a terminal.
    """
    if path == TO_PIPE:
        if sys.stdout.isatty():
            raise InputError("this is nothing for a terminal: name a file, or a pipe")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    check_is_new(path)
    try:
        fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(fd, "wb") as file:  # noqa: PTH123 - a descriptor
                yield file
                file.flush()
                os.fsync(fd)
            check_is_new(path)
            Path(name).rename(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise InputError("the file cannot be written there", errno=error.errno or 0) from error

"""`scan`: media examined where no holdings are, into a file that `ingest` takes elsewhere."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import click

from tsunagu.cli.house import now
from tsunagu.cli.output import complaints
from tsunagu.cli.progress import progress_bar
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.records.keys.exhibit_keys import key_from_file
from tsunagu.services.house import House
from tsunagu.services.scan import ScanReport
from tsunagu.services.scan import scan as scan_files

REFUSED = 2
TO_PIPE = Path("-")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=bytes, exists=True, resolve_path=True))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The intake file, a new one; - for a pipe.")
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The exhibit's key, as `exhibit key` wrote it; without one the file is marked unsigned.",
)
@click.pass_obj
def scan(house: House, paths: tuple[bytes, ...], *, out: Path, key_file: Path | None) -> None:
    """Digest and fingerprint files and folders into one intake file, for `ingest` to take elsewhere.

    Needs no database and no sign-in. The file holds digests, fingerprints, metadata and paths, in clear: carry it as
    you would carry the exhibit's list of contents. Exit status: 0, or 2 when any file was refused.
    """
    key = key_from_file(key_file) if key_file else None
    with _new_file(out) as file, house.decoder() as decoder, progress_bar("scan", 0, unit="files") as bar:
        report = scan_files(
            paths=paths,
            out=file,
            key=key,
            scanner=version("tsunagu"),
            now=now(),
            decoder=decoder,
            workers=house.workers,
            told=bar,
        )
    _print(report, is_signed=key is not None)
    sys.exit(REFUSED if report.refused else 0)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that gets its name once it is whole, mode 0600; or the pipe.

    Raises:
        Conflict: there is something of that name.
        InputError: a terminal takes no intake file, or the folder cannot be written.
    """
    if path == TO_PIPE:
        if sys.stdout.isatty():
            raise InputError("an intake file is nothing for a terminal: name a file, or a pipe")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if os.path.lexists(path):
        raise Conflict("there is something of that name already, and it is not overwritten")
    try:
        fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(fd, "wb") as file:  # noqa: PTH123 - a descriptor
                yield file
                file.flush()
                os.fsync(fd)
            _give_name(Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise InputError("the intake file cannot be written there", errno=error.errno or 0) from error


def _give_name(unfinished: Path, path: Path) -> None:
    if os.path.lexists(path):
        raise Conflict("there is something of that name already, and it is not overwritten")
    unfinished.rename(path)


def _print(report: ScanReport, *, is_signed: bool) -> None:
    """Say what was found, on the error stream: the other one may be the pipe."""
    complaints.print(f"{report.files:,} files found, {report.items:,} places examined, members of archives among them.")
    for reason, count in sorted(report.refused.items()):
        complaints.print(f"  refused {count:,}: {reason.value}", style="yellow")
    complaints.print("The intake file is signed by the exhibit's key." if is_signed else "The intake file is unsigned.")


COMMANDS = (scan,)

"""`scan`: media examined where no holdings are, into a file that `ingest` takes elsewhere."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import click

from tsunagu.cli.house import now
from tsunagu.cli.new_files import new_file
from tsunagu.cli.output import complaints
from tsunagu.cli.progress import progress_bar
from tsunagu.records.keys.exhibit_keys import key_from_file
from tsunagu.services.house import House
from tsunagu.services.intake.scan import ScanReport
from tsunagu.services.intake.scan import scan as scan_files

REFUSED = 2


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
    with new_file(out) as file, house.decoder() as decoder, progress_bar("scan", 0, unit="files") as bar:
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


def _print(report: ScanReport, *, is_signed: bool) -> None:
    """Say what was found, on the error stream: the other one may be the pipe."""
    complaints.print(f"{report.files:,} files found, {report.items:,} places examined, members of archives among them.")
    for reason, count in sorted(report.refused.items()):
        complaints.print(f"  refused {count:,}: {reason.value}", style="yellow")
    complaints.print("The intake file is signed by the exhibit's key." if is_signed else "The intake file is unsigned.")


COMMANDS = (scan,)

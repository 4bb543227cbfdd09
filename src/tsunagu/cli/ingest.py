"""`ingest`: an exhibit's media come in."""

from __future__ import annotations

import sys

import click

from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import print_json, screen
from tsunagu.cli.progress import progress_bar
from tsunagu.services.house import House
from tsunagu.services.ingest import IngestReport, Progress
from tsunagu.services.ingest import ingest as ingest_files

REFUSED = 2


@click.command()
@click.option("--case", "case_reference", required=True, help="The case's reference.")
@click.option("--exhibit", "exhibit_reference", required=True, help="The exhibit's reference, registered if it is new.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=bytes, exists=True, resolve_path=True))
@purpose_option
@json_option
@click.pass_obj
def ingest(
    house: House,
    paths: tuple[bytes, ...],
    *,
    case_reference: str,
    exhibit_reference: str,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Bring files and folders into an exhibit, and compare them with all that is held.

    Safe to run again: what is held is skipped, what was interrupted is completed. Media are not stored: digests,
    fingerprints, metadata and the path are. Exit status: 0, or 2 when this run refused any file.
    """
    with signed_in(house, purpose) as desk, house.decoder() as decoder, progress_bar("ingest", 0, unit="files") as bar:

        def told(progress: Progress) -> None:
            bar(progress.done, progress.total)

        report = ingest_files(
            actor=desk.actor,
            case_reference=case_reference,
            exhibit_reference=exhibit_reference,
            paths=paths,
            clock=now,
            decoder=decoder,
            workers=house.workers,
            keys=desk.rooms.keys,
            ledger=desk.rooms.ledger,
            queue=desk.rooms.queue,
            told=told,
        )
    _print(report, as_json=as_json)
    sys.exit(REFUSED if report.refused else 0)


def _print(report: IngestReport, *, as_json: bool) -> None:
    refused = {reason.value: count for reason, count in sorted(report.refused.items())}
    if as_json:
        print_json({"files": report.files, "kept": report.kept, "skipped": report.skipped, "refused": refused})
        return
    found = f"{report.files:,} files found, {report.skipped:,} of them held already; "
    screen.print(found + f"{report.kept:,} places kept, members of archives among them.")
    for reason, count in refused.items():
        screen.print(f"  refused {count:,}: {reason}", style="yellow")
    screen.print("All that could be read has been compared with what is held: see `tsunagu notices`.")


COMMANDS = (ingest,)

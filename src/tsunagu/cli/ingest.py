"""`ingest`: an exhibit's media come in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import NoReturn, TypedDict

import click
from rich.text import Text

from tsunagu.cli.house import Desk, json_option, now, purpose_option, signed_in
from tsunagu.cli.output import complaints, path_text, print_json, screen, shown_path
from tsunagu.cli.progress import progress_bar
from tsunagu.domain.actor import Actor
from tsunagu.services.house import House
from tsunagu.services.intake.ingest import ingest as ingest_files
from tsunagu.services.intake.keeping import IngestReport, Progress
from tsunagu.services.intake.scanned_intake import ingest_intake, intake_among
from tsunagu.services.media.examination import LocalExaminer
from tsunagu.services.parts import Keys, Ledger, Queue

REFUSED = 2
INTERRUPTED = 130
"""What a shell gives a command that an interrupt has ended."""
MOST_NAMED = 20
"""Refused items that a terminal is shown; anything else is given all."""


class IngestParts(TypedDict):
    """What all ways in are given."""

    actor: Actor
    case_reference: str
    exhibit_reference: str
    clock: Callable[[], datetime]
    keys: Keys
    ledger: Ledger
    queue: Queue
    told: Callable[[Progress], None]


@click.command()
@click.option("--case", "case_reference", required=True, help="The case's reference.")
@click.option("--exhibit", "exhibit_reference", required=True, help="The exhibit's reference, registered if it is new.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=bytes, exists=True, resolve_path=True))
@click.option("--unsigned", is_flag=True, help="Take an intake file that no key signs; the ledger says so.")
@purpose_option
@json_option
@click.pass_obj
def ingest(
    house: House,
    paths: tuple[bytes, ...],
    *,
    case_reference: str,
    exhibit_reference: str,
    unsigned: bool,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Bring files and folders into an exhibit, and compare them with all that is held.

    Safe to run again: what is held is skipped, what was interrupted is completed. Media are not stored: digests,
    fingerprints, metadata and the path are. In place of media, one intake file that `scan` made elsewhere. Exit
    status: 0, or 2 when this run refused any file, or 130 when it was interrupted.
    """
    with may_be_interrupted():
        report = _bring_in(house, paths, case_reference, exhibit_reference, unsigned=unsigned, purpose=purpose)
    end_with(report, case_reference, as_json=as_json)


@contextmanager
def may_be_interrupted() -> Iterator[None]:
    """End the command when it is interrupted, with what is to be known then."""
    try:
        yield
    except KeyboardInterrupt:
        complaints.print(
            "Interrupted. What was kept before stays and is not doubled; what was being examined is not kept. "
            "Run the same command again: it completes this ingest."
        )
        sys.exit(INTERRUPTED)


def parts_of(desk: Desk, case_reference: str, exhibit_reference: str, bar: Callable[[int, int], None]) -> IngestParts:
    """Return what all ways in are given; `bar` is told how many files of how many are dealt with."""

    def told(progress: Progress) -> None:
        bar(progress.done, progress.total)

    return {
        "actor": desk.actor,
        "case_reference": case_reference,
        "exhibit_reference": exhibit_reference,
        "clock": now,
        "keys": desk.rooms.keys,
        "ledger": desk.rooms.ledger,
        "queue": desk.rooms.queue,
        "told": told,
    }


def _bring_in(
    house: House,
    paths: tuple[bytes, ...],
    case_reference: str,
    exhibit_reference: str,
    *,
    unsigned: bool,
    purpose: str | None,
) -> IngestReport:
    intake = intake_among(paths)
    with signed_in(house, purpose) as desk, progress_bar("ingest", 0, unit="files") as bar, ExitStack() as stack:
        parts = parts_of(desk, case_reference, exhibit_reference, bar)
        if intake is None:
            decoder = stack.enter_context(house.decoder())
            examiner = LocalExaminer(decoder, house.workers)
            return ingest_files(paths=paths, decoder=decoder, examiner=examiner, vault=desk.rooms.vault, **parts)
        return ingest_intake(path=intake, takes_unsigned=unsigned, **parts)


def end_with(report: IngestReport, case_reference: str, *, as_json: bool) -> NoReturn:
    """Print what an ingest did, and end with its exit status."""
    _print(report, case_reference, as_json=as_json)
    sys.exit(REFUSED if report.refused else 0)


def _print(report: IngestReport, case_reference: str, *, as_json: bool) -> None:
    refused = {reason.value: count for reason, count in sorted(report.refused.items())}
    if as_json:
        items = [{**shown_path(path), "reason": reason.value} for path, reason in report.refused_items]
        counts = {"files": report.files, "kept": report.kept, "skipped": report.skipped, "refused": refused}
        print_json({**counts, "refused_items": items})
        return
    found = f"{report.files:,} files found, {report.skipped:,} of them held already; "
    screen.print(found + f"{report.kept:,} places kept, members of archives among them.")
    for reason, count in refused.items():
        screen.print(f"  refused {count:,}: {reason}", style="yellow")
    shown = report.refused_items[:MOST_NAMED] if sys.stdout.isatty() else report.refused_items
    for path, reason in shown:
        screen.print(Text(f"    {path_text(path)}  {reason}"))
    if len(shown) < len(report.refused_items):
        more = len(report.refused_items) - len(shown)
        screen.print(Text(f"    and {more:,} more: `tsunagu items --case {case_reference}` names all"))
    screen.print("All that could be read has been compared with what is held: see `tsunagu notices`.")


COMMANDS = (ingest,)

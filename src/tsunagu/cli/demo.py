"""`demo`: what Tsunagu is for, shown on benign media."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path

import click
from rich.text import Text

from tsunagu.cli.findings import notice_json, overlap_json, print_hits, print_overlap
from tsunagu.cli.house import now
from tsunagu.cli.look_ups import hit_json, print_known
from tsunagu.cli.output import complaints, print_json, print_table, screen
from tsunagu.services.alerts.reading import AlertView
from tsunagu.services.demo.known import BANK
from tsunagu.services.demo.story import DemoReport, run_demo, sign_in_as
from tsunagu.services.house import House

FAILED = 1
NEXT = (
    ("overlaps", "the overlaps of the officer who is signed in"),
    ("notices", "what he was told, and whom to talk to"),
    ("case show DK-2026-0117", "one of his cases"),
    (f"bank show '{BANK}'", "his bank, and who asked for what is in it"),
    ("alerts list", "the alerts that rest on them, and how they stand"),
    ("demo --as nguyen", "sign in as the officer of the other side"),
    ("demo --as jensen-admin", "sign in as an auditor, who reads the ledger and no content"),
    ("ledger verify", "the ledger, recomputed against its signed roots"),
)


@click.command()
@click.option("--as", "login", help="Only sign in as this officer of the demonstration that is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def demo(house: House, *, login: str | None, as_json: bool) -> None:
    """Show three agencies finding what they have in common, on benign media, in a home of its own.

    That home is tsunagu-demo beside the default one, unless TSUNAGU_HOME names another. Each run throws away what the
    one before has left there; nothing real belongs there, and `init` refuses it.

    Exit status: 0 the whole story ran and the ledger verifies, 1 it does not.
    """
    house = house.for_demo()
    if login is not None:
        house.keep_token(sign_in_as(house=house, login=login, now=now()))
        screen.print(f"Signed in as {login}.", markup=False)
        return
    began = time.monotonic()
    report = run_demo(house=house, clock=now, told=lambda step: complaints.print(Text(f"• {step}", style="cyan")))
    elapsed_s = time.monotonic() - began
    if as_json:
        _print_json(report, elapsed_s)
    else:
        _print(report, elapsed_s, house.home)
    sys.exit(0 if report.ledger.is_sound else FAILED)


def _print_json(report: DemoReport, elapsed_s: float) -> None:
    print_json(
        {
            "overlaps": [overlap_json(view) for view in report.overlaps],
            "notices": [notice_json(view) for view in report.notices],
            "known": [hit_json(one) for one in report.known],
            "ledger_ok": report.ledger.is_sound,
            "refused": {reason.value: count for reason, count in sorted(report.refused.items())},
            "elapsed_s": round(elapsed_s, 1),
        }
    )


def _print(report: DemoReport, elapsed_s: float, home: Path) -> None:
    screen.rule("what Denmark's officer is told first")
    rows = [
        (view.notice.case, other.name, other.country, other.contact)
        for view in report.notices_before
        if (other := view.other_agency)
    ]
    print_table(("your case overlaps", "with a case of", "", "talk to"), rows, empty="Nothing.")
    screen.rule("what both see once both have shared")
    for view in report.overlaps:
        print_overlap(view)
        print_hits(report.hits.get(view.notice.overlap_id, ()))
    screen.rule("what Australia is told that asks the banks about a small copy of a photograph")
    print_known(report.known)
    screen.rule("where Denmark's alerts went, and what came back")
    print_table(("path", "state", "children"), map(_alert_row, report.alerts), empty="Nothing.")
    for reason, count in sorted(report.refused.items()):
        screen.print(Text(f"refused {count}: {reason}", style="yellow"))
    state = "sound" if report.ledger.is_sound else f"NOT SOUND: {report.ledger.problem}"
    screen.print(Text(f"ledger: {report.ledger.entries} entries, {state}. {elapsed_s:.0f} s in all.", style="bold"))
    screen.print(Text("Everything in this home is thrown away by the next `tsunagu demo`.", style="dim"))
    screen.rule("try next")
    # The way by which this program was called works again from the same folder.
    called = f"TSUNAGU_HOME={shlex.quote(str(home))} {shlex.quote(sys.argv[0])}"
    for command, what in NEXT:
        screen.print(Text(f"# {what}", style="dim"))
        screen.print(Text(f"{called} {command}", style="green"), soft_wrap=True)


def _alert_row(view: AlertView) -> tuple[str, str, str]:
    path = " → ".join(view.cards[hop.agency_id].name for hop in view.path.hops)
    told = [one.outcome.children for one in view.steps if one.outcome]
    return path, view.state.value, ", ".join(f"{count} {code.value}" for one in told for code, count in one.items())


COMMANDS = (demo,)

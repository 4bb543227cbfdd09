"""`report assign`, `join`, `merge`, `answer`, `letter`, `close`, `put-back`, `risk`: what is done to a report."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

from tsunagu.cli.house import json_option, signed_in
from tsunagu.cli.letters import check_command, write_letter_files
from tsunagu.cli.output import print_json, screen
from tsunagu.domain.purpose import Purpose
from tsunagu.services.house import House
from tsunagu.services.reports import acts as service
from tsunagu.services.reports import answers as report_answers

CHECK = check_command("answer")
report_argument = click.argument("report_id", metavar="REPORT", type=click.UUID)
reason_option = click.option("--reason", required=True, help="Why; kept with the report.")


@click.command("assign")
@report_argument
@click.option("--to", required=True, help="Name of an agency above, beneath or beside yours.")
@reason_option
@json_option
@click.pass_obj
def assign(house: House, *, report_id: UUID, to: str, reason: str, as_json: bool) -> None:
    """Hand a report over to another agency, with what was joined to it. From then on that agency alone reads it."""
    with signed_in(house, None) as desk:
        service.assign_report(report_id=report_id, to=to, reason=reason, **desk.parts)
    _done(report_id, "assigned", as_json=as_json)


@click.command("join")
@report_argument
@click.argument("other", type=click.UUID)
@reason_option
@json_option
@click.pass_obj
def join(house: House, *, report_id: UUID, other: UUID, reason: str, as_json: bool) -> None:
    """Say that a report tells of the same as OTHER: from then on it goes with that. Nothing of it is lost."""
    with signed_in(house, None) as desk:
        service.join_report(report_id=report_id, to=other, reason=reason, **desk.parts)
    _done(report_id, "joined", as_json=as_json)


@click.command("merge")
@report_argument
@click.option("--case", "reference", required=True, help="Reference of a case that you work on.")
@click.option(
    "--open-for",
    type=click.Choice([one.value for one in Purpose]),
    help="Open the case for this purpose, where there is none yet.",
)
@reason_option
@json_option
@click.pass_obj
def merge(house: House, *, report_id: UUID, reference: str, open_for: str | None, reason: str, as_json: bool) -> None:
    """Merge a report into a case, with what was joined to it. From then on the people of the case alone read it."""
    opens = None if open_for is None else Purpose(open_for)
    with signed_in(house, None) as desk:
        service.merge_report(report_id=report_id, reference=reference, opens=opens, reason=reason, **desk.parts)
    _done(report_id, "merged", as_json=as_json)


@click.command("close")
@report_argument
@reason_option
@json_option
@click.pass_obj
def close(house: House, *, report_id: UUID, reason: str, as_json: bool) -> None:
    """Close a report that leads nowhere. It is kept until its last day."""
    with signed_in(house, None) as desk:
        service.close_report(report_id=report_id, reason=reason, **desk.parts)
    _done(report_id, "closed", as_json=as_json)


@click.command("put-back")
@report_argument
@reason_option
@json_option
@click.pass_obj
def put_back(house: House, *, report_id: UUID, reason: str, as_json: bool) -> None:
    """Let a report wait again that was joined, merged or closed."""
    with signed_in(house, None) as desk:
        service.put_back_report(report_id=report_id, reason=reason, **desk.parts)
    _done(report_id, "waiting", as_json=as_json)


@click.command("risk")
@report_argument
@click.option("--imminent/--not-imminent", "is_imminent", required=True, help="What you say of it.")
@reason_option
@json_option
@click.pass_obj
def risk(house: House, *, report_id: UUID, is_imminent: bool, reason: str, as_json: bool) -> None:
    """Say that a child is at imminent risk, or is not any more. No machine says so."""
    with signed_in(house, None) as desk:
        service.set_risk(report_id=report_id, is_imminent=is_imminent, reason=reason, **desk.parts)
    _done(report_id, "imminent risk" if is_imminent else "no imminent risk", as_json=as_json)


@click.command("answer")
@report_argument
@click.option("--words", required=True, help="What the source is told.")
@json_option
@click.pass_obj
def answer(house: House, *, report_id: UUID, words: str, as_json: bool) -> None:
    """Answer the source of a report. It is kept; `report letter` writes it down for whatever channel there is."""
    with signed_in(house, None) as desk:
        report_answers.answer_report(report_id=report_id, words=words, **desk.parts)
    _done(report_id, "answered", as_json=as_json)


@click.command("letter")
@report_argument
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder for the files.")
@click.pass_obj
def letter(house: House, *, report_id: UUID, out: Path) -> None:
    """Write the latest answer to a report's source: answer.json, its signature and key, and a text for people."""
    with signed_in(house, None) as desk:
        signer = desk.rooms.keys.signer()
        written = report_answers.write_report_letter(report_id=report_id, signer=signer, **desk.parts)
        public = desk.rooms.keys.public_keys()[written.key_id]
    write_letter_files(
        out, "answer", body=written.body, signature=written.signature, public_key=public, text=written.text
    )
    screen.print(f"Written, signed with key {written.key_id}; the source checks it with:", soft_wrap=True)
    screen.print(CHECK, soft_wrap=True, markup=False)


def _done(report_id: UUID, state: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"report": str(report_id), "done": state})
    else:
        screen.print(f"Done: {state}.", markup=False)


COMMANDS = (assign, join, merge, close, put_back, risk, answer, letter)

"""`alerts`: raised, listed, shown, answered by each hop, and what became of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from tsunagu.cli.alert_forms import alert_json, line_json, print_alert, print_line
from tsunagu.cli.alert_note import note
from tsunagu.cli.alert_typed import children_of, command_of, key_option, person_of
from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.letters import check_command, write_letter_files
from tsunagu.cli.output import print_json, screen
from tsunagu.domain.alert import HandOver, Priority, RefusalReason
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.errors import InputError
from tsunagu.domain.outcome import HarmMethod, Outcome, OutcomeCode, SchoolBand
from tsunagu.domain.purpose import Purpose
from tsunagu.services.alerts import raising as alert_raising
from tsunagu.services.alerts import reading as service
from tsunagu.services.alerts import steps as alert_steps
from tsunagu.services.alerts.letters import write_letter
from tsunagu.services.alerts.outcomes import tell_outcome
from tsunagu.services.alerts.raising import Draft
from tsunagu.services.house import House

CHECK = check_command("alert")
document_option = click.option(
    "--document",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What a correspondent sent, for whom you enter this; its SHA-256 is kept.",
)


@click.group()
def alerts() -> None:
    """Alerts: findings that officers send onward, hop by hop, each with its clock, until the outcome comes back."""


@alerts.command("list")
@purpose_option
@json_option
@click.pass_obj
def list_command(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the alerts that you are told of, the newest first."""
    with signed_in(house, purpose) as desk:
        found = service.list_alerts(**desk.parts)
    _print_lines(found, as_json=as_json, empty="You are told of no alert.")


@alerts.command("overdue")
@purpose_option
@json_option
@click.pass_obj
def overdue(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the alerts on whose way you stand and whose time is over, the longest first."""
    with signed_in(house, purpose) as desk:
        found = service.list_overdue(**desk.parts)
    _print_lines(found, as_json=as_json, empty="Nobody's time is over.")


@alerts.command("show")
@click.argument("alert", type=click.UUID)
@purpose_option
@json_option
@click.pass_obj
def show(house: House, alert: UUID, *, purpose: str | None, as_json: bool) -> None:
    """Show an alert with its path, as far as its label allows at this moment."""
    with signed_in(house, purpose) as desk:
        found = service.view_alert(alert_id=alert, **desk.parts)
    if as_json:
        print_json(alert_json(found, now()))
        return
    print_alert(found, now())


@alerts.command("raise")
@click.option("--case", required=True, help="The case that it is raised from.")
@click.option("--overlap", "overlaps", type=click.UUID, multiple=True, help="An overlap of that case, shared by both.")
@click.option("--to", required=True, help="The agency above or beneath yours that it goes to first.")
@click.option("--country", "countries", multiple=True, required=True, help="A country and its weight, such as JP=0.8.")
@click.option("--finding", required=True, help="What was found and what is asked for. Name no person.")
@click.option("--priority", type=click.Choice([one.value for one in Priority]), default=Priority.NORMAL.value)
@click.option("--reason", default="", help="Why it is urgent.")
@click.option("--only", multiple=True, help="An agency that alone may read what it says; without one, all on its path.")
@click.option(
    "--for",
    "purposes",
    type=click.Choice([one.value for one in Purpose]),
    multiple=True,
    default=(Purpose.VICTIM_IDENTIFICATION.value, Purpose.INVESTIGATION.value),
    help="What for it may be read.",
)
@click.option("--no-forward", is_flag=True, help="Nobody passes it on.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, help="For how many days it is told.")
@key_option
@json_option
@click.pass_obj
def raise_command(house: House, /, *, as_json: bool, days: int, key: str | None, **typed: Any) -> None:
    """Raise an alert: your decision, from a case of yours and the overlaps that it rests on.

    It goes to the agency above yours or to one beneath it, which passes it on. The outcome comes back to you and to
    every agency whose case it rests on.
    """
    draft = Draft(
        typed["case"],
        typed["overlaps"],
        typed["to"],
        tuple(map(CountryWeight.parse, typed["countries"])),
        typed["finding"],
        Priority(typed["priority"]),
        typed["reason"],
        typed["only"],
        frozenset(map(Purpose, typed["purposes"])),
        not typed["no_forward"],
        datetime.combine(now().date() + timedelta(days=days), datetime.min.time(), UTC),
    )
    with signed_in(house, None) as desk:
        alert_id = alert_raising.raise_alert(draft=draft, command=command_of(key), **desk.parts)
    if as_json:
        print_json({"alert": str(alert_id)})
        return
    screen.print(f"Raised: `tsunagu alerts show {alert_id}`.")


@alerts.command("acknowledge")
@click.argument("alert", type=click.UUID)
@document_option
@key_option
@json_option
@click.pass_obj
def acknowledge(house: House, alert: UUID, *, document: Path | None, key: str | None, as_json: bool) -> None:
    """Say that an alert has arrived; the next clock runs from then on."""
    with signed_in(house, None) as desk:
        step = alert_steps.acknowledge_alert(alert_id=alert, command=command_of(key, document), **desk.parts)
    _done(alert, step, "Acknowledged.", as_json=as_json)


@alerts.command("refuse")
@click.argument("alert", type=click.UUID)
@click.option("--because", type=click.Choice([one.value for one in RefusalReason]), required=True)
@click.option("--words", required=True, help="Why, in your words.")
@document_option
@key_option
@json_option
@click.pass_obj
def refuse(
    house: House, alert: UUID, *, because: str, words: str, document: Path | None, key: str | None, as_json: bool
) -> None:
    """Refuse an alert: it is again with the agency that sent it."""
    with signed_in(house, None) as desk:
        step = alert_steps.refuse_alert(
            alert_id=alert,
            refusal=RefusalReason(because),
            words=words,
            command=command_of(key, document),
            **desk.parts,
        )
    _done(alert, step, "Refused.", as_json=as_json)


@alerts.command("pass")
@click.argument("alert", type=click.UUID)
@click.option("--to", help="The agency that it goes to.")
@click.option("--back", is_flag=True, help="To the agency that sent it.")
@click.option("--form", type=click.Choice([one.value for one in HandOver]), help="The form, to an agency beside.")
@click.option("--words", required=True, help="Why there; of a form, what it requires.")
@document_option
@key_option
@json_option
@click.pass_obj
def pass_command(house: House, /, alert: UUID, *, to: str | None, back: bool, as_json: bool, **typed: Any) -> None:
    """Pass an alert on: beneath, above where it came from beneath, or by a form to an agency beside; or hand it back.

    The forms are a request, a designation and a transfer.
    """
    if back == (to is not None):
        raise InputError("say where it goes: --to an agency, or --back")
    form = None if typed["form"] is None else HandOver(typed["form"])
    command = command_of(typed["key"], typed["document"])
    with signed_in(house, None) as desk:
        step = alert_steps.pass_alert(
            alert_id=alert, to=to, form=form, words=typed["words"], command=command, **desk.parts
        )
    _done(alert, step, "Handed back." if back else "Passed on.", as_json=as_json)


@alerts.command("take")
@click.argument("alert", type=click.UUID)
@click.option("--case", help="A case of yours into which it is taken: then only those who work on it are told.")
@document_option
@key_option
@json_option
@click.pass_obj
def take(house: House, alert: UUID, *, case: str | None, document: Path | None, key: str | None, as_json: bool) -> None:
    """Take an alert on: your agency looks for the child."""
    with signed_in(house, None) as desk:
        step = alert_steps.take_alert(alert_id=alert, case=case, command=command_of(key, document), **desk.parts)
    _done(alert, step, "Taken.", as_json=as_json)


@alerts.command("withdraw")
@click.argument("alert", type=click.UUID)
@click.option("--words", required=True, help="Why, in your words.")
@key_option
@json_option
@click.pass_obj
def withdraw(house: House, alert: UUID, *, words: str, key: str | None, as_json: bool) -> None:
    """Withdraw an alert that your agency raised: nobody else is told any more what it said."""
    with signed_in(house, None) as desk:
        step = alert_steps.withdraw_alert(alert_id=alert, words=words, command=command_of(key), **desk.parts)
    _done(alert, step, "Withdrawn.", as_json=as_json)


@alerts.command("outcome")
@click.argument("alert", type=click.UUID)
@click.option("--children", "children", multiple=True, help="A code and how many, such as safeguarded=47.")
@click.option(
    "--person",
    "persons",
    multiple=True,
    help="number:role[:disposal+disposal[:part[:months[:age]]]], such as 1:convicted:arrested+sentenced::96:40s.",
)
@click.option("--school", "schools", multiple=True, help="How old identified children were, such as junior-high=2.")
@click.option("--method", "methods", multiple=True, help="How identified children were harmed, such as selfie=2.")
@click.option("--words", default="", help="What there is to say besides. Name no person.")
@document_option
@key_option
@json_option
@click.pass_obj
def outcome(house: House, /, alert: UUID, *, words: str, document: Path | None, as_json: bool, **typed: Any) -> None:
    """Tell what became of an alert that you have taken; it goes home along its path, to all who contributed.

    Codes for children: located, identified-not-safe, safeguarded, identified-historic, deceased, not-found, reopened.
    Ages are those of the day of the act, as the police or the court states them, and methods likewise: leave them out
    where nobody does. Of children: preschool, elementary, junior-high, high, other; and selfie, voyeur,
    prostitution-or-indecent-act, forced, other. Of persons: teens, 20s, 30s, 40s, 50s, 60-and-over.
    """
    told = Outcome(
        dict(children_of(OutcomeCode, one) for one in typed["children"]),
        tuple(map(person_of, typed["persons"])),
        dict(children_of(SchoolBand, one) for one in typed["schools"]),
        dict(children_of(HarmMethod, one) for one in typed["methods"]),
    )
    command = command_of(typed["key"], document)
    with signed_in(house, None) as desk:
        step = tell_outcome(alert_id=alert, outcome=told, words=words, command=command, **desk.parts)
    _done(alert, step, "Told.", as_json=as_json)


@alerts.command("letter")
@click.argument("alert", type=click.UUID)
@click.option("--to", required=True, help="The correspondent on its way.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder for the files.")
@click.pass_obj
def letter(house: House, alert: UUID, *, to: str, out: Path) -> None:
    """Write an alert for a correspondent: alert.json, alert.sig, alert.txt and the key to check them with.

    Send them by whatever channel there is, and enter what comes back with --document.
    """
    with signed_in(house, None) as desk:
        signer = desk.rooms.keys.signer()
        written = write_letter(alert_id=alert, to=to, signer=signer, **desk.parts)
        public = desk.rooms.keys.public_keys()[written.key_id]
    write_letter_files(
        out, "alert", body=written.body, signature=written.signature, public_key=public, text=written.text
    )
    screen.print(f"Written, signed with key {written.key_id}; let the receiver compare that by telephone.")
    screen.print("Whoever receives it checks it with:")
    screen.print(CHECK, soft_wrap=True, markup=False)


def _print_lines(found: tuple[service.AlertView, ...], *, as_json: bool, empty: str) -> None:
    moment = now()
    for one in found:
        if as_json:
            print_json(line_json(one, moment))
        else:
            print_line(one, moment)
    if not found and not as_json:
        screen.print(empty, style="dim")


def _done(alert: UUID, step: int, said: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"alert": str(alert), "step": step})
    else:
        screen.print(said)


alerts.add_command(note)

COMMANDS = (alerts,)

"""`alerts note`: what an agency says to the others on an alert's way."""

from __future__ import annotations

from uuid import UUID

import click

from tsunagu.cli.alert_typed import command_of, key_option
from tsunagu.cli.house import json_option, signed_in
from tsunagu.cli.output import print_json, screen
from tsunagu.services.alerts.notes import write_note
from tsunagu.services.house import House


@click.command("note")
@click.argument("alert", type=click.UUID)
@click.option("--words", required=True, help="What you have to say. Name no person.")
@key_option
@json_option
@click.pass_obj
def note(house: House, alert: UUID, *, words: str, key: str | None, as_json: bool) -> None:
    """Say something to all agencies on an alert's way home, at whatever installation."""
    with signed_in(house, None) as desk:
        note_id = write_note(alert_id=alert, words=words, command=command_of(key), **desk.parts)
    if as_json:
        print_json({"alert": str(alert), "note": str(note_id)})
    else:
        screen.print("Noted.")

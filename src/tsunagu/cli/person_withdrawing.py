"""`person withdraw` and what belongs to it: who was told, and who has still to be told that it no longer holds."""

from __future__ import annotations

from typing import Any

import click

from tsunagu.cli.house import json_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.person import PersonEnd, PersonName
from tsunagu.services.house import House
from tsunagu.services.persons import withdrawing as service

person_argument = click.argument("name", metavar="PERSON")


@click.command("told")
@click.argument("reference", metavar="CASE")
@person_argument
@click.option("--receiver", required=True, help="Whom you have told of PERSON outside, and how.")
@json_option
@click.pass_obj
def told(house: House, *, reference: str, name: str, receiver: str, as_json: bool) -> None:
    """Write down whom you have told of PERSON, so that a withdrawal reaches them."""
    with signed_in(house, None) as desk:
        about: dict[str, Any] = {"reference": reference, "name": PersonName.parse(name), "receiver": receiver}
        number = service.note_told(**about, **desk.parts)
    if as_json:
        print_json({"case": reference, "person": name, "told": number})
    else:
        screen.print("It is noted.")


@click.command("withdraw")
@click.argument("reference", metavar="CASE")
@person_argument
@click.option("--why", required=True, type=click.Choice([one.value for one in PersonEnd]))
@json_option
@click.pass_obj
def withdraw(house: House, *, reference: str, name: str, why: str, as_json: bool) -> None:
    """Erase PERSON for good, with the identity and all statements, and list who is to be told."""
    with signed_in(house, None) as desk:
        about: dict[str, Any] = {"reference": reference, "name": PersonName.parse(name), "why": PersonEnd(why)}
        count = service.withdraw_person(**about, **desk.parts)
    if as_json:
        print_json({"case": reference, "person": name, "recalls": count})
    else:
        screen.print(f"{name} is erased. To be told: {count}; `tsunagu person recalls` lists them.")


@click.command("recalls")
@click.argument("reference", metavar="CASE")
@json_option
@click.pass_obj
def recalls(house: House, *, reference: str, as_json: bool) -> None:
    """List who is to be told of the withdrawals of CASE: who was not reached yet first."""
    with signed_in(house, None) as desk:
        view = service.list_recalls(reference=reference, **desk.parts)
    if as_json:
        for one in view.recalls:
            by = {"answer": one.answer or None, "by": one.by, "at": one.at.isoformat() if one.at else None}
            about = {"person": str(one.person), "recall": one.number, "kind": one.kind.value}
            print_json(about | {"receiver": one.receiver} | by)
        return
    rows = [(str(one.person), str(one.number), one.kind.value, one.receiver, one.answer) for one in view.recalls]
    print_table(("person", "no.", "kind", "receiver", "answer"), rows, empty="Nobody is to be told.")


@click.command("recalled")
@click.argument("reference", metavar="CASE")
@person_argument
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.option("--answer", required=True, help="What the receiver says became of it.")
@json_option
@click.pass_obj
def recalled(house: House, *, reference: str, name: str, number: int, answer: str, as_json: bool) -> None:
    """Enter that a receiver was told of a withdrawal. It is entered once."""
    with signed_in(house, None) as desk:
        about: dict[str, Any] = {
            "reference": reference,
            "name": PersonName.parse(name),
            "number": number,
            "answer": answer,
        }
        left = service.answer_recall(**about, **desk.parts)
    if as_json:
        print_json({"case": reference, "person": name, "recall": number, "left": left})
    else:
        screen.print(f"It is entered. Still to be told: {left}.")


COMMANDS = (told, withdraw, recalls, recalled)

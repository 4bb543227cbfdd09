"""`list prefecture`: where people of a seized list live whose rows do not tell, or contradict each other."""

from __future__ import annotations

from typing import Any

import click

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.cli.seized_options import case_option, list_option
from tsunagu.domain.errors import InputError
from tsunagu.domain.seized import ListedPerson, PersonToPlace
from tsunagu.services.house import House

LAST_CODE = 47
CODES = tuple(f"{code:02}" for code in range(1, LAST_CODE + 1))
OTHERWISE = ("unknown", "open")


@click.command("prefecture")
@case_option
@list_option
@click.option("--rows", help="Numbers of all rows of one person, such as 3,17; without it, persons are listed.")
@click.option(
    "--is",
    "decided",
    type=click.Choice([*CODES, *OTHERWISE]),
    metavar="CODE",
    help="Code of the prefecture, 01 to 47; unknown, where nobody can tell; open takes a decision back.",
)
@click.option("--reason", help="Why you decide so; kept with the decision, erased with the list.")
@click.option("--after", default=0, help="First row of the person behind whom to go on.")
@click.option("--most", default=10, show_default=True, type=click.IntRange(1, 50), help="How many are listed.")
@purpose_option
@json_option
@click.pass_obj
def prefecture(
    house: House,
    *,
    reference: str,
    number: int | None,
    rows: str | None,
    decided: str | None,
    reason: str | None,
    after: int,
    most: int,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Look at persons whose rows do not tell where they live, or contradict each other, and decide.

    What you decide holds while exactly these rows name the person, also after `list resolve`.
    """
    from tsunagu.services.seized import places as service  # noqa: PLC0415 - loads NumPy

    asked: dict[str, Any] = {"reference": reference, "number": number}
    if rows is not None or decided is not None:
        if rows is None or decided is None or reason is None:
            raise InputError("a decision needs rows (--rows), a prefecture (--is) and a reason (--reason)")
        with signed_in(house, purpose) as desk:
            person = service.decide_prefecture(
                rows=_numbers(rows), prefecture=decided, reason=reason, **asked, **desk.parts
            )
        if as_json:
            print_json(person_json(person))
        else:
            screen.print("It is kept.")
        return
    with signed_in(house, purpose) as desk:
        found = service.list_persons_to_place(after=after, most=most, **asked, **desk.parts)
    for one in found.persons:
        _tell(one, as_json=as_json)
    if not as_json:
        screen.print(f"Others follow: --after {found.next}" if found.next else "Nobody else waits for a decision.")


def person_json(one: ListedPerson) -> dict[str, Any]:
    """Return a person for machines."""
    return {
        "rows": list(one.rows),
        "prefecture": one.prefecture,
        "method": one.method,
        "confidence": one.confidence,
        "alternatives": list(one.alternatives),
        "needs_a_person": one.needs_a_person,
    }


def _numbers(typed: str) -> tuple[int, ...]:
    parts = typed.split(",")
    if not all(one.strip().isascii() and one.strip().isdigit() and len(one) < 10 for one in parts):
        raise InputError("rows are numbers with commas between them, such as 3,17")
    return tuple(sorted({int(one) for one in parts}))


def _tell(one: PersonToPlace, *, as_json: bool) -> None:
    decision = one.decision
    if as_json:
        rows = [
            {
                "row": row.number,
                "cells": {told.value: text for told, text in row.cells.items()},
                "prefecture": row.prefecture,
                "method": row.method,
                "alternatives": list(row.alternatives),
            }
            for row in one.rows
        ]
        by = {"by": decision.login, "reason": decision.reason} if decision else None
        print_json({**person_json(one.person), "told_by": rows, "decision": by})
        return
    numbers = ",".join(map(str, one.person.rows))
    screen.print(f"rows {numbers}: {one.person.method}; {', '.join(one.person.alternatives)}", markup=False)
    lines = [
        (row.number, row.prefecture or "", row.method, ", ".join(row.alternatives), *row.cells.values())
        for row in one.rows
    ]
    titles = ("row", "prefecture", "by", "or", *(told.value for told in one.rows[0].cells))
    print_table(titles, [tuple(map(str, line)) for line in lines], empty="")
    if decision is not None:
        screen.print(
            f"  decided by {decision.login}: {decision.prefecture or 'unknown'}; {decision.reason}", markup=False
        )

"""`series add`, `remove`, `merge`, `split`, `undo`: what series consist of."""

from __future__ import annotations

from uuid import UUID

import click

from tsunagu.cli.house import json_option, signed_in
from tsunagu.cli.output import counted, print_json, screen
from tsunagu.services.house import House
from tsunagu.services.series import changes as service

case_option = click.option("--case", required=True, help="Reference of the case of yours that holds the items.")
reason_option = click.option("--reason", required=True, help="Why; kept in the series' history, erased with its cases.")


@click.command()
@click.argument("name")
@click.argument("items", metavar="ITEM...", nargs=-1, required=True)
@case_option
@click.option("--context", "is_context", is_flag=True, help="They are not illegal: they show the child or the place.")
@json_option
@click.pass_obj
def add(house: House, name: str, items: tuple[str, ...], *, case: str, is_context: bool, as_json: bool) -> None:
    """Put items of a case of yours into a series.

    ITEM is the number of a place in the case, or a SHA-256; `tsunagu items` lists both.
    """
    with signed_in(house, None) as desk:
        done = service.add_to_series(name=name, case=case, items=items, is_context=is_context, **desk.parts)
    _tell(done, "put into the series", as_json=as_json)


@click.command()
@click.argument("name")
@click.argument("items", metavar="ITEM...", nargs=-1, required=True)
@case_option
@reason_option
@json_option
@click.pass_obj
def remove(house: House, name: str, items: tuple[str, ...], *, case: str, reason: str, as_json: bool) -> None:
    """Take items of a case of yours out of a series."""
    with signed_in(house, None) as desk:
        done = service.remove_from_series(name=name, case=case, items=items, reason=reason, **desk.parts)
    _tell(done, "taken out of the series", as_json=as_json)


@click.command()
@click.argument("name")
@click.argument("other")
@reason_option
@json_option
@click.pass_obj
def merge(house: House, name: str, other: str, *, reason: str, as_json: bool) -> None:
    """Merge OTHER into the series NAME: both are the same child or event. `tsunagu series undo` parts them again.

    Whoever works on a case of either sees the whole from then on, and of its items those of his own cases.
    """
    with signed_in(house, None) as desk:
        service.merge_series(name=name, other=other, reason=reason, **desk.parts)
    if as_json:
        print_json({"series": name, "merged": other})
        return
    screen.print("The two are one series now.")


@click.command()
@click.argument("name")
@click.argument("new")
@click.argument("items", metavar="ITEM...", nargs=-1, required=True)
@case_option
@reason_option
@json_option
@click.pass_obj
def split(house: House, name: str, new: str, items: tuple[str, ...], *, case: str, reason: str, as_json: bool) -> None:
    """Split items of a case of yours off the series NAME, into a NEW one."""
    with signed_in(house, None) as desk:
        made = service.split_series(name=name, new=new, case=case, items=items, reason=reason, **desk.parts)
    if as_json:
        print_json({"series": new, "id": str(made)})
        return
    screen.print("The items are a series of their own now.")


@click.command()
@click.argument("name")
@click.argument("step", type=click.UUID)
@reason_option
@json_option
@click.pass_obj
def undo(house: House, name: str, step: UUID, *, reason: str, as_json: bool) -> None:
    """Undo a STEP that `tsunagu series show` lists, or an undoing; what was done since to other items stays."""
    with signed_in(house, None) as desk:
        service.undo_step(name=name, step_id=step, reason=reason, **desk.parts)
    if as_json:
        print_json({"series": name, "undone": str(step)})
        return
    screen.print("The step is undone.")


def _tell(items: int, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"items": items})
        return
    screen.print(f"{counted(items, 'item', 'items')} {what}.")

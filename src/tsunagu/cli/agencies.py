"""`agency`: the agencies of this installation, those that work without it, and who stands above whom."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from tsunagu.cli.house import json_option, now, signed_in
from tsunagu.cli.identity import add_agency
from tsunagu.cli.output import counted, print_json, print_table, screen
from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.errors import InputError
from tsunagu.exchange.agency_list import agencies_from, shipped_list, shipped_lists
from tsunagu.services.agencies import tree as service
from tsunagu.services.house import House


@click.group()
def agency() -> None:
    """Agencies of this installation, and correspondents, who work without it."""


@agency.command("load")
@click.argument("name")
@click.option("--under", default="", help="The agency above the first ones of the list.")
@json_option
@click.pass_obj
def load(house: House, name: str, *, under: str, as_json: bool) -> None:
    """Enter a country's agencies as correspondents, from a file or a list that ships with the program, such as japan.

    NAME is a list's name or a file's path. What is there already stays as it is, so that it can be repeated. Places
    beneath a member wait for its co-ordinator: `tsunagu agency confirm`. An operator's command.
    """
    listed = shipped_list(name) if name in shipped_lists() else agencies_from(_text(Path(name)))
    with house.open() as rooms:
        done = service.load_agencies(listed=listed, under=under, now=now(), ledger=rooms.ledger)
    if as_json:
        print_json({"entered": done.entered, "placed": done.placed, "known": done.known})
        return
    screen.print(
        f"{counted(done.entered, 'agency', 'agencies')} entered, {done.placed} placed, {done.known} there already."
    )


@agency.command("place")
@click.argument("name")
@click.option("--under", required=True, help="The agency above.")
@click.option("--kind", type=click.Choice([one.value for one in AgencyKind]), help="What the agency is.")
@click.pass_obj
def place(house: House, name: str, *, under: str, kind: str | None) -> None:
    """Let an agency stand under another, once its co-ordinator has confirmed it. An operator's command."""
    with house.open() as rooms:
        counts = service.place_agency(
            name=name, under=under, kind=AgencyKind(kind) if kind else None, now=now(), ledger=rooms.ledger
        )
    if counts:
        screen.print("Placed: a correspondent stands above, so that it counts at once.")
    else:
        screen.print("Placed. It counts once a co-ordinator of the agency above has confirmed it.")


@agency.command("tree")
@json_option
@click.pass_obj
def tree(house: House, *, as_json: bool) -> None:
    """Print all agencies, and who stands above whom. An operator's command: it prints no content."""
    with house.open():
        lines = service.list_tree()
    if as_json:
        for one in lines:
            card = one.agency
            print_json(
                {
                    "agency": card.name,
                    "local_name": card.local_name,
                    "kind": card.kind,
                    "code": card.code,
                    "country": card.country,
                    "correspondent": card.is_correspondent,
                    "under": one.parent or None,
                    "confirmed": one.counts,
                }
            )
        return
    rows = [
        (
            "  " * one.depth + one.agency.name,
            one.agency.local_name,
            one.agency.kind or "",
            "correspondent" if one.agency.is_correspondent else "member",
            "" if one.counts else "waits to be confirmed",
        )
        for one in lines
    ]
    print_table(("agency", "its own name", "kind", "", "place"), rows, empty="There is no agency yet.")


@agency.command("waiting")
@json_option
@click.pass_obj
def waiting(house: House, *, as_json: bool) -> None:
    """List the agencies that the operator has placed beneath yours, and that wait for you."""
    with signed_in(house, None) as desk:
        found = service.waiting_places(**desk.parts)
    if as_json:
        for card in found:
            print_json({"agency": card.name, "kind": card.kind, "country": card.country})
        return
    for card in found:
        screen.print(Text(card.name))
    if not found:
        screen.print("No agency waits beneath yours.", style="dim")


@agency.command("confirm")
@click.argument("names", nargs=-1)
@click.option("--all", "everyone", is_flag=True, help="All that wait beneath your agency.")
@click.pass_obj
def confirm(house: House, names: tuple[str, ...], *, everyone: bool) -> None:
    """Confirm that agencies stand beneath yours; from then on alerts can go to them."""
    if everyone == bool(names):
        raise InputError("name the agencies, or say --all")
    with signed_in(house, None) as desk:
        asked = [card.name for card in service.waiting_places(**desk.parts)] if everyone else names
        found = service.confirm_places(names=asked, **desk.parts)
    screen.print(f"{counted(len(found), 'agency stands', 'agencies stand')} beneath yours.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"there is no such file, nor a list: {', '.join(shipped_lists())}") from None
    except (OSError, UnicodeDecodeError):
        raise InputError("the file cannot be read as text in UTF-8") from None


agency.add_command(add_agency)

COMMANDS = (agency,)

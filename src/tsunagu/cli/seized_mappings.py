"""`list mappings`, `list save-mapping` and `list delete-mapping`: mappings that an officer keeps and uses again."""

from __future__ import annotations

from pathlib import Path

import click

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.seized import ListMapping
from tsunagu.exchange.seized.mapping import MOST_BYTES, mapping_json, read_mapping
from tsunagu.services.house import House
from tsunagu.services.seized import saved_mappings as service

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("mappings")
@purpose_option
@json_option
@click.pass_obj
def mappings(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the mappings that you keep, the newest first. Nobody else is told of them."""
    with signed_in(house, purpose) as desk:
        found = service.list_mappings(**desk.parts)
    if as_json:
        for one in found:
            print_json({"name": one.name, "saved_at": one.saved_at.isoformat(), **mapping_json(one.mapping)})
        return
    rows = [(one.name, f"{one.saved_at:%Y-%m-%d %H:%M}", ", ".join(one.mapping.columns)) for one in found]
    print_table(("name", "saved (UTC)", "columns of"), rows, empty="You keep no mapping.")


@click.command("save-mapping")
@click.argument("name")
@click.argument("file", type=FILE)
@purpose_option
@click.pass_obj
def save(house: House, *, name: str, file: Path, purpose: str | None) -> None:
    """Keep the mapping in FILE under a name, for `list import --mapping NAME`; what had the name before is replaced."""
    read = mapping_in(file)
    with signed_in(house, purpose) as desk:
        made = service.save_mapping(name=name, mapping=read, **desk.parts)
    screen.print(f"Kept as {made.name}.", markup=False)


@click.command("delete-mapping")
@click.argument("name")
@purpose_option
@click.pass_obj
def delete(house: House, *, name: str, purpose: str | None) -> None:
    """Keep a mapping no more; lists that were read by it stay as they are."""
    with signed_in(house, purpose) as desk:
        service.delete_mapping(name=name, **desk.parts)
    screen.print("Deleted.")


def mapping_in(file: Path) -> ListMapping:
    """Return the mapping that a file holds."""
    with file.open("rb") as stream:
        return read_mapping(stream.read(MOST_BYTES + 1))


COMMANDS = (mappings, save, delete)

"""Files of agencies: tab-separated, a line each under a heading, those above before those beneath.

The columns are `name`, `local_name`, `kind`, `code`, `country`, `parent` and `contact`, in any order; `local_name`,
`code` and `parent` may be empty. A list that ships with the program is called by its name, such as `japan`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from importlib.resources import files

from tsunagu.domain.agency_tree import AgencyKind, ListedAgency
from tsunagu.domain.country import is_country
from tsunagu.domain.errors import InputError

COLUMNS = ("name", "local_name", "kind", "code", "country", "parent", "contact")
MOST_AGENCIES = 10_000
_SHIPPED = "agency_lists"
_ENDING = ".tsv"


def shipped_lists() -> tuple[str, ...]:
    """Return what the lists are called that ship with the program, in order."""
    found = (one.name for one in files("tsunagu.exchange").joinpath(_SHIPPED).iterdir())
    return tuple(sorted(name.removesuffix(_ENDING) for name in found if name.endswith(_ENDING)))


def shipped_list(name: str) -> tuple[ListedAgency, ...]:
    """Return the agencies of a list that ships with the program.

    Raises:
        InputError: there is none of this name.
    """
    if name not in shipped_lists():
        raise InputError(f"no list of agencies is called so; there are: {', '.join(shipped_lists())}")
    text = files("tsunagu.exchange").joinpath(_SHIPPED, f"{name}{_ENDING}").read_text(encoding="utf-8")
    return agencies_from(text)


def agencies_from(text: str) -> tuple[ListedAgency, ...]:
    """Return the agencies that a file lists, in its order.

    Raises:
        InputError: the heading lacks a column or has another one, a line is not whole, a kind or country is none, a
            name stands there twice, or there are more than `MOST_AGENCIES`. The message names the line.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter="\t", quoting=csv.QUOTE_NONE)
    if sorted(reader.fieldnames or ()) != sorted(COLUMNS):
        raise InputError(f"a list of agencies has the columns {', '.join(COLUMNS)}, parted by tabs")
    found = tuple(_listed(row, number) for number, row in _rows(reader))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise InputError("an agency stands there twice")
    return found


def _rows(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, row in enumerate(reader, start=2):
        if number - 2 >= MOST_AGENCIES:
            raise InputError(f"a list holds at most {MOST_AGENCIES:,} agencies")
        if None in row or None in row.values():
            raise InputError(f"line {number} has not as many cells as the heading")
        yield number, {name: cell.strip() for name, cell in row.items()}


def _listed(row: dict[str, str], number: int) -> ListedAgency:
    if row["kind"] not in set(AgencyKind):
        raise InputError(f"line {number}: a kind is one of {', '.join(AgencyKind)}")
    if not is_country(row["country"]):
        raise InputError(f"line {number}: a country is a code of two capital letters, such as JP")
    if not all(cell.isprintable() for cell in row.values()):
        raise InputError(f"line {number} holds what cannot be printed")
    if not row["name"] or not row["contact"]:
        raise InputError(f"line {number}: an agency has a name and a contact")
    return ListedAgency(**{**row, "kind": AgencyKind(row["kind"])})  # type: ignore[arg-type]

"""What officers type of alerts, as values: counts of children, persons, documents."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import click

from tsunagu.domain.errors import InputError
from tsunagu.domain.outcome import AgeBand, Disposal, PersonOutcome, PersonRole
from tsunagu.services.alerts.desk import Command

_Code = TypeVar("_Code", bound=StrEnum)
MOST_DOCUMENT_BYTES = 64 << 20
key_option = click.option("--key", help="The command's own key: with the same one it is done once, however often sent.")


def command_of(key: str | None, document: Path | None = None) -> Command:
    """Return a command of this key, or of one of its own, with the digest of a correspondent's document."""
    return Command(key or str(uuid4()), None if document is None else _digest(document))


def _digest(document: Path) -> bytes:
    with document.open("rb") as file:
        content = file.read(MOST_DOCUMENT_BYTES + 1)
    if len(content) > MOST_DOCUMENT_BYTES:
        raise InputError("a document has at most 64 MiB")
    return hashlib.sha256(content).digest()


def children_of(codes: type[_Code], typed: str) -> tuple[_Code, int]:
    """Return a code with a count of children, typed as safeguarded=47.

    Raises:
        InputError: it is neither.
    """
    code, _, count = typed.partition("=")
    try:
        return codes(code), int(count)
    except ValueError:
        raise InputError(f"children are told by code and number: {', '.join(codes)}") from None


def person_of(typed: str) -> PersonOutcome:
    """Return a person, typed as number:role[:disposal+disposal[:part[:months[:age]]]].

    Raises:
        InputError: it is none.
    """
    number, role, disposals, part, months, age = (*typed.split(":"), "", "", "", "", "")[:6]
    try:
        return PersonOutcome(
            int(number),
            PersonRole(role),
            tuple(Disposal(one) for one in disposals.split("+") if one),
            part,
            int(months) if months else None,
            AgeBand(age) if age else None,
        )
    except ValueError:
        raise InputError("a person is told as number:role[:disposal+disposal[:part[:months[:age]]]]") from None

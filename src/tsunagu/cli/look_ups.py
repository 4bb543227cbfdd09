"""`ask`: is this known anywhere? Whose is it, and whom to call?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from rich.text import Text

from tsunagu.cli.house import json_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import TYPES, Known, Query
from tsunagu.domain.media import MEMBER_SEPARATOR
from tsunagu.domain.purpose import Purpose
from tsunagu.media.walk import walk
from tsunagu.services.house import House

BY_DIGEST_ALONE = "Only the same content was looked for: there is no fingerprint by which near copies could be told."


@click.command()
@click.argument("what", metavar="FILE|HEX")
@click.option("--type", "kind", type=click.Choice(TYPES), help="What the hexadecimal digits are; never guessed.")
@click.option("--purpose", required=True, type=click.Choice([one.value for one in Purpose]), help="Why you ask.")
@json_option
@click.pass_obj
def ask(house: House, what: str, *, kind: str | None, purpose: str, as_json: bool) -> None:
    """Ask the banks whether a file, a digest or a fingerprint is known, whose it is, and whom to call.

    Your agency's banks are asked, and those that others have opened; their owners learn of each hit. A hit is no
    match: a person decides. Nothing known means that all of them were searched.
    """
    query = Query.of_hex(what, kind) if kind else _of_file(house, what)
    with signed_in(house, purpose) as desk:
        from tsunagu.services.look_ups.asking import look_up  # noqa: PLC0415 - loads the kernels

        answered = look_up(queries=[query], known=desk.rooms.known(), **desk.parts)
    known = answered.answers[0].known
    if as_json:
        hits = list(map(hit_json, known))
        told = {"known": bool(hits), "searched": "all", "near_copies": bool(query.pdq)}
        print_json({**told, "index_version": answered.index_version, "hits": hits})
        return
    print_known(known)
    if not query.pdq:
        screen.print(Text(BY_DIGEST_ALONE, style="yellow"))


def print_known(known: Sequence[Known]) -> None:
    """Print what banks know of one thing."""
    columns = ("bank", "means", "near", "agency", "whom to call")
    cells = [(one.bank, _meaning(one), _near(one), one.owner.name, one.owner.contact) for one in known]
    print_table(columns, cells, empty="Not known to any bank that answers you. All of them were searched.")
    if known:
        screen.print(Text("A hit is no match: look, and decide. The owners have learnt of it.", style="dim"))


def _of_file(house: House, what: str) -> Query:
    from tsunagu.services.media.examination import examine_file  # noqa: PLC0415 - loads the kernels

    found = next(iter(walk([what.encode("utf-8", "surrogateescape")])), None)
    if found is None or found.refused is not None:
        raise InputError("there is no such file that can be read; for hexadecimal digits say what they are by --type")
    with house.decoder() as decoder:
        examined = examine_file(found, decoder=decoder)
    query = Query.of_file(next(one for one in examined if MEMBER_SEPARATOR not in one.path))
    if query.is_empty:
        raise InputError("this file is empty or cannot be read, so that nothing can be asked")
    return query


def hit_json(one: Known) -> dict[str, Any]:
    """Return a hit as machines are told of it."""
    return {
        "bank": one.bank,
        "semantics": one.semantics.value,
        "item": one.item,
        "agency": one.owner.name,
        "contact": one.owner.contact,
        "exact": one.is_exact,
        "distance_bits": one.distance_bits,
        "disputed": one.is_disputed,
    }


def _meaning(one: Known) -> str:
    return f"{one.semantics.value}, disputed" if one.is_disputed else one.semantics.value


def _near(one: Known) -> str:
    if one.is_exact:
        return "same digest"
    return "near" if one.distance_bits is None else f"{one.distance_bits} bits"


COMMANDS = (ask,)

"""`bank`: named sets of known content."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

import click
from rich.text import Text

from tsunagu.cli.bank_imports import export_list, import_list
from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import counted, print_json, print_table, screen
from tsunagu.domain.bank import MOST_RADIUS_BITS, BankItem, BankRules, BankSemantics, BankSummary, Opinion
from tsunagu.domain.media import Examined, Refusal
from tsunagu.media.walk import walk
from tsunagu.services.banks.judging import judge_item, release_item, withdraw_item
from tsunagu.services.banks.ownership import change_bank, extend_bank, list_banks, open_bank, view_bank
from tsunagu.services.house import House
from tsunagu.services.media.examination import examine_all

REFUSED = 2
NO_GROUND = "not stated"


@click.group()
def bank() -> None:
    """Banks: named sets of known content. A benign bank silences collisions."""


def _rules(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options by which it is said how a bank answers."""
    options = (
        click.option(
            "--radius", type=click.IntRange(0, MOST_RADIUS_BITS), help="Up to how many bits apart it answers."
        ),
        click.option("--on/--off", "is_on", default=None, help="Whether it answers at all."),
        click.option("--open/--closed", "is_open", default=None, help="Whether it answers other agencies too."),
        click.option("--share", type=click.IntRange(0, 100), help="Of how many of its items in a hundred it answers."),
        click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it answers, in UTC."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _changed(rules: BankRules, **asked: Any) -> BankRules:
    expires = asked["expires"]
    given = {
        "radius_bits": asked["radius"],
        "is_on": asked["is_on"],
        "is_open": asked["is_open"],
        "share_percent": asked["share"],
        "expires_on": None if expires is None else expires.date(),
    }
    return replace(rules, **{name: value for name, value in given.items() if value is not None})


@bank.command("open")
@click.argument("name")
@click.option("--semantics", required=True, type=click.Choice([one.value for one in BankSemantics]))
@click.option("--ground", required=True, help="The legal ground on which your agency may keep it.")
@_rules
@click.pass_obj
def open_(house: House, /, name: str, *, semantics: str, ground: str, **rules: Any) -> None:
    """Open an empty bank."""
    with signed_in(house, None) as desk:
        open_bank(
            name=name,
            semantics=BankSemantics(semantics),
            legal_ground=ground,
            rules=_changed(BankRules(), **rules),
            **desk.parts,
        )
    screen.print("The bank is open. Next: `tsunagu bank add` or `tsunagu bank import` fills it.")


@bank.command("change")
@click.argument("name")
@click.option("--ground", help="The legal ground on which your agency may keep it.")
@_rules
@click.pass_obj
def change(house: House, /, name: str, *, ground: str | None, **rules: Any) -> None:
    """Let a bank answer by other rules: the next look-up goes by them. What is not named stays as it is."""
    with signed_in(house, None) as desk:
        change_bank(name=name, changed=lambda before: _changed(before, **rules), legal_ground=ground, **desk.parts)
    screen.print("The bank answers by these rules now.")


@bank.command("add")
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=bytes))
@click.pass_obj
def add(house: House, name: str, paths: tuple[bytes, ...]) -> None:
    """Add the digests and fingerprints of files to a bank; the files are not stored.

    What a benign bank holds silences hits, also those of overlaps that are not shared yet, and cannot be taken back
    here: look at the files first. How many of the hits that you see it silences is told.

    Exit status: 0, or 2 when any file was refused.
    """
    with signed_in(house, None) as desk, house.decoder() as decoder:
        refused: Counter[Refusal] = Counter()
        examined = examine_all(walk(paths), decoder=decoder, workers=house.workers)
        added = extend_bank(
            actor=desk.actor,
            name=name,
            examined=_told_of((item for _, items in examined for item in items), refused),
            now=now(),
            keys=desk.rooms.keys,
            ledger=desk.rooms.ledger,
            queue=desk.rooms.queue,
        )
    screen.print(f"{counted(added.items, 'item', 'items')} given, {added.added:,} of them new to the bank.")
    if added.held:
        screen.print(Text(f"in quarantine {added.held:,}: see `tsunagu bank show`", style="yellow"))
    if added.silenced:
        hits = counted(added.silenced, "hit", "hits")
        screen.print(f"{hits} that you see {'is' if added.silenced == 1 else 'are'} silenced by that, on both sides.")
    for reason, count in refused.items():
        screen.print(Text(f"refused {count:,}: {reason}", style="yellow"))
    sys.exit(REFUSED if refused else 0)


def _told_of(examined: Iterable[Examined], refused: Counter[Refusal]) -> Iterator[Examined]:
    for one in examined:
        if one.refused:
            refused[one.refused] += 1
        yield one


@bank.command("show")
@click.argument("name")
@purpose_option
@json_option
@click.pass_obj
def show(house: House, name: str, *, purpose: str | None, as_json: bool) -> None:
    """Show how a bank answers, what is in quarantine and why, its imports, and who asked for what is in it."""
    with signed_in(house, purpose) as desk:
        view = view_bank(name=name, **desk.parts)
    if as_json:
        print_json(
            {
                **_bank_json(view.bank),
                "quarantine": [{"item": name, **_figures(one)} for name, one in view.held],
                "hits": [{"item": one.item, "agency": one.agency, "at": one.asked_at.isoformat()} for one in view.hits],
            }
        )
        return
    for word, value in _bank_json(view.bank).items():
        screen.print(f"{word:12} {'-' if value is None else value}", highlight=False)
    held = [(name, *_figures(one).values()) for name, one in view.held]
    print_table(("in quarantine", "benign near", "asked near"), held, empty="Nothing is in quarantine.")
    hits = [(one.item, one.agency, f"{one.asked_at:%Y-%m-%d %H:%M}") for one in view.hits]
    print_table(("item", "asked for by", "at (UTC)"), hits, empty="Nobody has asked for what is in it.")


@bank.command("judge")
@click.argument("name")
@click.argument("item")
@click.argument("opinion", type=click.Choice([*(one.value for one in Opinion), "none"]))
@click.pass_obj
def judge(house: House, name: str, item: str, opinion: str) -> None:
    """Confirm or dispute an item, or take that back. A disputed item never acts alone."""
    said = None if opinion == "none" else Opinion(opinion)
    with signed_in(house, None) as desk:
        judge_item(name=name, item=item, opinion=said, **desk.parts)
    screen.print("Done: the next look-up goes by it.")


@bank.command("release")
@click.argument("name")
@click.argument("item")
@click.pass_obj
def release(house: House, name: str, item: str) -> None:
    """Let an item in quarantine answer."""
    with signed_in(house, None) as desk:
        release_item(name=name, item=item, **desk.parts)
    screen.print("It answers from now on.")


@bank.command("withdraw")
@click.argument("name")
@click.argument("item")
@click.pass_obj
def withdraw(house: House, name: str, item: str) -> None:
    """Withdraw an item for good: nothing by which it could be known again is kept."""
    with signed_in(house, None) as desk:
        withdraw_item(name=name, item=item, **desk.parts)
    screen.print("It is withdrawn: it answers nobody any more.")


@bank.command("list")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the banks of your agency."""
    with signed_in(house, purpose) as desk:
        found = list_banks(**desk.parts)
    if as_json:
        for one in found:
            print_json(_bank_json(one))
        return
    rows = [
        (
            one.name,
            one.semantics,
            one.items,
            one.held,
            "on" if one.rules.is_on else "off",
            one.legal_ground or NO_GROUND,
        )
        for one in found
    ]
    columns = ("bank", "semantics", "items", "in quarantine", "on", "ground")
    print_table(columns, rows, empty="Your agency has no bank yet: `tsunagu bank open`.", whole=("bank",))


def _bank_json(bank: BankSummary) -> dict[str, Any]:
    expires = bank.rules.expires_on
    return {
        "bank": bank.name,
        "semantics": bank.semantics.value,
        "ground": bank.legal_ground,
        "items": bank.items,
        "held": bank.held,
        "radius": bank.rules.radius_bits,
        "on": bank.rules.is_on,
        "open": bank.rules.is_open,
        "share": bank.rules.share_percent,
        "expires": None if expires is None else expires.isoformat(),
    }


def _figures(item: BankItem) -> dict[str, int]:
    return asdict(item.quarantine) if item.quarantine else {}


bank.add_command(import_list)
bank.add_command(export_list)

COMMANDS = (bank,)

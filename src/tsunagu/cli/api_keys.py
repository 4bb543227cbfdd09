"""`key`: keys by which programs act for the officer who is signed in."""

from __future__ import annotations

from uuid import UUID

import click

from tsunagu.cli.house import json_option, now, signed_in
from tsunagu.cli.identity import ask_secret
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.api_key import ApiKey
from tsunagu.domain.look_up import OFFICER_A_DAY
from tsunagu.domain.permission import NEVER_LENT, Permission
from tsunagu.services.agencies.api_keys import MOST_DAYS, MOST_LOOK_UPS, end_key, list_keys, make_key
from tsunagu.services.agencies.identity import prove_again
from tsunagu.services.house import House


@click.group()
def key() -> None:
    """Keys by which programs act for you, through `/api`."""


@key.command("make")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="PERMISSION",
    type=click.Choice([one.value for one in Permission if one not in NEVER_LENT]),
    help="What the key may do, of what you may do yourself, such as `case:read`. May be given more than once.",
)
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, MOST_DAYS), help="When it expires.")
@click.option(
    "--look-ups",
    default=OFFICER_A_DAY,
    show_default=True,
    type=click.IntRange(0, MOST_LOOK_UPS),
    help="How many things it may look up in one day, where its scopes let it.",
)
@click.option("--bank", "only_banks", multiple=True, help="Look up in this bank of your agency alone. May be repeated.")
@json_option
@click.pass_obj
def make(
    house: House,
    name: str,
    *,
    scopes: tuple[str, ...],
    days: int,
    look_ups: int,
    only_banks: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make a key, and print it once.

    Password and a new one-time code are asked for, or read from standard input: the password on the first line, the
    code on the second.
    """
    with signed_in(house, None) as desk:
        keys, ledger = desk.rooms.keys, desk.rooms.ledger
        password, code = ask_secret("Password"), ask_secret("One-time code")
        prove_again(actor=desk.actor, password=password, code=code, now=now(), keys=keys, ledger=ledger)
        token, made = make_key(
            actor=desk.actor,
            name=name,
            scopes=frozenset(Permission(one) for one in scopes),
            days=days,
            look_ups=look_ups,
            only_banks=only_banks,
            now=now(),
            keys=keys,
            ledger=ledger,
        )
    if as_json:
        print_json({"id": str(made.key_id), "key": token, "expires_at": made.expires_at.isoformat()})
        return
    screen.print(token, soft_wrap=True, markup=False, highlight=False)
    screen.print("It is shown once. Whoever has it acts for you: put it where only your program reads it.", style="dim")


@key.command("list")
@json_option
@click.pass_obj
def list_(house: House, *, as_json: bool) -> None:
    """List your keys that have neither expired nor been ended."""
    with signed_in(house, None) as desk:
        found = list_keys(actor=desk.actor, now=now())
    if as_json:
        for one in found:
            times = {"made_at": one.made_at.isoformat(), "expires_at": one.expires_at.isoformat()}
            asks = {"look_ups": _look_ups(one)}
            print_json({"id": str(one.key_id), "name": one.name, "scopes": sorted(one.scopes), **asks, **times})
        return
    rows = [
        (one.key_id, one.name, ", ".join(sorted(one.scopes)), _look_ups(one), f"{one.expires_at:%Y-%m-%d %H:%M}")
        for one in found
    ]
    columns = ("key", "name", "may", "look-ups a day", "expires (UTC)")
    print_table(columns, rows, empty="You have no key.", whole=("key",))


def _look_ups(key: ApiKey) -> int:
    return key.daily_look_ups if Permission.MEDIA_LOOK_UP in key.scopes else 0


@key.command("end")
@click.argument("key_id", metavar="KEY", type=click.UUID)
@click.pass_obj
def end(house: House, key_id: UUID) -> None:
    """End one of your keys, by its id: the next request by it is refused."""
    with signed_in(house, None) as desk:
        end_key(actor=desk.actor, key_id=key_id, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger)
    screen.print("The key has ended.")


COMMANDS = (key,)

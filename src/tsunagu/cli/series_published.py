"""`series publish`, `unpublish`: what banks know by a series."""

from __future__ import annotations

import click

from tsunagu.cli.house import json_option, signed_in
from tsunagu.cli.output import counted, print_json, screen
from tsunagu.cli.series_changes import reason_option
from tsunagu.services.house import House
from tsunagu.services.series import publishing as service

bank_option = click.option("--bank", required=True, help="Name of a bank of your agency.")


@click.command()
@click.argument("name")
@bank_option
@reason_option
@json_option
@click.pass_obj
def publish(house: House, name: str, *, bank: str, reason: str, as_json: bool) -> None:
    """Publish the items of your cases in a series to a bank, by which platforms know them again. A co-ordinator's act.

    Only a series that is said to circulate is published; never context, what is of a covert case, nor what votes grade
    as lawful or differ about. When it circulates no more, or an item leaves the series, what rests on it leaves the
    bank by itself.
    """
    with signed_in(house, None) as desk:
        done = service.publish_series(name=name, bank=bank, reason=reason, **desk.parts)
    if as_json:
        print_json(
            {
                "series": name,
                "bank": bank,
                "items": done.items,
                "added": done.added,
                "held": done.held,
                "there_before": done.there_before,
                "left_out": done.left_out,
            }
        )
        return
    screen.print(f"The bank knows {counted(done.items, 'item', 'items')} by this series, {done.added} of them anew.")
    if done.held:
        screen.print(f"{done.held} wait in its quarantine: `tsunagu bank show` tells why.")
    if done.there_before:
        screen.print(f"{done.there_before} it had by somebody's own decision: they stay when the series is withdrawn.")
    if done.left_out:
        screen.print(f"{done.left_out} were left out: context, of a covert case, or lawful or disputed by votes.")


@click.command()
@click.argument("name")
@bank_option
@reason_option
@json_option
@click.pass_obj
def unpublish(house: House, name: str, *, bank: str, reason: str, as_json: bool) -> None:
    """Withdraw from a bank what it knows by a series alone. A co-ordinator's act."""
    with signed_in(house, None) as desk:
        withdrawn = service.withdraw_published(name=name, bank=bank, reason=reason, **desk.parts)
    if as_json:
        print_json({"series": name, "bank": bank, "withdrawn": withdrawn})
        return
    screen.print(f"{counted(withdrawn, 'item', 'items')} withdrawn from the bank.")

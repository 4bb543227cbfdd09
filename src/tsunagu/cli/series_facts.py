"""`series alias`, `status`, `circulation`, `handling`: what is said of a series."""

from __future__ import annotations

from datetime import datetime

import click

from tsunagu.cli.house import json_option, signed_in
from tsunagu.cli.output import print_json, screen
from tsunagu.cli.series_changes import reason_option
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.series import Distributed, SeriesStatus
from tsunagu.services.house import House
from tsunagu.services.series import facts as service


@click.command()
@click.argument("name")
@click.argument("called", metavar="ALIAS")
@click.option("--drop", is_flag=True, help="Forget it again.")
@json_option
@click.pass_obj
def alias(house: House, name: str, called: str, *, drop: bool, as_json: bool) -> None:
    """Keep what others call a series: an ALIAS by which it is found too."""
    with signed_in(house, None) as desk:
        service.name_series(name=name, alias=called, is_dropped=drop, **desk.parts)
    _tell({"series": name, "alias": called, "dropped": drop}, "Noted.", as_json=as_json)


@click.command()
@click.argument("name")
@click.argument("new", metavar="STATUS", type=click.Choice([one.value for one in SeriesStatus]))
@reason_option
@json_option
@click.pass_obj
def status(house: House, name: str, new: str, *, reason: str, as_json: bool) -> None:
    """Say how far the search for the child is. A co-ordinator ends it and takes it up again.

    With identified_*, self_generated_no_coercion_found, not_a_real_child, not_illegal and cannot_progress the search
    ends; then only `reopened` follows. `claimed` is set by `tsunagu claims claim`.
    """
    with signed_in(house, None) as desk:
        service.set_status(name=name, status=SeriesStatus(new), reason=reason, **desk.parts)
    _tell({"series": name, "status": new}, "The status is set.", as_json=as_json)


@click.command()
@click.argument("name")
@click.argument("word", metavar="WORD", type=click.Choice([one.value for one in Distributed]))
@json_option
@click.pass_obj
def circulation(house: House, name: str, word: str, *, as_json: bool) -> None:
    """Say whether a series is in circulation: yes, no or unknown. Only what is may ever be published to a bank."""
    with signed_in(house, None) as desk:
        service.set_distributed(name=name, distributed=Distributed(word), **desk.parts)
    _tell({"series": name, "distributed": word}, "Noted.", as_json=as_json)


@click.command()
@click.argument("name")
@click.option("--to", "receivers", multiple=True, help="Name of an agency that may be given it; once for each.")
@click.option(
    "--use",
    "purposes",
    multiple=True,
    type=click.Choice([one.value for one in Purpose]),
    help="What they may use it for; once for each.",
)
@click.option("--forward", "may_forward", is_flag=True, help="They may give it to others of these agencies.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which they may be given it.")
@reason_option
@json_option
@click.pass_obj
def handling(
    house: House,
    name: str,
    *,
    receivers: tuple[str, ...],
    purposes: tuple[str, ...],
    may_forward: bool,
    until: datetime | None,
    reason: str,
    as_json: bool,
) -> None:
    """Say who else may be given a series, and for what; without --to, nobody. It takes the place of what was said."""
    with signed_in(house, None) as desk:
        service.set_handling(
            name=name,
            receivers=receivers,
            purposes=tuple(map(Purpose, purposes)),
            may_forward=may_forward,
            until=until.date() if until else None,
            reason=reason,
            **desk.parts,
        )
    _tell({"series": name, "receivers": list(receivers)}, "The handling is set.", as_json=as_json)


def _tell(value: dict[str, object], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(value)
        return
    screen.print(words)

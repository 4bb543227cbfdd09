"""`comparisons`: what is asked of other installations, whether they hold the same, and whom to call there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import click
from rich.text import Text

from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import counted, print_json, print_table, screen
from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.comparison import Comparison, ComparisonHit
from tsunagu.domain.errors import InputError
from tsunagu.services.comparisons import asking as service
from tsunagu.services.comparisons.asking import ComparisonsView
from tsunagu.services.house import House


@click.group()
def comparisons() -> None:
    """Comparisons: whether agencies at another installation hold the same as a series or a case of yours.

    Both sides learn that they do, and whom to call; nothing of what the other holds.
    """


@comparisons.command("ask")
@click.option("--series", "series_name", help="Name of the series.")
@click.option("--case", "case_reference", help="Reference of the case.")
@click.option("--to", required=True, help="Name of the installation, as `tsunagu hub members` has it.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the comparison, in UTC; 30 days when left out."
)
@click.option("--reason", required=True, help="Why; kept with the comparison, erased with its case.")
@purpose_option
@json_option
@click.pass_obj
def ask(
    house: House,
    *,
    series_name: str | None,
    case_reference: str | None,
    to: str,
    until: datetime | None,
    reason: str,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Have a series or a case of yours compared with all that agencies at another installation hold. A co-ordinator's.

    Digests and fingerprints of its contents go there, sealed for that installation, without paths, names or media; what
    comes in there until the last day is compared too. Then, or once you withdraw it, it is erased there.
    """
    if (series_name is None) == (case_reference is None):
        raise InputError("name a series (--series) or a case (--case)")
    kind = ClaimScope.CASE if series_name is None else ClaimScope.SERIES
    name = series_name or case_reference or ""
    with signed_in(house, purpose) as desk:
        comparison_id = service.ask_comparison(
            kind=kind, name=name, to=to, until=until.date() if until else None, reason=reason, **desk.parts
        )
    if as_json:
        print_json({"comparison": str(comparison_id), "scope": kind.value, "name": name, "to": to})
        return
    screen.print(Text(f"It is asked: comparison {comparison_id}. `tsunagu comparisons list` shows the answer."))


@comparisons.command("list")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List what was asked about your cases and series, newest first, with the answers."""
    with signed_in(house, purpose) as desk:
        view = service.list_comparisons(**desk.parts)
    if as_json:
        for one in view.comparisons:
            print_json(comparison_json(one, view))
        return
    today = now().date()
    rows = [
        (str(one.comparison_id), one.scope, one.name, view.members[one.member_id], one.state(today), one.until)
        for one in view.comparisons
    ]
    print_table(("comparison", "of", "name", "asked of", "state", "until"), rows, empty="Nothing was asked.")
    for one in view.comparisons:
        for hit in one.hits:
            screen.print(Text(_hit_text(one, hit, view)))


@comparisons.command("acknowledge")
@click.argument("comparison", type=click.UUID)
@json_option
@click.pass_obj
def acknowledge(house: House, comparison: UUID, *, as_json: bool) -> None:
    """Take note of what COMPARISON has found; the agencies there are told that you have."""
    with signed_in(house, None) as desk:
        hits = service.acknowledge_comparison(comparison_id=comparison, **desk.parts)
    if as_json:
        print_json({"comparison": str(comparison), "acknowledged": hits})
        return
    screen.print(f"{counted(hits, 'hit', 'hits')} acknowledged.")


@comparisons.command("withdraw")
@click.argument("comparison", type=click.UUID)
@json_option
@click.pass_obj
def withdraw(house: House, comparison: UUID, *, as_json: bool) -> None:
    """Withdraw COMPARISON: what was not sent is not, and what was is erased there."""
    with signed_in(house, None) as desk:
        service.withdraw_comparison(comparison_id=comparison, **desk.parts)
    if as_json:
        print_json({"comparison": str(comparison), "withdrawn": True})
        return
    screen.print("It is withdrawn. `tsunagu comparisons list` says when it is erased there.")


def comparison_json(one: Comparison, view: ComparisonsView) -> dict[str, Any]:
    """Return a comparison for machines."""
    return {
        "comparison": str(one.comparison_id),
        "scope": one.scope.value,
        "name": one.name,
        "to": view.members[one.member_id],
        "items": one.items,
        "state": one.state(now().date()).value,
        "reason": one.reason,
        "by": one.asked_by,
        "asked_at": one.asked_at.isoformat(),
        "until": one.until.isoformat(),
        "answered_at": _time(one.answered_at),
        "withdrawn_at": _time(one.withdrawn_at),
        "erased_at": _time(one.erased_at),
        "hits": [_hit_json(hit, view) for hit in one.hits],
    }


def _hit_json(hit: ComparisonHit, view: ComparisonsView) -> dict[str, Any]:
    card = view.agencies[hit.agency_id]
    return {
        "agency": card.name,
        "country": card.country,
        "contact": card.contact,
        "told_at": hit.told_at.isoformat(),
        "claimed": hit.is_claimed,
        "ended": hit.is_ended,
        "acknowledged_at": _time(hit.acknowledged_at),
        "acknowledged_there": hit.is_acknowledged_there,
    }


def _hit_text(one: Comparison, hit: ComparisonHit, view: ComparisonsView) -> str:
    card = view.agencies[hit.agency_id]
    more = ["claimed there"] * hit.is_claimed + ["acknowledged there"] * hit.is_acknowledged_there
    told = f" ({', '.join(more)})" if more else ""
    if hit.is_ended:
        return f"{card.name} no longer holds the same as your {one.scope} {one.name}, or you do not."
    return f"{card.name} ({card.country}) holds the same as your {one.scope} {one.name}{told}: call {card.contact}"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


COMMANDS = (comparisons,)

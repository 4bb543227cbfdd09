"""`series`: media of the same child or event, put together by people."""

from __future__ import annotations

from datetime import datetime

import click
from rich.text import Text

from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import counted, path_text, print_json, print_table, screen
from tsunagu.cli.series_changes import add, merge, remove, split, undo
from tsunagu.cli.series_facts import alias, circulation, handling, status
from tsunagu.cli.series_published import publish, unpublish
from tsunagu.cli.series_submitted import submissions_, submit
from tsunagu.cli.series_told import candidate_json, counts_json, first_text, series_json, step_text, view_json
from tsunagu.cli.votes import dispute, vote, votes
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.series import SeriesSearch, SeriesStatus
from tsunagu.domain.series_counts import CountedBy
from tsunagu.services.house import House
from tsunagu.services.series.candidates import list_candidates
from tsunagu.services.series.counter import count_series
from tsunagu.services.series.reading import list_series, open_series, view_series


@click.group()
def series() -> None:
    """Series: media of the same child or event, put together by people.

    A series is seen by whoever works on a case that it rests on, and of its items those of his own cases.
    """


@series.command("open")
@click.argument("name")
@click.option("--case", required=True, help="Reference of a case of yours that it rests on.")
@click.option(
    "--for", "purpose", type=click.Choice([one.value for one in Purpose]), help="Why; the case's own when left out."
)
@json_option
@click.pass_obj
def open_(house: House, name: str, *, case: str, purpose: str | None, as_json: bool) -> None:
    """Open a series under your agency's own NAME. `tsunagu series add` puts items into it."""
    with signed_in(house, None) as desk:
        made = open_series(name=name, case=case, purpose=Purpose(purpose) if purpose else None, **desk.parts)
    if as_json:
        print_json({"series": name, "id": str(made)})
        return
    screen.print("The series is open. Next: `tsunagu series add` puts items into it.")


@series.command("list")
@click.option("--search", "text", default="", help="Those whose name or alias holds this.")
@click.option("--status", type=click.Choice([one.value for one in SeriesStatus]), help="Those that stand so.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Those that were opened on this day or later.")
@purpose_option
@json_option
@click.pass_obj
def list_(
    house: House, *, text: str, status: str | None, since: datetime | None, purpose: str | None, as_json: bool
) -> None:
    """List the series of your cases, or those of them that you look for."""
    search = SeriesSearch(text, SeriesStatus(status) if status else None, since.date() if since else None)
    with signed_in(house, purpose) as desk:
        found = list_series(search=search, **desk.parts)
    if as_json:
        for one in found:
            print_json(series_json(one, now()))
        return
    rows = [
        (one.name, one.shown_status(now()), one.distributed, one.items, one.context, ", ".join(one.aliases))
        for one in found
    ]
    columns = ("series", "status", "distributed", "items", "context", "also called")
    empty = (
        "None of the series of your cases is such." if search != SeriesSearch() else "Your cases have no series yet."
    )
    print_table(columns, rows, empty=empty, whole=("series",))


@series.command("count")
@click.option(
    "--by",
    type=click.Choice([one.value for one in CountedBy]),
    default=CountedBy.YEAR.value,
    help="What is counted by.",
)
@purpose_option
@json_option
@click.pass_obj
def count(house: House, *, by: str, purpose: str | None, as_json: bool) -> None:
    """Count the series of your cases: known, identified, safeguarded, by the day or year in UTC."""
    with signed_in(house, purpose) as desk:
        found = count_series(by=CountedBy(by), **desk.parts)
    if as_json:
        print_json(counts_json(found))
        return
    rows = [(first_text(found.by, one.first), one.known, one.identified, one.safeguarded) for one in found.each]
    columns = (by, "known", "identified", "of them safeguarded")
    total = [("altogether", found.known, found.identified, found.safeguarded)] if rows else []
    print_table(columns, rows + total, empty="Your cases have no series yet.", whole=(by,))


@series.command("show")
@click.argument("name")
@purpose_option
@json_option
@click.pass_obj
def show(house: House, name: str, *, purpose: str | None, as_json: bool) -> None:
    """Show a series: what is said of it, its items of your cases, and who did what and why.

    One that was merged into another is shown as part of that one.
    """
    with signed_in(house, purpose) as desk:
        view = view_series(name=name, **desk.parts)
    if as_json:
        print_json(view_json(view, now()))
        return
    one = view.summary
    screen.print(f"{one.name}  ({one.shown_status(now())}; distributed: {one.distributed})", style="bold", markup=False)
    if one.aliases:
        screen.print(Text(f"Also called: {', '.join(one.aliases)}"))
    screen.print(Text(f"Rests on your cases: {', '.join(one.cases)}"))
    screen.print(Text(_handling_text(view.receivers, one.handling.until)))
    for bank, count in view.published:
        screen.print(Text(f"Published to the bank {bank}: {counted(count, 'item', 'items')} of your cases."))
    items = [
        (each.case, each.number, path_text(each.path), each.sha256.hex(), "context" if each.is_context else "")
        for each in view.items
    ]
    print_table(("case", "item", "path", "sha256", ""), items, empty="Nothing of your cases is in it.", whole=("item",))
    steps = [step_text(each, view.logins) for each in view.history]
    print_table(("done", "by", "what", "reason", "step"), steps, empty="", whole=("step",))


@series.command("candidates")
@json_option
@click.pass_obj
def candidates(house: House, *, as_json: bool) -> None:
    """List items of your cases that may be one series, by the hits that your agency has judged the same.

    It is a proposal, and nothing is formed by it: `tsunagu series open` and `add` do.
    """
    with signed_in(house, None) as desk:
        found = list_candidates(**desk.parts)
    if as_json:
        for one in found:
            print_json(candidate_json(one))
        return
    rows = [
        (
            ", ".join(f"{case} {number}" for case, number in one.items),
            ", ".join(f"{count} by {what}" for what, count in one.grounds.items()),
            ", ".join(one.series),
        )
        for one in found
    ]
    print_table(("items", "judged the same", "in series"), rows, empty="No hit that was judged the same ties items.")


def _handling_text(receivers: tuple[str, ...], until: object) -> str:
    if not receivers:
        return "Nobody else may be given it."
    return f"May be given to: {', '.join(receivers)}" + (f", until {until}" if until else "")


for command in (
    add,
    remove,
    alias,
    status,
    circulation,
    handling,
    merge,
    split,
    undo,
    publish,
    unpublish,
    submit,
    submissions_,
    vote,
    votes,
    dispute,
):
    series.add_command(command)

COMMANDS = (series,)

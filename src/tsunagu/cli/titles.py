"""`title add`, `title assess` and `title list`: the titles of a seized list, and which were illegal when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.cli.seized_options import case_option, list_option
from tsunagu.domain.title import Precedent, Title, TitleAssessment, TitleValue, TitleWords
from tsunagu.services.house import House
from tsunagu.services.seized import titles as service

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group("title")
def title() -> None:
    """The titles of a seized list: what was bought may be lawful, and people say which was illegal when."""


@title.command("add")
@case_option
@list_option
@click.option("--title", "name", required=True, help="As the list writes it.")
@click.option("--code", default="", help="By which the list's rows name it; by the title where they have none.")
@click.option("--jan", default="", help="Its JAN or ISBN, digits alone.")
@click.option("--maker", default="")
@click.option("--distributor", default="")
@click.option("--edition", default="")
@click.option("--exhibit", default="", help="Reference of a copy of it that was seized.")
@click.option("--series", default="")
@purpose_option
@json_option
@click.pass_obj
def add(
    house: House,
    /,
    *,
    reference: str,
    number: int | None,
    name: str,
    purpose: str | None,
    as_json: bool,
    **said: str,
) -> None:
    """Enter a title of a list. Nobody has assessed it yet."""
    with signed_in(house, purpose) as desk:
        made = service.add_title(reference=reference, number=number, words=TitleWords(name, **said), **desk.parts)
    if as_json:
        print_json(title_json(made))
    else:
        screen.print(f"Title {made.number} is entered; nobody has assessed it (`tsunagu title assess`).")


@title.command("assess")
@click.argument("title", type=int)
@case_option
@list_option
@click.option("--jurisdiction", required=True, help="Whose law it was held against, such as JP.")
@click.option("--as", "value", required=True, type=click.Choice([one.value for one in TitleValue]))
@click.option("--from", "from_on", required=True, type=DAY, help="The first day of acts for whose law this is said.")
@click.option("--to", "to_on", type=DAY, help="The last one; no end when left out.")
@click.option("--reason", "reasons", required=True, help="Why; kept with it, erased with the list.")
@click.option("--precedent", default="", help="What it follows: whose decision, on what, when.")
@purpose_option
@json_option
@click.pass_obj
def assess(
    house: House,
    /,
    *,
    title: int,
    reference: str,
    number: int | None,
    value: str,
    from_on: datetime,
    to_on: datetime | None,
    purpose: str | None,
    as_json: bool,
    **said: str,
) -> None:
    """Say what a title is by a law: the latest word for a day counts, and nothing rests on an earlier one."""
    draft = service.AssessmentDraft(
        value=TitleValue(value), from_on=from_on.date(), to_on=None if to_on is None else to_on.date(), **said
    )
    with signed_in(house, purpose) as desk:
        told = service.assess_title(reference=reference, number=number, title=title, draft=draft, **desk.parts)
    if as_json:
        print_json(title_json(told))
    else:
        screen.print(f"Title {told.number}: {value} by the law of {draft.jurisdiction}.", markup=False)


@title.command("list")
@case_option
@list_option
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, reference: str, number: int | None, purpose: str | None, as_json: bool) -> None:
    """List the titles of a list with their assessments, and what was decided of their like in cases of yours.

    What was decided of another title is a proposal: nothing follows from it until you assess this one.
    """
    with signed_in(house, purpose) as desk:
        views = service.list_titles(reference=reference, number=number, **desk.parts)
    if as_json:
        for view in views:
            print_json({**title_json(view.title), "proposed": [precedent_json(one) for one in view.proposed]})
        return
    rows = [
        (
            view.title.number,
            view.title.words.code,
            view.title.words.title,
            "\n".join(_in_words(one) for one in view.title.assessments),
            "\n".join(f"{one.likeness}: {one.assessment.value} ({one.case}, {one.title})" for one in view.proposed),
        )
        for view in views
    ]
    print_table(("no.", "code", "title", "assessed", "proposed by"), rows, empty="No title is entered.")


def title_json(one: Title) -> dict[str, Any]:
    """Return a title for machines."""
    words = one.words
    return {
        "title": one.number,
        "name": words.title,
        "code": words.code,
        "jan": words.jan,
        "maker": words.maker,
        "distributor": words.distributor,
        "edition": words.edition,
        "exhibit": words.exhibit,
        "series": words.series,
        "assessments": [assessment_json(each) for each in one.assessments],
    }


def assessment_json(one: TitleAssessment) -> dict[str, Any]:
    """Return an assessment for machines."""
    return {
        "assessment": one.number,
        "jurisdiction": one.jurisdiction,
        "as": one.value.value,
        "from": one.from_on.isoformat(),
        "to": None if one.to_on is None else one.to_on.isoformat(),
        "reason": one.reasons,
        "precedent": one.precedent,
        "at": one.assessed_at.isoformat(),
    }


def precedent_json(one: Precedent) -> dict[str, Any]:
    """Return what is proposed, for machines."""
    return {
        "case": one.case,
        "list": one.list,
        "title": one.title,
        "likeness": one.likeness.value,
        **{name: told for name, told in assessment_json(one.assessment).items() if name != "assessment"},
    }


def _in_words(one: TitleAssessment) -> str:
    return f"{one.jurisdiction} {one.from_on}..{one.to_on or ''}: {one.value}"


COMMANDS = (title,)

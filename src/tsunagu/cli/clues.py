"""`clue`: what you have seen or heard in an item, and what all of it tells of where a recording was made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from rich.text import Text

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.assessment import CountryAssessment, CountryState, Weighed
from tsunagu.domain.clue import Bearing, Clue, ClueDraft, ClueKind, Region, Span, Support, Weighing
from tsunagu.domain.errors import InputError
from tsunagu.services.cases.clues import record_clue, sign_assessment, view_clues, withdraw_clue
from tsunagu.services.house import House

BAR = 20
"""Characters of the bar of a country that weighs everything."""


@click.group()
def clue() -> None:
    """What you have seen or heard in an item, and what it tells of where it was made."""


def codes(_: click.Context, __: click.Parameter, value: str | None) -> frozenset[str]:
    """Return the countries or places that an option names, with commas between."""
    return frozenset(one.strip().upper() for one in (value or "").split(",") if one.strip())


def _numbers(count: int, separator: str) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    def read(_: click.Context, parameter: click.Parameter, value: str | None) -> tuple[float, ...] | None:
        if value is None:
            return None
        try:
            found = tuple(float(one) for one in value.split(separator))
        except ValueError:
            found = ()
        if len(found) != count:
            raise click.BadParameter(f"{count} numbers, separated by {separator!r}", param=parameter)
        return found

    return read


@clue.command("add")
@click.argument("reference", metavar="CASE")
@click.argument("item", type=click.IntRange(min=1))
@click.option("--kind", required=True, type=click.Choice([one.value for one in ClueKind]), help="What it is.")
@click.option("--text", required=True, help="What you have seen or heard, in your own words.")
@click.option("--supports", callback=codes, help="Countries that it speaks for: codes such as JP,KR.")
@click.option("--excludes", callback=codes, help="Countries that it speaks against.")
@click.option("--neutral", is_flag=True, help="It was checked and is common everywhere.")
@click.option(
    "--support",
    type=click.Choice([one.value for one in Support]),
    help="How much more readily one meets it in those countries than elsewhere.  [default: moderate]",
)
@click.option("--places", callback=codes, help="Parts of the one supported country, as ISO 3166-2 has them: JP-26.")
@click.option("--region", callback=_numbers(4, ","), help="Where: left,top,width,height as fractions of the picture.")
@click.option("--span", callback=_numbers(2, "-"), help="When: from-to, in seconds of the recording.")
@json_option
@click.pass_obj
def add(
    house: House,
    reference: str,
    item: int,
    *,
    kind: str,
    text: str,
    supports: frozenset[str],
    excludes: frozenset[str],
    neutral: bool,
    support: str | None,
    places: frozenset[str],
    region: tuple[float, float, float, float] | None,
    span: tuple[float, float] | None,
    as_json: bool,
) -> None:
    """Enter what you have seen or heard in ITEM of CASE; `tsunagu items` tells the numbers of items."""
    if bool(supports) + bool(excludes) + neutral != 1:
        raise InputError("say one of --supports, --excludes and --neutral")
    bearing = Bearing.SUPPORTS if supports else Bearing.EXCLUDES if excludes else Bearing.NEUTRAL
    strength = Support(support or Support.MODERATE) if supports else Support(support) if support else None
    draft = ClueDraft(
        item=item,
        kind=ClueKind(kind),
        text=text,
        weighing=Weighing(bearing, supports | excludes, places, strength),
        region=Region(*region) if region else None,
        span=Span(*span) if span else None,
    )
    with signed_in(house, None) as desk:
        recorded = record_clue(reference=reference, draft=draft, **desk.parts)
    if as_json:
        print_json(_clue_json(recorded))
    else:
        screen.print(f"Clue {recorded.number} is entered. `tsunagu clue weigh` shows what all clues tell together.")


@clue.command("withdraw")
@click.argument("reference", metavar="CASE")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--reason", required=True, help="Why; it stays beside the clue.")
@click.pass_obj
def withdraw(house: House, reference: str, number: int, *, reason: str) -> None:
    """Take clue NUMBER of CASE back: it stays in the list, and counts for nothing any more."""
    with signed_in(house, None) as desk:
        withdraw_clue(reference=reference, number=number, why=reason, **desk.parts)
    screen.print("The clue is taken back. What was signed before stays as it was signed.")


@clue.command("list")
@click.argument("reference", metavar="CASE")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, reference: str, *, purpose: str | None, as_json: bool) -> None:
    """List the clues of CASE, those that were taken back included."""
    with signed_in(house, purpose) as desk:
        view = view_clues(reference=reference, **desk.parts)
    if as_json:
        for one in view.clues:
            print_json(_clue_json(one))
        return
    print_table(
        ("Clue", "Item", "Kind", "Says", "What", "By"),
        [
            (
                one.number,
                f"{one.exhibit} {one.draft.item}",
                one.draft.kind,
                f"taken back: {one.withdrawn_why}" if one.withdrawn_at else _says(one.draft.weighing),
                one.draft.text,
                one.recorded_by,
            )
            for one in view.clues
        ],
        empty="No clue was entered yet: `tsunagu clue add`.",
    )


@clue.command("weigh")
@click.argument("reference", metavar="CASE")
@purpose_option
@json_option
@click.pass_obj
def weigh(house: House, reference: str, *, purpose: str | None, as_json: bool) -> None:
    """Show what the clues of CASE tell together: countries with weights and reasons, never one answer."""
    with signed_in(house, purpose) as desk:
        view = view_clues(reference=reference, **desk.parts)
    if as_json:
        print_json({"case": view.case.reference, "seal": view.seal, **weighed_json(view.weighed)})
        return
    _print_weighed(view.weighed)
    if view.weighed.findings or view.weighed.neutral:
        screen.print(f"To sign this list: tsunagu clue sign CASE --as probable --statement … --seal {view.seal}")


@clue.command("sign")
@click.argument("reference", metavar="CASE")
@click.option("--as", "state", required=True, type=click.Choice([one.value for one in CountryState]))
@click.option("--statement", required=True, help="The grounds, in your own words.")
@click.option("--seal", required=True, help="Names the list that you have seen: `tsunagu clue weigh` tells it.")
@json_option
@click.pass_obj
def sign(house: House, reference: str, *, state: str, statement: str, seal: str, as_json: bool) -> None:
    """Sign the list of countries of CASE as you have seen it. Later clues do not change what was signed."""
    with signed_in(house, None) as desk:
        signed = sign_assessment(
            reference=reference, seal=seal, state=CountryState(state), statement=statement, **desk.parts
        )
    if as_json:
        print_json(assessment_json(signed))
    else:
        screen.print(f"Assessment {signed.number} is signed.")


@clue.command("signed")
@click.argument("reference", metavar="CASE")
@purpose_option
@json_option
@click.pass_obj
def signed_(house: House, reference: str, *, purpose: str | None, as_json: bool) -> None:
    """List what was signed of CASE: country assessments, the newest last."""
    with signed_in(house, purpose) as desk:
        view = view_clues(reference=reference, **desk.parts)
    if as_json:
        for one in view.assessments:
            print_json(assessment_json(one))
        return
    print_table(
        ("No.", "State", "Countries", "Grounds", "By", "At"),
        [
            (
                one.number,
                one.state,
                ", ".join(f"{each.country} {each.weight:.2f}" for each in one.weighed.countries[:5]),
                one.statement,
                one.signed_by,
                f"{one.signed_at:%Y-%m-%d %H:%M} UTC",
            )
            for one in view.assessments
        ],
        empty="Nothing was signed yet: `tsunagu clue weigh`, then `tsunagu clue sign`.",
    )


def weighed_json(weighed: Weighed) -> dict[str, Any]:
    """Return what clues tell together as fields: countries the heaviest first, with the numbers of their clues."""
    return {
        "countries": [
            {
                "country": one.weight.country,
                "weight": round(one.weight.weight, 6),
                "supported_by": list(one.supported_by),
                "excluded_by": list(one.excluded_by),
                "disputed": one.is_disputed,
            }
            for one in weighed.findings
        ],
        "elsewhere": round(weighed.elsewhere, 6),
        "places": [{"place": place, "supported_by": list(numbers)} for place, numbers in weighed.places],
        "neutral": list(weighed.neutral),
    }


def assessment_json(one: CountryAssessment) -> dict[str, Any]:
    """Return a signed assessment as fields."""
    return {
        "assessment": str(one.assessment_id),
        "case": one.case,
        "number": one.number,
        "state": one.state.value,
        "method": one.method,
        "statement": one.statement,
        "signed_by": one.signed_by,
        "signed_at": one.signed_at.isoformat(),
        **weighed_json(one.weighed),
    }


def _clue_json(one: Clue) -> dict[str, Any]:
    draft, weighing = one.draft, one.draft.weighing
    region, span = draft.region, draft.span
    return {
        "clue": one.number,
        "exhibit": one.exhibit,
        "item": draft.item,
        "kind": draft.kind.value,
        "text": draft.text,
        "bearing": weighing.bearing.value,
        "countries": sorted(weighing.countries),
        "places": sorted(weighing.places),
        "support": weighing.support.value if weighing.support else None,
        "region": [region.left, region.top, region.width, region.height] if region else None,
        "span_s": [span.from_s, span.to_s] if span else None,
        "recorded_by": one.recorded_by,
        "recorded_at": one.recorded_at.isoformat(),
        "withdrawn": one.withdrawn_at is not None,
        "withdrawn_why": one.withdrawn_why,
    }


def _says(weighing: Weighing) -> str:
    names = ", ".join(sorted(weighing.places or weighing.countries))
    return " ".join(filter(None, (weighing.support, weighing.bearing, names)))


def _print_weighed(weighed: Weighed) -> None:
    rows = [
        (
            one.weight.country,
            f"{one.weight.weight:.3f}",
            "█" * round(one.weight.weight * BAR),
            ", ".join(map(str, one.supported_by)),
            ", ".join(map(str, one.excluded_by)),
            "look again: people disagree" if one.is_disputed else "",
        )
        for one in weighed.findings
    ]
    print_table(
        ("Country", "Weight", "", "Supported by", "Excluded by", ""), rows, empty="No clue speaks of any country yet."
    )
    screen.print(Text(f"elsewhere  {weighed.elsewhere:.3f}", style="dim"))
    for place, numbers in weighed.places:
        screen.print(f"within it  {place}, by {', '.join(map(str, numbers))}")
    if weighed.neutral:
        screen.print(Text(f"checked, weigh nothing: {', '.join(map(str, weighed.neutral))}", style="dim"))


COMMANDS = (clue,)

"""`series submit`, `submissions`: items of a series sent to another agency, and how each of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click
from rich.text import Text

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import counted, print_json, print_table, screen
from tsunagu.cli.series_changes import reason_option
from tsunagu.domain.errors import InputError
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.submission import Submission, SubmissionState, SubmittedItem
from tsunagu.services.house import House
from tsunagu.services.submissions import sending as service
from tsunagu.services.submissions.choosing import SubmissionDraft


@click.command()
@click.argument("name")
@click.option("--to", required=True, help="Name of the agency, one of this installation.")
@click.option("--item", "items", multiple=True, metavar="SHA256", help="What is chosen; once for each.")
@click.option("--all", "is_all", is_flag=True, help="All items of your cases but context.")
@click.option("--investigation", required=True, help="What the other agency is told that the investigation is called.")
@click.option(
    "--purpose", required=True, type=click.Choice([one.value for one in Purpose]), help="What it may be used for."
)
@click.option("--forward/--no-forward", default=False, help="Whether it may be passed on to others of the handling.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day it may be read, in UTC.")
@click.option("--with-media", is_flag=True, help="The contents go along, from your vault into theirs.")
@reason_option
@json_option
@click.pass_obj
def submit(
    house: House,
    name: str,
    *,
    to: str,
    items: Sequence[str],
    is_all: bool,
    investigation: str,
    purpose: str,
    forward: bool,
    until: datetime,
    with_media: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Send items of a series to another agency, under a label that stays on them there.

    They go with digests and fingerprints, by which that agency compares them with what it holds, type, and on what your
    votes agree; nothing of your cases goes along. The handling of the series has to let that agency be given it, and
    what comes of a covert case a co-ordinator submits.
    """
    if is_all == bool(items):
        raise InputError("choose items (--item), or all of them (--all)")
    draft = SubmissionDraft(
        to, frozenset(items), investigation, Purpose(purpose), forward, until.date(), with_media, reason
    )
    with signed_in(house, None) as desk:
        one = service.submit_series(name=name, draft=draft, **desk.parts)
    if as_json:
        print_json({**submission_json(one), "to": to})
        return
    duplicates = one.count(SubmissionState.DUPLICATE)
    screen.print(Text(f"{counted(len(one.items), 'item is', 'items are')} submitted: {one.submission_id}."))
    if duplicates:
        screen.print(f"{duplicates} of them that agency holds already.")


@click.command("submissions")
@click.argument("name", required=False)
@purpose_option
@json_option
@click.pass_obj
def submissions_(house: House, name: str | None, *, purpose: str | None, as_json: bool) -> None:
    """List what was submitted of a series, or of all of yours, newest first, and how each item stands."""
    with signed_in(house, purpose) as desk:
        view = service.list_submissions(name=name, **desk.parts)
    names = {agency_id: card.name for agency_id, card in view.agencies.items()}
    if as_json:
        for one in view.submissions:
            print_json({**submission_json(one), "to": names[one.receiver_id]})
        return
    rows = [
        (str(one.submission_id), one.series, names[one.receiver_id], one.until, stand_text(one))
        for one in view.submissions
    ]
    print_table(("submission", "series", "to", "until", "items"), rows, empty="Nothing was submitted.")


def stand_text(one: Submission) -> str:
    """Return how many items of a submission stand how; where none is told any more, how all of it has ended."""
    counts = [(one.count(state), state.value) for state in SubmissionState]
    return ", ".join(f"{count} {state}" for count, state in counts if count) or (one.end or "")


def submission_json(one: Submission) -> dict[str, Any]:
    """Return a submission as JSON has it on either side."""
    return {
        "submission": str(one.submission_id),
        "series": one.series,
        "investigation": one.investigation,
        "purpose": one.purpose.value,
        "forward": one.label.may_forward,
        "until": one.until.isoformat(),
        "submitted_at": one.submitted_at.isoformat(),
        "taken_at": one.taken_at.isoformat() if one.taken_at else None,
        "withdrawn_at": one.withdrawn_at.isoformat() if one.withdrawn_at else None,
        "expired_at": one.expired_at.isoformat() if one.expired_at else None,
        "items": [_item_json(item) for item in one.items],
    }


def _item_json(item: SubmittedItem) -> dict[str, Any]:
    return {
        "sha256": item.sha256.hex() or None,
        "media_type": item.media_type,
        "state": item.state.value,
        "media": item.has_media,
        "rejected": item.rejection.value if item.rejection else None,
        "words": item.words or None,
        "categories": [
            {"scheme": one.scheme, "grade": one.grade, "answers": dict(one.answers)} for one in item.categories
        ],
    }

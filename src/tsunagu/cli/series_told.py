"""How commands tell of series."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tsunagu.cli.output import shown_path
from tsunagu.domain.series import SeriesItem, SeriesSummary
from tsunagu.domain.series_counts import CountedBy, SeriesCounts
from tsunagu.records.series_steps import StepRow
from tsunagu.services.series.candidates import CandidateView
from tsunagu.services.series.reading import SeriesView


def series_json(one: SeriesSummary, now: datetime) -> dict[str, Any]:
    """Return a series for machines."""
    return {
        "series": one.name,
        "id": str(one.series_id),
        "aliases": list(one.aliases),
        "purpose": one.purpose.value,
        "status": one.shown_status(now).value,
        "claimed_until": one.claimed_until.isoformat() if one.claimed_until else None,
        "distributed": one.distributed.value,
        "opened_at": one.opened_at.isoformat(),
        "cases": list(one.cases),
        "items": one.items,
        "context": one.context,
    }


def counts_json(found: SeriesCounts) -> dict[str, Any]:
    """Return counts of series for machines."""
    each = [
        {
            found.by.value: first_text(found.by, one.first),
            "known": one.known,
            "identified": one.identified,
            "safeguarded": one.safeguarded,
        }
        for one in found.each
    ]
    return {"known": found.known, "identified": found.identified, "safeguarded": found.safeguarded, "each": each}


def first_text(by: CountedBy, first: date) -> str:
    """Return how a day or a year is written."""
    return first.isoformat() if by is CountedBy.DAY else f"{first.year}"


def view_json(view: SeriesView, now: datetime) -> dict[str, Any]:
    """Return a series with its items and its history for machines."""
    handling = view.summary.handling
    return {
        **series_json(view.summary, now),
        "handling": {
            "receivers": list(view.receivers),
            "purposes": sorted(one.value for one in handling.purposes),
            "may_forward": handling.may_forward,
            "until": handling.until.isoformat() if handling.until else None,
        },
        "published": [{"bank": bank, "items": items} for bank, items in view.published],
        "holds": [item_json(one) for one in view.items],
        "history": [step_json(one, view.logins) for one in view.history],
    }


def item_json(one: SeriesItem) -> dict[str, Any]:
    """Return an item of a series for machines."""
    return {
        "case": one.case,
        "number": one.number,
        **shown_path(one.path),
        "sha256": one.sha256.hex(),
        "media_type": one.media_type,
        "context": one.is_context,
    }


def candidate_json(one: CandidateView) -> dict[str, Any]:
    """Return for machines what may be one series."""
    return {
        "items": [{"case": case, "number": number} for case, number in one.items],
        "grounds": {what.value: count for what, count in one.grounds.items()},
        "overlaps": one.overlaps,
        "series": list(one.series),
    }


def step_json(one: StepRow, logins: Mapping[UUID, str]) -> dict[str, Any]:
    """Return a step of a series' history for machines."""
    return {
        "step": str(one.step_id),
        "did": one.kind.value,
        "by": logins.get(one.officer_id),
        "at": one.at.isoformat(),
        "series": one.series,
        "other": one.other,
        "items": one.items,
        "context": one.is_context,
        "value": one.value,
        "reason": one.reason,
        "undone": one.is_undone,
    }


def step_text(one: StepRow, logins: Mapping[UUID, str]) -> tuple[object, ...]:
    """Return a step for a row of a table."""
    what = " ".join(
        part for part in (one.kind.value, one.value, one.other or "", f"({one.items})" * bool(one.items)) if part
    )
    state = ", undone" if one.is_undone else ""
    return f"{one.at:%Y-%m-%d %H:%M}", logins.get(one.officer_id, ""), what + state, one.reason, one.step_id

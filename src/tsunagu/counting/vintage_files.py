"""A vintage as it is kept: JSON, the same bytes for the same vintage."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from tsunagu.counting.acts import Known
from tsunagu.counting.periods import parse_period
from tsunagu.counting.suppression import Published
from tsunagu.counting.tables import Breakdown, Counts, Heading
from tsunagu.counting.vintages import FrozenVintage, Stage, stage_figure
from tsunagu.domain.figure import Definition, FigureStatus
from tsunagu.domain.stat_event import (
    Cleared,
    Described,
    Disposal,
    Facet,
    Measure,
    MeasureTaken,
    Offence,
    Retracted,
    StatEvent,
    VictimFound,
)

FORMAT: Final = "tsunagu-statistics/1"
_KINDS: Final = {
    "cleared": Cleared,
    "victim-found": VictimFound,
    "measure-taken": MeasureTaken,
    "described": Described,
    "retracted": Retracted,
}
_ENUMERATED: Final = {"disposal": Disposal, "measure": Measure, "facet": Facet}


def vintage_bytes(vintage: FrozenVintage) -> bytes:
    """Return a vintage as it is kept."""
    told = {
        "format": FORMAT,
        "year": vintage.year,
        "known_on": vintage.known_on.isoformat(),
        "status": vintage.status.value,
        "agency": vintage.agency,
        "local_name": vintage.local_name,
        "salt": vintage.salt.hex(),
        "acts": [{"kind": _kind(one), **asdict(one)} for one in vintage.known.acts],
        "lists": dict(vintage.known.lists),
        "sent": sorted(vintage.known.sent),
        "tables": [_table(one) for one in vintage.tables],
        "stages": [
            {"definition": one.figure.definition, "number": one.figure.number, "is_kept_back": one.is_kept_back}
            for one in vintage.stages
        ],
    }
    return json.dumps(told, default=str, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def vintage_from(content: bytes) -> FrozenVintage:
    """Return what was kept."""
    told = json.loads(content)
    known_on, status = date.fromisoformat(told["known_on"]), FigureStatus(told["status"])
    return FrozenVintage(
        told["year"],
        known_on,
        status,
        bytes.fromhex(told["salt"]),
        Known(tuple(_act(one) for one in told["acts"]), told["lists"], frozenset(told["sent"])),
        tuple(_published(one, told["year"], known_on, status) for one in told["tables"]),
        tuple(
            Stage(
                stage_figure(Definition(one["definition"]), one["number"], known_on, status),
                is_kept_back=one["is_kept_back"],
            )
            for one in told["stages"]
        ),
        told["agency"],
        told["local_name"],
    )


def _kind(act: StatEvent) -> str:
    return next(kind for kind, made in _KINDS.items() if type(act) is made)


def _act(told: dict[str, Any]) -> StatEvent:
    kind = told.pop("kind")
    told = {key: date.fromisoformat(value) if key.endswith("_on") else value for key, value in told.items()}
    if kind == "cleared":
        told["offences"] = tuple(Offence(**one) for one in told["offences"])
        told["suspects"] = tuple(told["suspects"])
    told |= {key: of(told[key]) for key, of in _ENUMERATED.items() if key in told}
    made: StatEvent = _KINDS[kind](**told)
    return made


def _table(one: Published) -> dict[str, Any]:
    heading = one.heading
    return {
        "definition": heading.definition,
        "whole": heading.whole,
        "breakdown": heading.breakdown,
        "population": heading.population,
        "periods": [str(each) for each in one.counts.periods],
        "rows": one.counts.rows,
        "kept_back": sorted(one.kept_back),
        "totals_kept_back": one.totals_kept_back,
    }


def _published(told: dict[str, Any], year: int, known_on: date, status: FigureStatus) -> Published:
    breakdown = Breakdown(told["breakdown"])
    heading = Heading(Definition(told["definition"]), told["whole"], breakdown, year, told["population"])
    periods = tuple(parse_period(one) for one in told["periods"])
    rows = {row: tuple(cells) for row, cells in told["rows"].items()}
    counts = Counts(heading, known_on, status, periods, rows)
    return Published(counts, frozenset(told["kept_back"]), totals_kept_back=told["totals_kept_back"])

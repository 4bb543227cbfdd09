"""Series summed up for lists. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from tsunagu.domain.actor import Actor
from tsunagu.domain.handling import Handling
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.series import Distributed, SeriesStatus, SeriesSummary
from tsunagu.records.planned import rows_of
from tsunagu.records.series import SEEN

_ROOTS = f"""
SELECT s.id, s.agency_id, s.name, s.purpose, s.status, s.distributed, s.receivers, s.purposes, s.may_forward,
       s.restricted_until, s.opened_at, s.opened_by_id
FROM series s WHERE s.root_id = s.id AND {SEEN}
"""  # noqa: S608
_ALIASES = """
SELECT t.root_id, a.alias FROM series_alias a JOIN series t ON t.id = a.series_id WHERE t.root_id = ANY($1::uuid[])
UNION ALL
SELECT t.root_id, t.name FROM series t
WHERE t.root_id = ANY($1::uuid[]) AND t.stands AND t.name IS NOT NULL AND t.root_id <> t.id
"""
_CASES = """
SELECT t.root_id, c.reference, c.covert, EXISTS (
    SELECT 1 FROM case_member m WHERE m.case_id = k.case_id AND m.officer_id = $2::uuid)
FROM series_case k JOIN series t ON t.id = k.series_id JOIN "case" c ON c.id = k.case_id
WHERE t.root_id = ANY($1::uuid[])
"""
_COUNTS = """
SELECT t.root_id, count(*), count(*) FILTER (WHERE i.is_context)
FROM series_item i JOIN series t ON t.id = i.series_id
WHERE t.root_id = ANY($1::uuid[]) AND i.case_id IN (SELECT case_id FROM case_member WHERE officer_id = $2::uuid)
GROUP BY t.root_id
"""
_CLAIMED = """
SELECT t.root_id, c.expires_at FROM claim c JOIN series t ON t.id = c.series_id
WHERE t.root_id = ANY($1::uuid[]) AND c.released_at IS NULL AND c.expires_at > $2::timestamptz ORDER BY c.expires_at
"""


def summaries_of(actor: Actor, series_ids: Iterable[UUID] | None = None, *, now: datetime) -> tuple[SeriesSummary, ...]:
    """Return the series that the actor may see, by name; those that were merged into others stand in those.

    Args:
        actor: who reads.
        series_ids: which of them; all when it is left out.
        now: tells which claims last.
    """
    if series_ids is None:
        found = rows_of(f"{_ROOTS} ORDER BY s.name", actor.officer_id)
    else:
        found = rows_of(f"{_ROOTS} AND s.id = ANY($2::uuid[]) ORDER BY s.name", actor.officer_id, list(series_ids))
    roots = [row[0] for row in found]
    aliases, cases, counts = _of_trees(actor, roots)
    claimed: dict[UUID, datetime] = dict(rows_of(_CLAIMED, roots, now))
    return tuple(
        SeriesSummary(
            root,
            agency_id,
            name,
            tuple(sorted(aliases.get(root, ()))),
            Purpose(purpose),
            SeriesStatus(status),
            Distributed(distributed),
            Handling(frozenset(receivers), frozenset(map(Purpose, purposes)), may_forward, until),
            opened_at,
            opened_by,
            tuple(sorted(reference for reference, _, is_mine in cases.get(root, ()) if is_mine)),
            *counts.get(root, (0, 0)),
            any(is_covert for _, is_covert, _ in cases.get(root, ())),
            claimed.get(root),
        )
        for root, agency_id, name, purpose, status, distributed, *said, opened_at, opened_by in found
        for receivers, purposes, may_forward, until in [said]
    )


def _of_trees(
    actor: Actor, roots: Collection[UUID]
) -> tuple[Mapping[UUID, set[str]], Mapping[UUID, set[tuple[str, bool, bool]]], Mapping[UUID, tuple[int, int]]]:
    """Return of series, with what was merged into each: aliases; cases, whether covert and the actor's; counts."""
    asked = list(roots)
    aliases: dict[UUID, set[str]] = {}
    for root, alias in rows_of(_ALIASES, asked):
        aliases.setdefault(root, set()).add(alias)
    cases: dict[UUID, set[tuple[str, bool, bool]]] = {}
    for root, reference, is_covert, is_mine in rows_of(_CASES, asked, actor.officer_id):
        cases.setdefault(root, set()).add((reference, is_covert, is_mine))
    counted = rows_of(_COUNTS, asked, actor.officer_id)
    return aliases, cases, {root: (items, context) for root, items, context in counted}

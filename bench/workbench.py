"""How long the pages of series, clues and alerts take when a hundred officers work at once, beside one officer alone.

The same office and the same clicks as in `bench.pages`. Besides what that workplace holds, each agency has series,
clues and alerts of its busiest case, entered through the services as officers enter them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import pages
from bench.officers import Address, one_of
from bench.workplace import targets_found

if TYPE_CHECKING:
    from tsunagu.domain.actor import Actor
    from tsunagu.services.house import Rooms

SERIES, ITEMS, CLUES, ALERTS = 30, 40, 20, 40
"""Series of an agency, items of a series, clues of its busiest case, and alerts that it raises."""
OFFICERS = 100

TARGETS = """
WITH me AS (SELECT id, agency_id FROM officer WHERE login = %(login)s),
     mine AS (SELECT c.* FROM "case" c JOIN case_member m ON m.case_id = c.id JOIN me ON me.id = m.officer_id),
     told AS (SELECT p.alert_id FROM alert_party p JOIN me USING (agency_id)
              WHERE p.case_id IS NULL OR p.case_id IN (SELECT id FROM mine))
SELECT json_build_object(
    'series', (SELECT coalesce(json_agg(DISTINCT s.name), '[]') FROM series s JOIN series_case sc ON sc.series_id = s.id
               JOIN mine ON mine.id = sc.case_id),
    'case', (SELECT coalesce(json_agg(DISTINCT mine.reference), '[]') FROM clue JOIN mine ON mine.id = clue.case_id),
    'alert', (SELECT coalesce(json_agg(DISTINCT alert_id), '[]') FROM told))::text
"""


def furnish(rooms: Rooms, now: datetime) -> None:
    """Let the first agency stand above the others, and the first officer of each work on its busiest case."""
    from tsunagu.domain.agency_tree import AgencyKind  # noqa: PLC0415 - Django is set up by now
    from tsunagu.services.agencies.tree import confirm_places, place_agency  # noqa: PLC0415

    parts: dict[str, Any] = {"now": now, "keys": rooms.keys, "ledger": rooms.ledger}
    names, leaders = _agencies()
    above, *beneath = names
    for name in beneath:
        place_agency(name=name, under=above, kind=AgencyKind.NATIONAL_POLICE, now=now, ledger=rooms.ledger)
    confirm_places(actor=leaders[0], names=beneath, **parts)
    for name, leader in zip(names, leaders, strict=True):
        case, items = _busiest(leader)
        _keep_series(leader, case, items, parts)
        _keep_clues(leader, case, parts)
        _raise_alerts(leader, case, beneath if name == above else [above], parts)


def _agencies() -> tuple[list[str], list[Actor]]:
    from tsunagu.domain.actor import Actor  # noqa: PLC0415
    from tsunagu.domain.permission import Role  # noqa: PLC0415
    from tsunagu.records import agencies  # noqa: PLC0415
    from tsunagu.records.models import Case  # noqa: PLC0415
    from tsunagu.records.session import acting_for  # noqa: PLC0415

    names, leaders = [], []
    for card in sorted(agencies.agency_cards().values(), key=lambda one: one.name):
        with acting_for(card.agency_id):
            officer_id = Case.objects.values_list("opened_by_id", flat=True)[0]
        names.append(card.name)
        leaders.append(
            Actor(officer_id, card.agency_id, frozenset({Role.OFFICER, Role.COORDINATOR}), is_certified=True)
        )
    return names, leaders


def _busiest(leader: Actor) -> tuple[str, list[str]]:
    """Return the reference of the case that everybody works on, and contents of it in hex."""
    from tsunagu.records.models import Case, MediaItem  # noqa: PLC0415
    from tsunagu.records.session import acting_for  # noqa: PLC0415

    with acting_for(leader.agency_id):
        reference = Case.objects.order_by("reference").values_list("reference", flat=True)[0]
        contents = MediaItem.objects.filter(holding__exhibit__case__reference=reference).order_by("id")
        digests = contents.values_list("sha256", flat=True)[: SERIES * ITEMS]
        return reference, [bytes(one).hex() for one in digests]


def _keep_series(leader: Actor, case: str, items: list[str], parts: Mapping[str, Any]) -> None:
    from tsunagu.services.series.changes import add_to_series  # noqa: PLC0415
    from tsunagu.services.series.reading import open_series  # noqa: PLC0415

    for number in range(SERIES):
        name = f"{case}-{number:02}"
        open_series(actor=leader, name=name, case=case, purpose=None, **parts)
        some = items[number * ITEMS : (number + 1) * ITEMS]
        add_to_series(actor=leader, name=name, case=case, items=some, is_context=False, **parts)


def _keep_clues(leader: Actor, case: str, parts: Mapping[str, Any]) -> None:
    from tsunagu.domain.clue import Bearing, ClueDraft, ClueKind, Support, Weighing  # noqa: PLC0415
    from tsunagu.services.cases.clues import record_clue  # noqa: PLC0415

    kinds = sorted(ClueKind)
    for number in range(1, CLUES + 1):
        weighing = Weighing(Bearing.SUPPORTS, frozenset({("JP", "DK", "AU")[number % 3]}), support=Support.WEAK)
        draft = ClueDraft(number, kinds[number % len(kinds)], f"what is seen in number {number}", weighing)
        record_clue(actor=leader, reference=case, draft=draft, **parts)


def _raise_alerts(leader: Actor, case: str, receivers: list[str], parts: Mapping[str, Any]) -> None:
    from tsunagu.domain.alert import Priority  # noqa: PLC0415
    from tsunagu.domain.assessment import CountryWeight  # noqa: PLC0415
    from tsunagu.domain.purpose import Purpose  # noqa: PLC0415
    from tsunagu.records import notices  # noqa: PLC0415
    from tsunagu.records.session import acting_for  # noqa: PLC0415
    from tsunagu.services.alerts.desk import Command  # noqa: PLC0415
    from tsunagu.services.alerts.raising import Draft, raise_alert  # noqa: PLC0415

    with acting_for(leader.agency_id):
        told = [one for one in notices.notices_of(leader) if one.case == case and one.revealed]
    grounds = (CountryWeight("JP", 0.7), CountryWeight("TW", 0.2))
    purposes = frozenset({Purpose.VICTIM_IDENTIFICATION, Purpose.INVESTIGATION})
    for number in range(ALERTS):
        draft = Draft(
            case,
            tuple(one.overlap_id for one in told[:2]),
            receivers[number % len(receivers)],
            grounds,
            f"a uniform and a chime at noon, finding {number}",
            Priority.NORMAL,
            "",
            (),
            purposes,
            may_forward=True,
            until=parts["now"] + timedelta(days=400),
        )
        raise_alert(actor=leader, draft=draft, command=Command(f"finding {number}"), **parts)


def pages_of_a_case_worker(targets: Mapping[str, list[str]]) -> dict[str, Address]:
    """Return the pages of an officer who works on series and alerts, from what he may click on."""
    return {
        "series board": lambda _: "/series/",
        "series": one_of(targets["series"], "/series/{}/"),
        "clues": one_of(targets["case"], "/cases/{}/clues/"),
        "alerts": lambda _: "/alerts/",
        "alerts overdue": lambda _: "/alerts/overdue/",
        "alert": one_of(targets["alert"], "/alerts/{}/"),
    }


def pages_of_an_overseer() -> dict[str, Address]:
    """Return the pages of an officer who administers and audits, and so sees no series."""
    return {"statistics": lambda _: "/statistics/", "statistics by half-year": lambda _: "/statistics/?by=half-year"}


def targets_of(home: Path, login: str) -> Mapping[str, list[str]]:
    """Return where an officer may click: his series, cases with clues, and alerts."""
    return targets_found(home, login, TARGETS)


WORKBENCH = pages.Round(pages_of_a_case_worker, pages_of_an_overseer, furnish, targets_of)
main = partial(pages.main, WORKBENCH, officers=OFFICERS, about=__doc__)

if __name__ == "__main__":
    main()

"""Seized lists as their officers find them: all of a case, one with its funnel, and the rows that were refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListStage, RefusedSeizedRow, SeizedList
from tsunagu.records import seized
from tsunagu.records.cases import case_of, cases_of
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed, denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import opening, seal_of
from tsunagu.services.seized.funnel import funnel, row_stages


@dataclass(frozen=True, slots=True)
class ListView:
    """A list and its funnel; of a list among others, the stages of its rows alone."""

    seized: SeizedList
    stages: tuple[ListStage, ...]


@dataclass(frozen=True, slots=True)
class ListsOfCase:
    """The lists of one case, by their numbers."""

    case: CaseSummary
    lists: tuple[ListView, ...]


def list_seized(
    *, actor: Actor, reference: str | None, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[ListView, ...]:
    """Return the seized lists of the actor's cases with their funnels, by case and number.

    Args:
        reference: of one case; all of the actor's when it is left out.

    Raises:
        Forbidden: the actor reads no seized lists.
        NotFound: no such case, or not the actor's.
    """
    permission, asked = Permission.SEIZED_LIST_READ, reference or "seized lists"
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        cases = {one.case_id: one for one in ([case_of(actor, reference)] if reference else cases_of(actor))}
        sealed = [(one.list_id, seal_of(one.list_id, one.key, keys)) for one in seized.places_of(actor)]
        lists = [(seized.list_of(list_id, seal), seal) for list_id, seal in sealed]
        views = tuple(ListView(one, funnel(one, seal, reader=actor)) for one, seal in lists if one.case_id in cases)
        ledger.write(*_read(actor, views, cases, now))
    return views


def lists_of_case(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> ListsOfCase:
    """Return the seized lists of one case, by their numbers, with what became of their rows.

    Raises:
        Forbidden: the actor reads no seized lists.
        NotFound: no such case, or not the actor's.
    """
    permission = Permission.SEIZED_LIST_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        case = case_of(actor, reference)
        found = seized.lists_of(case, lambda list_id, key: seal_of(list_id, key, keys))
        views = tuple(ListView(one, row_stages(one)) for one in found)
        ledger.write(deed(Act.SEIZED_LIST_READ, actor=actor, case=case, now=now, lists=len(views)))
    return ListsOfCase(case, views)


def view_list(
    *, actor: Actor, reference: str, number: int | None, now: datetime, keys: Keys, ledger: Ledger
) -> ListView:
    """Return one list of a case with its funnel.

    Raises:
        Forbidden: the actor reads no seized lists.
        NotFound: no such case or list, or not the actor's.
        Conflict: what is kept of it was changed.
    """
    permission = Permission.SEIZED_LIST_READ
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        view = ListView(found.seized, funnel(found.seized, found.seal, reader=actor))
        about: dict[str, str | int] = {"list": str(found.seized.list_id)}
        ledger.write(deed(Act.SEIZED_LIST_READ, actor=actor, case=found.case, now=now, **about))
    return view


def refused_of_list(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    after: int,
    most: int,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> tuple[RefusedSeizedRow, ...]:
    """Return rows of a list that were not taken, by their numbers: where they stand, and why; nothing that they say.

    Args:
        after: the number of the row behind which to go on.
        most: how many at most.

    Raises:
        Forbidden, NotFound, Conflict: as for `view_list`.
    """
    permission = Permission.SEIZED_LIST_READ
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        rows = seized.refused_rows(found.seized.list_id, found.seal, after=after, most=most)
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "refused": len(rows)}
        ledger.write(deed(Act.SEIZED_LIST_READ, actor=actor, case=found.case, now=now, **about))
    return rows


def _read(actor: Actor, views: Sequence[ListView], cases: Mapping[UUID, CaseSummary], now: datetime) -> list[Deed]:
    """Return that lists were read, in each of their cases; or that there were none."""
    act = Act.SEIZED_LIST_READ
    if not views:
        return [Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details={"lists": 0})]
    lists = [one.seized for one in views]
    return [deed(act, actor=actor, case=cases[one.case_id], now=now, list=str(one.list_id)) for one in lists]

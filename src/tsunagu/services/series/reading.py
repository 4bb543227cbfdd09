"""Series: opened, listed, shown with what they consist of and what was done to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.series import SeriesItem, SeriesSearch, SeriesSummary
from tsunagu.domain.series_steps import Step, StepKind
from tsunagu.records import agencies
from tsunagu.records import series as rows
from tsunagu.records.cases import case_of
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.published_items import published_of
from tsunagu.records.series_steps import StepRow, history_of
from tsunagu.records.series_summaries import summaries_of
from tsunagu.records.session import acting_for
from tsunagu.records.votes import first_scheme
from tsunagu.services.access import REFERENCE, check_reference, denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.series.desk import SeriesDesk
from tsunagu.services.series.votes import VotesView, votes_told


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series as somebody who works on one of its cases sees it.

    Attributes:
        summary: of the series in which the one that was asked for stands now.
        items: of his cases, by case and place.
        history: what was done, newest first, as far as it is his.
        logins: of who did it.
        receivers: names of the agencies that may be given it.
        others: names of all agencies but its own.
        published: the banks that know items of his cases by it, and how many.
        votes: on those items, by the first scheme of the agency; None where it has none, or they were not asked for.
    """

    summary: SeriesSummary
    items: tuple[SeriesItem, ...]
    history: tuple[StepRow, ...]
    logins: Mapping[UUID, str]
    receivers: tuple[str, ...]
    others: tuple[str, ...] = ()
    published: tuple[tuple[str, int], ...] = ()
    votes: VotesView | None = None


def open_series(
    *, actor: Actor, name: str, case: str, purpose: Purpose | None, now: datetime, keys: Keys, ledger: Ledger
) -> UUID:
    """Open a series that rests on one of the actor's cases, and return its id. It consists of nothing yet.

    Args:
        name: the agency's own name for it.
        case: the case's reference.
        purpose: why it is kept; the case's own purpose when it is left out.

    Raises:
        Forbidden: the actor changes no series.
        InputError: a name or a case reference that can be none.
        NotFound: no such case, or not the actor's.
        Conflict: the agency has a series of this name already.
    """
    check_reference(name)
    desk, series_id = SeriesDesk(actor, now, keys, ledger), uuid4()
    with desk.at_work(case):
        rests_on = case_of(actor, case)
        rows.add_series(series_id, name=name, purpose=purpose or rests_on.purpose, actor=actor, now=now)
        rows.rest_on(series_id, [rests_on.case_id], agency_id=actor.agency_id)
        found = rows.series_called(actor, name)
        desk.keep(Step(uuid4(), StepKind.OPENED, series_id, actor.officer_id, now), found, told={})
    return series_id


def list_series(
    *, actor: Actor, search: SeriesSearch | None = None, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[SeriesSummary, ...]:
    """Return the series of the actor's cases, by name.

    Args:
        search: which of them are looked for; all when it is left out. Of others nothing is told by it.

    Raises:
        Forbidden: the actor reads no series.
        InputError: the text that is looked for can be no part of a name.
    """
    if search is not None and search.text:
        check_reference(search.text)
    with (
        denials_recorded(
            actor=actor, permission=Permission.SERIES_READ, asked="series", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        found = tuple(one for one in summaries_of(actor, now=now) if search is None or _is_looked_for(one, search, now))
    told: dict[str, str | int] = {"series": len(found)}
    if search is not None and search.text:
        told["searched"] = keys.mac(REFERENCE, search.text.encode()).hex()
    ledger.record(Deed(Act.SERIES_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return found


def view_series(
    *,
    actor: Actor,
    name: str,
    after: tuple[str, int] = ("", 0),
    most: int | None = None,
    with_votes: bool = False,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> SeriesView:
    """Return one of the actor's series; where it was merged into another, that one.

    Args:
        after: the case and the place after which its items go on.
        most: how many items at most; all when it is left out.
        with_votes: whether to tell how the votes on them stand.

    Raises:
        Forbidden: the actor reads no series.
        NotFound: no such series, or not the actor's.
    """
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.at_work(name, Permission.SERIES_READ):
        found = rows.series_called(actor, name)
        [summary] = summaries_of(actor, [found.root_id], now=now)
        held = rows.items_after(rows.items_with_members(actor, found.root_id), after, most)
        items = tuple(one for _, one in held)
        history, logins, cards = history_of(actor, found.root_id), agencies.logins(), agencies.agency_cards()
        published = published_of(actor, found.root_id)
        scheme = first_scheme() if with_votes else None
        votes = votes_told(held, *scheme, reader=actor.officer_id, logins=logins) if scheme else None
    root = merkle_root([one.sha256 for one in items]).hex()
    told: dict[str, str | int] = {"series": str(found.root_id), "items": len(items), "merkle_root": root}
    deeds = [desk.deed(Act.SERIES_READ, found, found.case_ids, **told)]
    if scheme:
        read: dict[str, str | int] = {"series": str(found.root_id), "scheme": str(scheme[0]), "items": len(items)}
        deeds.append(desk.deed(Act.VOTES_READ, found, found.case_ids, **read))
    ledger.record(*deeds)
    receivers = tuple(sorted(cards[one].name for one in summary.handling.receivers if one in cards))
    others = tuple(sorted(one.name for one in cards.values() if one.agency_id != actor.agency_id))
    return SeriesView(summary, items, history, logins, receivers, others, published, votes)


def _is_looked_for(one: SeriesSummary, search: SeriesSearch, now: datetime) -> bool:
    names = (one.name, *one.aliases)
    return (
        any(search.text.casefold() in name.casefold() for name in names)
        and search.status in {None, one.shown_status(now)}
        and (search.since is None or one.opened_at.date() >= search.since)
    )

"""What is said of a series: what others call it, how far the search is, whether it circulates, who may be given it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.handling import Handling
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.series import ENDS, Distributed, SeriesStatus, check_transition
from tsunagu.domain.series_steps import StepKind
from tsunagu.records import agencies, comparisons
from tsunagu.records import series as rows
from tsunagu.services.access import check_reference
from tsunagu.services.comparisons.outbox import leave, withdraw_not_let
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.series.desk import SeriesDesk


def name_series(
    *, actor: Actor, name: str, alias: str, is_dropped: bool, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Keep what others call a series, or drop it again.

    Raises:
        Forbidden: the actor changes no series.
        InputError: an alias that can be none.
        NotFound: no such series, or not the actor's; or it has no such alias to be dropped.
        Conflict: it has this alias already, or was merged into another.
    """
    check_reference(alias)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name) as found:
        has_it = alias in rows.aliases_of(found.series_id)
        if is_dropped and not has_it:
            raise NotFound("this series has no such alias")
        if has_it and not is_dropped:
            raise Conflict("this series has this alias already")
        kind = StepKind.ALIAS_REMOVED if is_dropped else StepKind.ALIAS_ADDED
        desk.take(kind, found, value=alias)
        if is_dropped:
            rows.remove_alias(found.series_id, alias)
        else:
            rows.add_alias(found.series_id, alias, agency_id=actor.agency_id)


def set_status(
    *, actor: Actor, name: str, status: SeriesStatus, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Say how far the search for the child is. To end it, and to take it up again, is a co-ordinator's.

    Raises:
        Forbidden: the actor changes no series, or ends none.
        InputError: no reason, or one that is too long; or a status that nobody sets.
        NotFound: no such series, or not the actor's.
        Conflict: this status does not follow the present one, or the series was merged into another.
    """
    check_reason(reason)
    is_grave = status in ENDS or status is SeriesStatus.REOPENED
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name, Permission.SERIES_CLOSE if is_grave else Permission.SERIES_CHANGE) as found:
        check_transition(found.status, status)
        told = {"from": found.status.value, "to": status.value}
        desk.take(StepKind.STATUS_SET, found, value=status, reason=reason, told=told)
        rows.set_status(found.series_id, status)


def set_distributed(
    *, actor: Actor, name: str, distributed: Distributed, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Say whether a series is in circulation.

    Raises:
        Forbidden: the actor changes no series.
        NotFound: no such series, or not the actor's.
        Conflict: it was merged into another.
    """
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name) as found:
        desk.take(StepKind.DISTRIBUTED_SET, found, value=distributed, told={"to": distributed.value})
        rows.set_distributed(found.series_id, distributed)


def set_handling(
    *,
    actor: Actor,
    name: str,
    receivers: Collection[str],
    purposes: Collection[Purpose],
    may_forward: bool,
    until: date | None,
    reason: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> None:
    """Say who else may be given a series, for what, whether they may pass it on, and until when.

    It takes the place of what was said before. The agency is the originator, so that to widen it is its own consent,
    which the step records. Where the series is being compared at an installation whose agencies may not be given it any
    more, that is withdrawn.

    Args:
        receivers: names of other agencies; none, so that nobody else may be given it.

    Raises:
        Forbidden: the actor changes no series.
        InputError: no reason, or one that is too long; a last day that is over; the own agency; or receivers without
            a purpose.
        NotFound: no such series, or not the actor's; or no such agency.
        Conflict: the series was merged into another.
    """
    check_reason(reason)
    if until is not None and until < now.date():
        raise InputError("this day is over")
    if bool(receivers) != bool(purposes):
        raise InputError("say both who may be given it and for what")
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name) as found:
        known = {card.name: card.agency_id for card in agencies.agency_cards().values()}
        if not set(receivers) <= known.keys():
            raise NotFound("no such agency")
        to = frozenset(known[one] for one in receivers)
        if actor.agency_id in to:
            raise InputError("an agency needs no leave for what is its own")
        handling = Handling(to, frozenset(purposes), may_forward, until)
        is_wider = handling.is_wider_than(found.handling)
        told: dict[str, str | int] = {"receivers": len(to), "widened": int(is_wider)}
        desk.take(StepKind.HANDLING_SET, found, reason=reason, value="widened" if is_wider else "narrowed", told=told)
        rows.set_handling(found.series_id, handling)
        ended = withdraw_not_let(found.root_id, handling, now=now)
        for one in ended:
            told = {"comparison": str(one.comparison_id), "member": str(one.member_id)}
            desk.ledger.write(desk.deed(Act.COMPARISON_WITHDRAWN, found, comparisons.cases_told(one), **told))
    for member_id in {one.member_id for one in ended}:
        leave(member_id, now=now)

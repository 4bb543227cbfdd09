"""Comparisons asked of other installations by an officer: asked, read, acknowledged, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.comparison import MOST_ITEMS, Comparison, checked_last_day
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.media import Examined
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.federation.comparison_messages import Asked
from tsunagu.records import agencies, claims, comparison_contents, comparisons, hub_members
from tsunagu.records import series as series_rows
from tsunagu.records.cases import case_of
from tsunagu.records.claims import Scope
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for
from tsunagu.services.access import REFERENCE, check_reference, denials_recorded
from tsunagu.services.comparisons.outbox import is_let, leave, queue_asked, queue_over, queue_seen
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason


@dataclass(frozen=True, slots=True)
class ComparisonsView:
    """What was asked about an officer's series and cases, by whom they were asked, and whom to call.

    Attributes:
        members: names of the installations, by id.
        askable: names of those that something can be asked of now, in order.
    """

    comparisons: tuple[Comparison, ...]
    members: Mapping[UUID, str]
    agencies: Mapping[UUID, AgencyCard]
    askable: tuple[str, ...]


def ask_comparison(
    *,
    actor: Actor,
    kind: ClaimScope,
    name: str,
    to: str,
    until: date | None,
    reason: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> UUID:
    """Have a series or a case of the actor's compared with what another installation's agencies hold.

    Digests and fingerprints of its contents go there, sealed for that member alone, and stay until a day; both sides
    are told of a hit, and who asked also that there is none.

    Args:
        actor: a co-ordinator who works on it.
        kind: what is asked about.
        name: of the series, or the case's reference.
        to: name of the member.
        until: the last day of it, in UTC; None for 30 days.
        reason: why; kept with the comparison.

    Raises:
        Forbidden: the actor asks for no comparisons; or the handling of the series, or of one in which something of the
            case stands, keeps it from an agency there.
        NotFound: no such series or case, or not the actor's; or no such member.
        InputError: no reason, a day that cannot be, nothing to ask about, or too much.
        Conflict: it is being compared there already.
    """
    check_reason(reason)
    check_reference(to)
    last_day = checked_last_day(until, today=now.date())
    permission = Permission.COMPARISON_ASK
    with (
        denials_recorded(actor=actor, permission=permission, asked=name, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        scope, purpose = _scope(actor, kind, name, to=to, last_day=last_day)
        member_id = _member_called(to)
        if any(one.member_id == member_id for one in comparisons.lasting_on(scope.kind, scope.id, today=now.date())):
            raise Conflict("this is being compared there already: withdraw that comparison before you ask anew")
        contents = _contents(actor, scope)
        own, claimed = agencies.agency_cards()[actor.agency_id], claims.lasts_until(scope, now=now)
        asked = Asked(uuid4(), own, purpose, len(contents), last_day, claimed)
        comparisons.add(asked, scope, member_id, officer_id=actor.officer_id, reason=reason, now=now)
        queue_asked(member_id, asked, contents, now=now)
        told: dict[str, str | int] = {
            "comparison": str(asked.comparison_id),
            "member": str(member_id),
            "items": len(contents),
            "merkle_root": merkle_root([one.digests.sha256 for one in contents if one.digests]).hex(),
            "until": last_day.isoformat(),
            "reason": keys.mac(REFERENCE, f"comparison {asked.comparison_id} {reason}".encode()).hex(),
        }
        ledger.write(_deed(Act.COMPARISON_ASKED, actor, () if scope.is_covert else scope.case_ids, now, **told))
    return asked.comparison_id


def list_comparisons(
    *, actor: Actor, about: tuple[ClaimScope, str] | None = None, now: datetime, keys: Keys, ledger: Ledger
) -> ComparisonsView:
    """Return what was asked about the actor's series and cases, newest first.

    Args:
        actor: an officer who reads series.
        about: a series by its name, or a case by its reference, that it is narrowed down to; None for all that is his.

    Raises:
        Forbidden: the actor reads no series.
        NotFound: no such series or case, or not the actor's.
    """
    permission, asked = Permission.SERIES_READ, about[1] if about else "comparisons"
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        found = comparisons.comparisons_of(actor, about=_scope_called(actor, *about) if about else None)
        view = ComparisonsView(found, hub_members.names(), agencies.agency_cards(), hub_members.accepted_names())
    ledger.record(_deed(Act.COMPARISON_READ, actor, (), now, comparisons=len(found)))
    return view


def acknowledge_comparison(*, actor: Actor, comparison_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> int:
    """Take note of what a comparison has found, let the other sides know, and return how many hits waited for it.

    They are told nothing more of one that is over.

    Raises:
        Forbidden: the actor acknowledges nothing.
        NotFound: no such comparison, or not of what is the actor's.
    """
    asked, permission = str(comparison_id), Permission.NOTICE_ACKNOWLEDGE
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        found = comparisons.sent_by(actor, comparison_id)
        hits = comparisons.acknowledge(comparison_id, officer_id=actor.officer_id, now=now)
        if not found.is_over:  # nothing more of it is sent
            queue_seen(found, hits, now=now)
        ledger.write(_deed(Act.COMPARISON_ACKNOWLEDGED, actor, (), now, comparison=asked, hits=len(hits)))
    return len(hits)


def withdraw_comparison(*, actor: Actor, comparison_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Withdraw what was asked: nothing more of it is sent, and it is erased there.

    Raises:
        Forbidden: the actor asks for no comparisons.
        NotFound: no such comparison, or not of what is the actor's.
        Conflict: it is over already.
    """
    asked, permission = str(comparison_id), Permission.COMPARISON_ASK
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        one = comparisons.sent_by(actor, comparison_id)
        if one.is_over:
            raise Conflict("this comparison is over already")
        queue_over(one, now=now)
        ledger.write(_deed(Act.COMPARISON_WITHDRAWN, actor, (), now, comparison=asked, member=str(one.member_id)))
    leave(one.member_id, now=now)


def _scope_called(actor: Actor, kind: ClaimScope, name: str) -> Scope:
    return (claims.scope_of_case if kind is ClaimScope.CASE else claims.scope_of_series)(actor, name)


def _scope(actor: Actor, kind: ClaimScope, name: str, *, to: str, last_day: date) -> tuple[Scope, Purpose]:
    """Return what is asked about, and for what, as far as the handling of its series lets it go there."""
    if kind is ClaimScope.CASE:
        scope, purpose = claims.scope_of_case(actor, name), actor.purpose or case_of(actor, name).purpose
        _check_handlings(actor, scope, _member_called(to), purpose, last_day)
        return scope, purpose
    found = series_rows.series_called(actor, name)
    purpose = actor.purpose or found.purpose
    if not is_let(found.handling, _member_called(to), purpose, last_day):
        raise Forbidden("the handling of this series does not let every agency there be given it until that day")
    return claims.scope_of_series(actor, name), purpose


def _check_handlings(actor: Actor, scope: Scope, member_id: UUID, purpose: Purpose, last_day: date) -> None:
    for name, handling in comparison_contents.series_in(actor, scope).items():
        if not is_let(handling, member_id, purpose, last_day):
            raise Forbidden(
                f"some of it is in the series {name}, whose handling does not let every agency there be given it until "
                "that day"
            )


def _member_called(name: str) -> UUID:
    member_id = hub_members.member_called(name)
    if member_id is None or member_id not in hub_members.member_ids():
        raise NotFound("no such member, or it is not accepted")
    return member_id


def _contents(actor: Actor, scope: Scope) -> list[Examined]:
    contents = list(comparison_contents.contents_of(actor, scope, most=MOST_ITEMS))
    if not contents:
        raise InputError("nothing of it can be asked about: it was not read here, or could not be")
    if len(contents) > MOST_ITEMS:
        raise InputError(f"at most {MOST_ITEMS:,} contents are asked about at once: ask about a series")
    return contents


def _deed(act: Act, actor: Actor, case_ids: Iterable[UUID], now: datetime, **told: str | int) -> Deed:
    return Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details=told, case_ids=tuple(case_ids))

"""Claims: made, renewed, released; and the question whether anybody else works on the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.claim import CLAIM_LASTS, Claim, ClaimScope, Interest, InterestKind
from tsunagu.domain.errors import Conflict, Forbidden
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, claims, interests
from tsunagu.records.claims import Scope
from tsunagu.records.interests import ClaimHit
from tsunagu.records.session import LINKER, acting_for, linking
from tsunagu.services.access import REFERENCE, denials_recorded
from tsunagu.services.comparisons.outbox import tell_claim
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason


@dataclass(frozen=True, slots=True)
class ClaimsView:
    """What is claimed of an officer's cases and series, what he was told of others' interest, and whom to call."""

    claims: tuple[Claim, ...]
    interests: tuple[Interest, ...]
    agencies: Mapping[UUID, AgencyCard]


def list_claims(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> ClaimsView:
    """Return the claims on the actor's cases and series, and what he was told of others' interest, newest first.

    Raises:
        Forbidden: the actor reads no series.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.SERIES_READ, asked="claims", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        named = claims.named_for(actor)
        view = ClaimsView(claims.claims_on(named), claims.interests_in(named, actor), agencies.agency_cards())
    told: dict[str, str | int] = {"claims": len(view.claims), "interests": len(view.interests)}
    ledger.record(Deed(Act.CLAIM_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return view


def ask_interest(
    *, actor: Actor, kind: ClaimScope, name: str, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[AgencyCard, ...]:
    """Return whom to call: the agencies that claim what shares an item with a series or a case of the actor's.

    Nothing else is told of what they claim, and both sides are told that the other has an interest. Where either side
    is covert, the co-ordinator of the covert side alone is told, and the other side nothing. That nobody claims it is
    written down too.

    Args:
        kind: what is asked about.
        name: of the series, or the case's reference.

    Raises:
        Forbidden: the actor claims nothing; or what he asks about is covert, and he is no co-ordinator.
        NotFound: no such series or case, or not the actor's.
    """
    with _scope(actor, kind, name, now=now, keys=keys, ledger=ledger) as scope:
        cards = agencies.agency_cards()
    with linking():
        hits = _told(
            scope,
            interests.overlapping_claims(scope, now=now),
            actor=actor,
            why=InterestKind.ASKED,
            now=now,
            ledger=ledger,
        )
    return _to_call(hits, cards)


def claim(
    *,
    actor: Actor,
    kind: ClaimScope,
    name: str,
    reason: str,
    is_imminent: bool,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> datetime:
    """Claim a series or a case of the actor's for his agency, and return when the claim expires.

    It is asked first whether another agency claims the same. If so, nothing is claimed; unless a child is at imminent
    risk, which overrides every claim: then both sides are told, and it is written down.

    Raises:
        Forbidden: the actor claims nothing; or it is covert, and he is no co-ordinator.
        InputError: no reason, or one that is too long.
        NotFound: no such series or case, or not the actor's.
        Conflict: the agency claims it already; or another agency does, and no child is at imminent risk.
    """
    check_reason(reason)
    with _scope(actor, kind, name, now=now, keys=keys, ledger=ledger) as scope:
        claims.refuse_claimed(scope, now=now)  # before anybody else is told of a claim that is none
    with linking():
        found = interests.overlapping_claims(scope, now=now)
        is_over = any(not one.scope.is_covert for one in found)
        why = InterestKind.OVERRIDDEN if is_imminent and is_over else InterestKind.CLAIMED
        _told(scope, found, actor=actor, why=why, now=now, ledger=ledger)
    if is_over and not is_imminent:
        raise Conflict(
            "another agency claims what shares items with this: `tsunagu claims list` says whom to call; imminent risk "
            "to a child overrides it"
        )
    expires_at = now + CLAIM_LASTS
    with acting_for(actor.agency_id):
        made = claims.add_claim(scope, actor=actor, reason=reason, expires_at=expires_at, overrides=is_over, now=now)
        told: dict[str, str | int] = {
            "claim": str(made),
            "overrides": int(is_over),
            "reason": _words(keys, scope, reason),
        }
        tell_claim(scope, expires_at, now=now)
        act = Act.CLAIM_OVERRIDDEN if is_over else Act.CLAIM_MADE
        ledger.write(_deed(act, actor, scope, now, **told, until=expires_at.date().isoformat()))
    return expires_at


def renew_claim(
    *, actor: Actor, kind: ClaimScope, name: str, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> datetime:
    """Let a claim of the actor's agency last for another 30 days from now, and return when it expires.

    Raises:
        Forbidden, InputError, NotFound: as for `claim`.
        Conflict: there is no claim that lasts.
    """
    check_reason(reason)
    expires_at = now + CLAIM_LASTS
    with _scope(actor, kind, name, now=now, keys=keys, ledger=ledger) as scope:
        renewed = claims.renew(scope, expires_at=expires_at, now=now)
        tell_claim(scope, expires_at, now=now)
        told = {"claim": str(renewed), "reason": _words(keys, scope, reason)}
        ledger.write(_deed(Act.CLAIM_RENEWED, actor, scope, now, **told, until=expires_at.date().isoformat()))
    return expires_at


def release_claim(
    *, actor: Actor, kind: ClaimScope, name: str, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Release a claim of the actor's agency.

    Raises:
        Forbidden, InputError, NotFound: as for `claim`.
        Conflict: there is no claim that lasts.
    """
    check_reason(reason)
    with _scope(actor, kind, name, now=now, keys=keys, ledger=ledger) as scope:
        released = claims.release(scope, now=now)
        tell_claim(scope, None, now=now)
        told = {"claim": str(released), "reason": _words(keys, scope, reason)}
        ledger.write(_deed(Act.CLAIM_RELEASED, actor, scope, now, **told))


@contextmanager
def _scope(actor: Actor, kind: ClaimScope, name: str, *, now: datetime, keys: Keys, ledger: Ledger) -> Iterator[Scope]:
    """Give a series or a case of the actor's, in a transaction; of a covert one, to a co-ordinator alone."""
    with (
        denials_recorded(actor=actor, permission=Permission.CLAIM_MAKE, asked=name, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        of = claims.scope_of_series if kind is ClaimScope.SERIES else claims.scope_of_case
        scope = of(actor, name)
        if scope.is_covert and not actor.may(Permission.HELD_NOTICE_RELEASE):
            raise Forbidden("this is covert: a co-ordinator asks and claims")
        yield scope


def _told(
    scope: Scope, hits: Sequence[ClaimHit], *, actor: Actor, why: InterestKind, now: datetime, ledger: Ledger
) -> list[ClaimHit]:
    """Tell both sides of each hit, write down that was asked, and return the hits that the asker may know of."""
    deeds = []
    for hit in hits:
        if not scope.is_covert:  # of what is covert the other side is told nothing
            interests.tell(hit.scope, scope.agency_id, why, held=hit.scope.is_covert, now=now)
            details: dict[str, str | int] = {"claim": str(hit.claim_id), "held": int(hit.scope.is_covert)}
            deeds.append(Deed(Act.INTEREST_TOLD, now, hit.scope.agency_id, details=details))
        if not hit.scope.is_covert:
            interests.tell(scope, hit.scope.agency_id, InterestKind.FOUND, held=scope.is_covert, now=now)
    known = [one for one in hits if not one.scope.is_covert]
    asked = _deed(Act.CLAIM_ASKED, actor, scope, now, hits=len(known), why=why.value)
    ledger.write(asked, *deeds, using=LINKER)
    return known


def _to_call(hits: Sequence[ClaimHit], cards: Mapping[UUID, AgencyCard]) -> tuple[AgencyCard, ...]:
    return tuple(sorted((cards[one] for one in {hit.scope.agency_id for hit in hits}), key=lambda card: card.name))


def _deed(act: Act, actor: Actor, scope: Scope, now: datetime, **told: str | int) -> Deed:
    # A case is named by the deed itself, as everywhere.
    about = {"series": str(scope.id)} if scope.kind is ClaimScope.SERIES else {}
    details: dict[str, str | int] = {"scope": scope.kind.value, **about, **told}
    cases = () if scope.is_covert else tuple(scope.case_ids)  # a covert case's time-line is read by its officers too
    return Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details=details, case_ids=cases)


def _words(keys: Keys, scope: Scope, reason: str) -> str:
    return keys.mac(REFERENCE, f"claim {scope.id} {reason}".encode()).hex()

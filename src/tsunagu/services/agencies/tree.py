"""The tree of agencies: an operator places, and an officer of the agency above confirms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.agency_tree import AgencyKind, ListedAgency, refuse_ring
from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, agency_places
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_agency, denials_recorded
from tsunagu.services.parts import Keys, Ledger


@dataclass(frozen=True, slots=True)
class LoadedAgencies:
    """What a list of agencies brought: how many are new, how many were placed, how many stood there as they are."""

    entered: int
    placed: int
    known: int


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One agency of the tree, as it is printed.

    Attributes:
        depth: how many stand above it, counted or not.
        counts: whether its place counts; a root's does.
    """

    agency: AgencyCard
    parent: str
    depth: int
    counts: bool


def load_agencies(*, listed: Sequence[ListedAgency], under: str, now: datetime, ledger: Ledger) -> LoadedAgencies:
    """Enter the agencies of a list as correspondents, and place them. An operator's act, which may be repeated.

    Agencies that are there already keep what is said of them and where they stand; what is missing is filled in.

    Args:
        listed: those above before those beneath.
        under: name of the agency above the first ones; empty where nothing stands above them.
        now: dates the places.
        ledger: takes an entry for each agency that is entered or placed.

    Raises:
        InputError: a parent is neither there nor listed before its child; nothing was entered then.
    """
    known = {card.name: card for card in agencies.agency_cards().values()}
    _refuse_unknown_parents(listed, under, known)
    entered = placed = untouched = 0
    for one in listed:
        card = known.get(one.name)
        is_new = card is None
        card = card or AgencyCard(uuid4(), one.name, one.country, one.contact, is_correspondent=True)
        described = replace(
            card,
            kind=card.kind or one.kind,
            local_name=card.local_name or one.local_name,
            code=card.code or one.code,
        )
        parent = known.get(one.parent or under)
        is_placed = _keep(described, parent, is_new=is_new, now=now, ledger=ledger)
        known[one.name] = described
        entered, placed, untouched = entered + is_new, placed + is_placed, untouched + (not is_new and not is_placed)
    return LoadedAgencies(entered, placed, untouched)


def place_agency(*, name: str, under: str, kind: AgencyKind | None, now: datetime, ledger: Ledger) -> bool:
    """Let an agency stand under another, and return whether that counts at once. An operator's act.

    It counts once an officer of the agency above has confirmed it; under a correspondent, at once.

    Args:
        name: the agency's.
        under: name of the agency above.
        kind: what the agency is; None leaves what was said of it.
        now: dates the place.
        ledger: takes the entry, of either agency.

    Raises:
        NotFound: there is no agency of one of the names.
        InputError: it would stand above itself.
    """
    child, parent = _called(name), _called(under)
    places = {one.child_id: one.parent_id for one in agency_places.agency_places()}
    refuse_ring(places, child.agency_id, parent.agency_id)
    with acting_for(child.agency_id):
        if kind is not None:
            agencies.describe_agency(replace(child, kind=kind))
        agency_places.place(child.agency_id, parent.agency_id, now=now)
        ledger.write(*_placed(child.agency_id, parent.agency_id, now))
    return parent.is_correspondent or parent.member_id is not None


def list_tree() -> tuple[TreeLine, ...]:
    """Return all agencies, those above before those beneath, by name. An operator's look, which names no officer."""
    cards = agencies.agency_cards()
    places = {one.child_id: one for one in agency_places.agency_places()}
    tree = agency_places.agency_tree()
    beneath: dict[UUID | None, list[AgencyCard]] = {}
    for card in sorted(cards.values(), key=lambda one: (one.code, one.name)):
        place = places.get(card.agency_id)
        beneath.setdefault(None if place is None else place.parent_id, []).append(card)
    found: list[TreeLine] = []
    waiting = [(card, 0) for card in reversed(beneath.get(None, []))]
    while waiting:
        card, depth = waiting.pop()
        place = places.get(card.agency_id)
        parent = "" if place is None else cards[place.parent_id].name
        found.append(TreeLine(card, parent, depth, place is None or tree.parent_of(card.agency_id) is not None))
        waiting += [(one, depth + 1) for one in reversed(beneath.get(card.agency_id, []))]
    return tuple(found)


def waiting_places(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[AgencyCard, ...]:
    """Return the agencies that wait to be confirmed beneath the actor's own, by name.

    Raises:
        Forbidden: the actor confirms no places.
    """
    permission = Permission.AGENCY_PLACE
    with (
        denials_recorded(actor=actor, permission=permission, asked="places", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        found = agencies.cards_of(agency_places.waiting_under(actor.agency_id))
    return tuple(sorted(found.values(), key=lambda card: card.name))


def confirm_places(
    *, actor: Actor, names: Iterable[str], now: datetime, keys: Keys, ledger: Ledger
) -> tuple[AgencyCard, ...]:
    """Confirm that agencies stand beneath the actor's own, as the operator has placed them, and return them.

    All of them or none.

    Raises:
        Forbidden: the actor confirms no places.
        NotFound: one of the names waits for no confirmation beneath the actor's agency.
    """
    asked = sorted(set(names))
    permission = Permission.AGENCY_PLACE
    with (
        denials_recorded(
            actor=actor, permission=permission, asked=",".join(asked)[:200], now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        waiting = {card.name: card for card in agencies.cards_of(agency_places.waiting_under(actor.agency_id)).values()}
        if not set(asked) <= set(waiting):
            raise NotFound("no such agency waits beneath yours")
        for name in asked:
            card = waiting[name]
            who = {"parent_id": actor.agency_id, "officer_id": actor.officer_id}
            if not agency_places.confirm(card.agency_id, **who, now=now):
                raise NotFound("no such agency waits beneath yours")  # it was moved, or confirmed, at this moment
            details = {"agency": str(card.agency_id)}
            ledger.write(Deed(Act.AGENCY_CONFIRMED, now, actor.agency_id, actor.officer_id, details=details))
    return tuple(waiting[name] for name in asked)


def _refuse_unknown_parents(listed: Sequence[ListedAgency], under: str, known: dict[str, AgencyCard]) -> None:
    there = set(known)
    for one in listed:
        check_agency(one.name, one.contact)
        parent = one.parent or under
        if parent and parent not in there:
            raise InputError("an agency of the list stands under one that is neither here nor listed before it")
        there.add(one.name)


def _keep(card: AgencyCard, parent: AgencyCard | None, *, is_new: bool, now: datetime, ledger: Ledger) -> bool:
    """Enter or complete one agency, place it where it has no place yet, and return whether it was placed."""
    places = {one.child_id: one.parent_id for one in agency_places.agency_places()}
    is_placed = parent is not None and card.agency_id not in places
    with acting_for(card.agency_id):
        if is_new:
            agencies.add_agency(card)
        else:
            agencies.describe_agency(card)
        deeds = [Deed(Act.AGENCY_LISTED, now, card.agency_id)] * is_new
        if parent is not None and is_placed:
            refuse_ring(places, card.agency_id, parent.agency_id)
            agency_places.place(card.agency_id, parent.agency_id, now=now)
            deeds += _placed(card.agency_id, parent.agency_id, now)
        ledger.write(*deeds)
    return is_placed


def _placed(child_id: UUID, parent_id: UUID, now: datetime) -> list[Deed]:
    """Return what is written down of a place, for both agencies: the operator is nobody's officer."""
    details = {"agency": str(child_id), "under": str(parent_id)}
    return [Deed(Act.AGENCY_PLACED, now, one, details=details) for one in (child_id, parent_id)]


def _called(name: str) -> AgencyCard:
    card = agencies.agency_called(name)
    if card is None:
        raise NotFound("there is no agency of this name")
    return card

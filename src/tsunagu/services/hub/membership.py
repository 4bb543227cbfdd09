"""Members: the operator enters a card, a co-ordinator accepts its keys, and keys are changed by the old ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.hub import Member, MemberState, MemberStatus
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.federation.card import InstallationCard, card_from, check_address, check_words, written
from tsunagu.federation.keys import MemberKeys, OwnKeys, is_same_fingerprint
from tsunagu.records import agencies, compared, hub_members, hub_messages
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_reference, denials_recorded
from tsunagu.services.comparisons.inbox import end_comparisons
from tsunagu.services.comparisons.outbox import end_with
from tsunagu.services.erasures.erasing import complete_erasures
from tsunagu.services.members.agency_cards import enter_agency
from tsunagu.services.members.desk import hub_desk, sealed_keys
from tsunagu.services.parts import Keys, Ledger


def check_has_card() -> None:
    """Do nothing when this installation has a card, by which others know it.

    Raises:
        Unavailable: it has none yet.
    """
    hub_members.required_own_id()


def write_card(
    *, name: str | None, address: str | None, listed: Sequence[str], now: datetime, keys: Keys, ledger: Ledger
) -> tuple[str, InstallationCard]:
    """Return this installation's card as a file's text, and what it says. The first time, its keys are made.

    An operator's act.

    Args:
        name: what others call it; needed the first time, and never changed.
        address: where it takes messages; None leaves what was said.
        listed: names of the agencies here that others may send alerts to.
        now: dates the keys.
        keys: seals the private ones.
        ledger: takes an entry when the keys are made, and for each card.

    Raises:
        InputError: no name the first time, another one later, or an address that is none.
        NotFound: an agency is not here.
    """
    if address is not None:
        check_address(address)
    cards = {card.name: card for card in agencies.agency_cards().values() if card.member_id is None}
    if not set(listed) <= set(cards):
        raise NotFound("there is no agency of this name here")
    own = hub_members.own_installation()
    if own is None:
        own = _founded(name, address or "", now=now, keys=keys, ledger=ledger)
    elif name not in {None, own[1]}:
        raise InputError("this installation has a name already, which others know")
    with acting_for(own[0]):
        hub_members.set_address(own[0], own[2] if address is None else address)
        ledger.write(Deed(Act.HUB_CARD_WRITTEN, now, None, details={"agencies": len(set(listed))}))
    newest = hub_desk(keys=keys).newest
    told = tuple(cards[one] for one in sorted(set(listed)))
    card = InstallationCard(own[0], own[1], own[2] if address is None else address, newest.public, told)
    return written(card, newest), card


def _founded(name: str | None, address: str, *, now: datetime, keys: Keys, ledger: Ledger) -> tuple[UUID, str, str]:
    if name is None:
        raise InputError("say what others shall call this installation")
    check_words(name)
    own_id, own = uuid4(), OwnKeys.fresh(1)
    card = InstallationCard(own_id, name, address, own.public, ())
    with acting_for(own_id):
        hub_members.add_installation(card, sealed=sealed_keys(keys, own_id, own), now=now)
        ledger.write(Deed(Act.HUB_KEYS_MADE, now, None, details={"key": 1}))
    return own_id, name, address


def join_member(*, text: str, now: datetime, ledger: Ledger) -> Member:
    """Enter another installation by its card, so that a co-ordinator may accept it, and return it. An operator's act.

    The same card again completes what was broken off. A newer one of an installation that is here, signed by the keys
    that it is known by, tells where it takes messages now, and of agencies that it has listed since.

    Raises:
        InputError: this is no card, or this installation's own.
        Conflict: another one of its name or with one of its agencies is there, it has another name or other keys here,
            or its membership was ended.
        Unavailable: this installation has no card of its own yet.
    """
    card = card_from(text)
    if card.installation_id == hub_members.required_own_id():
        raise InputError("this is the card of this installation itself")
    known = agencies.agency_cards()
    of_others = [known[one.agency_id] for one in card.agencies if one.agency_id in known]
    if any(one.member_id != card.installation_id for one in of_others):
        raise Conflict("an agency of this card is in the directory already")
    with acting_for(card.installation_id):
        _enter_card(card, now=now)
        details: dict[str, str | int] = {"member": str(card.installation_id), "agencies": len(card.agencies)}
        ledger.write(Deed(Act.HUB_JOINED, now, None, details=details))
    for one in card.agencies:
        if one.agency_id not in known:
            enter_agency(one, member_id=card.installation_id, member=card.name, now=now, ledger=ledger)
    return _member(card.installation_id)


def _enter_card(card: InstallationCard, *, now: datetime) -> None:
    member = hub_members.member_of(card.installation_id)
    if member is None:
        hub_members.add_installation(card, sealed=None, now=now)
        return
    if member.state is MemberState.ENDED:
        raise Conflict("this membership was ended")
    if (member.name, member.fingerprint) != (card.name, card.keys.fingerprint):
        raise Conflict("this installation is there already, under another name or with other keys")
    hub_members.set_address(card.installation_id, card.address)


def accept_member(*, actor: Actor, name: str, fingerprint: str, now: datetime, keys: Keys, ledger: Ledger) -> Member:
    """Accept another installation, whose fingerprint the actor has from it by another way, and return it.

    From then on messages are exchanged with it. To accept it again changes nothing.

    Raises:
        Forbidden: the actor accepts no members.
        NotFound: no such installation was entered.
        InputError: its fingerprint is another one.
        Conflict: its membership was ended.
    """
    check_reference(name)
    with denials_recorded(actor=actor, permission=Permission.HUB_ACCEPT, asked=name, now=now, keys=keys, ledger=ledger):
        member_id = hub_members.member_called(name)
        if member_id is None:
            raise NotFound("no such installation")
        member = _member(member_id)
        if not is_same_fingerprint(fingerprint, member.fingerprint):
            raise InputError("the fingerprint is another one: do not accept this installation before you know why")
        with acting_for(member_id):
            if hub_members.accept(member_id, officer_id=actor.officer_id, now=now):
                details: dict[str, str | int] = {"member": str(member_id), "key": member.key_number}
                ledger.write(Deed(Act.HUB_ACCEPTED, now, actor.agency_id, actor.officer_id, details=details))
            elif member.accepted_at is None:
                raise Conflict("this membership was ended")
    return _member(member_id)


def end_member(*, name: str, now: datetime, keys: Keys, ledger: Ledger) -> Member:
    """End a membership for good: nothing more is sent there, and nothing is taken from there. An operator's act.

    What its agencies had asked to be compared here is erased.

    Raises:
        NotFound: no such installation.
        Conflict: it was ended already, and nothing of that was left to be done.
    """
    member_id = hub_members.member_called(name)
    if member_id is None:
        raise NotFound("no such installation")
    with acting_for(member_id):
        is_new = hub_members.end(member_id, now=now)
        if is_new:
            hub_messages.empty(member_id)
            ledger.write(Deed(Act.HUB_ENDED, now, None, details={"member": str(member_id)}))
    # Whoever is killed from here on calls again, and what is left is done.
    is_left = is_new or _is_asked(member_id)
    end_with(member_id, now=now, ledger=ledger)
    ended = end_comparisons(member_id, now=now, keys=keys, ledger=ledger)
    asking = compared.askers_through(member_id)
    erased = complete_erasures(now=now, keys=keys, ledger=ledger, agency_ids=asking)
    if not (is_left or ended or erased):
        raise Conflict("this membership was ended already")
    return _member(member_id)


def _is_asked(member_id: UUID) -> bool:
    """Return whether an agency here has asked something of a member that is not over."""
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            if hub_members.is_asked(member_id):
                return True
    return False


def rotate_keys(*, now: datetime, keys: Keys, ledger: Ledger) -> MemberKeys:
    """Make new keys of this installation, and return them. An operator's act.

    Each member is told them by the old ones with the next messages, and is sent messages by those that it holds until
    it has said that it holds these.

    Raises:
        Unavailable: this installation has no card yet.
    """
    desk = hub_desk(keys=keys)
    fresh = OwnKeys.fresh(desk.newest.number + 1)
    with acting_for(desk.own_id):
        hub_members.add_keys(desk.own_id, fresh.public, sealed=sealed_keys(keys, desk.own_id, fresh), now=now)
        ledger.write(Deed(Act.HUB_KEYS_MADE, now, None, details={"key": fresh.number}))
    return fresh.public


def list_members() -> tuple[Member, ...]:
    """Return all other installations that were ever entered, by name. An operator's look."""
    return tuple(_member(one) for one in hub_members.member_ids(accepted=False))


def exchange_status() -> tuple[MemberStatus, ...]:
    """Return how the exchange with each member stands, by name. An operator's look: numbers and times."""
    found = []
    for member in list_members():
        with acting_for(member.member_id):
            counts = hub_messages.counts(member.member_id)
        found.append(
            MemberStatus(
                member,
                counts.unsent,
                counts.unanswered,
                counts.oldest,
                counts.refused_there,
                counts.waiting,
                counts.refused_here,
            )
        )
    return tuple(found)


def _member(member_id: UUID) -> Member:
    with acting_for(member_id):
        member = hub_members.member_of(member_id)
    if member is None:
        raise NotFound("no such installation")
    return member

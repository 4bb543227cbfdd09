"""An installation is entered once, however often its card is; what messages say is kept no longer than it is needed."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError

from tsunagu.domain.errors import Conflict
from tsunagu.domain.hub import Member
from tsunagu.domain.party import AgencyCard
from tsunagu.federation.card import InstallationCard, written
from tsunagu.federation.keys import OwnKeys
from tsunagu.records import agencies
from tsunagu.records.models import HubIncoming, HubOutgoing
from tsunagu.records.session import acting_for
from tsunagu.services.hub import membership as hub_membership
from tsunagu.services.hub.membership import end_member, join_member, write_card

from .homes import Home
from .three_homes import Three
from .world import World, now, random_name

KEYS = OwnKeys.fresh(1)


def a_card() -> InstallationCard:
    """Return the card of an installation elsewhere with two agencies."""
    listed = tuple(AgencyCard(uuid4(), random_name("there"), "DK", "a desk") for _ in range(2))
    return InstallationCard(uuid4(), random_name("elsewhere"), "", KEYS.public, listed)


def enter(world: World, card: InstallationCard, keys: OwnKeys = KEYS) -> Member:
    write_card(name=None if _has_card() else random_name("here"), address=None, listed=(), **world.parts)
    return join_member(text=written(card, keys), now=now(), ledger=world.rooms.ledger)


def _has_card() -> bool:
    return hub_membership.hub_members.own_installation() is not None


def reached_through(card: InstallationCard) -> set[UUID]:
    return {one.agency_id for one in agencies.agency_cards().values() if one.member_id == card.installation_id}


def test_joining_that_was_broken_off_is_completed_by_the_same_card(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = a_card()

    class Killed(BaseException):
        """What no code expects."""

    enter_agency, entered = hub_membership.enter_agency, []

    def kill_at_the_second(one: AgencyCard, **more: object) -> None:
        if entered:
            raise Killed
        entered.append(one)
        enter_agency(one, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(hub_membership, "enter_agency", kill_at_the_second)
        with pytest.raises(Killed):
            enter(world, card)
    assert len(reached_through(card)) == 1
    enter(world, card)
    assert reached_through(card) == {one.agency_id for one in card.agencies}


def test_a_newer_card_tells_another_address_and_agencies_listed_since(world: World) -> None:
    card = a_card()
    assert enter(world, replace(card, agencies=card.agencies[:1])).address == ""
    assert enter(world, replace(card, address="https://hub.example.org/hub/")).address == "https://hub.example.org/hub/"
    assert reached_through(card) == {one.agency_id for one in card.agencies}


def test_a_card_of_other_keys_or_another_name_or_of_a_membership_that_was_ended_is_refused(world: World) -> None:
    card, others = a_card(), OwnKeys.fresh(1)
    enter(world, card)
    for changed, keys in ((replace(card, keys=others.public), others), (replace(card, name=random_name("x")), KEYS)):
        with pytest.raises(Conflict, match="another name or with other keys"):
            enter(world, changed, keys)
    with pytest.raises(Conflict, match="agency of this card"):
        enter(world, replace(card, installation_id=uuid4(), name=random_name("elsewhere")))
    end_member(name=card.name, **world.parts)
    with pytest.raises(Conflict, match="ended"):
        enter(world, card)


def said(home: Home, other: Home) -> list[object]:
    """Return what is kept of what messages between two installations say, at the first."""
    assert other.installation_id
    with home.here(), acting_for(other.installation_id):
        rows = [row for table in (HubOutgoing, HubIncoming) for row in table.objects.values_list("body", flat=True)]
    return [body for body in rows if body != {}]


def test_what_a_message_says_is_kept_until_it_is_answered_and_acted_upon(three: Three) -> None:
    three.raise_alert()
    assert len(said(three.nordic, three.body_home)) == 1
    three.exchange()
    assert said(three.nordic, three.body_home) == said(three.body_home, three.nordic) == []


def test_what_a_message_says_is_never_changed_to_anything_else(three: Three) -> None:
    three.raise_alert()
    assert three.body_home.installation_id
    refused = pytest.raises(ProgrammingError, match="not changed")
    with three.nordic.here(), refused, acting_for(three.body_home.installation_id):
        HubOutgoing.objects.filter(answered_at=None).update(body={"alert": "another"})
    three.exchange()


def test_nothing_of_what_waits_for_a_member_is_kept_once_its_membership_has_ended(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    three.raise_alert()
    assert said(three.nordic, three.body_home)
    with three.nordic.here() as world, monkeypatch.context() as patch:
        patch.setattr(hub_membership.hub_members, "end", lambda *_, **__: True)  # all tests share this membership
        end_member(name=three.body_home.name, **world.parts)
    assert said(three.nordic, three.body_home) == []

"""The tree of agencies: loaded, placed by an operator, confirmed by the agency above."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connections

from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.exchange.agency_list import agencies_from, shipped_list
from tsunagu.records import agencies, agency_places
from tsunagu.records.models import AgencyPlaceRow
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.identity import NewOfficer, found_agency
from tsunagu.services.agencies.tree import load_agencies, place_agency

from .scene import OVERSEES, WORKS
from .world import PASSWORD, Person, World, now, random_name


def listed(*rows: tuple[str, str]) -> str:
    """Return a file with agencies, each with the one above it."""
    head = "name\tlocal_name\tkind\tcode\tcountry\tparent\tcontact"
    lines = (f"{name}\t\tregional-police\t\tJP\t{parent}\tits desk" for name, parent in rows)
    return "\n".join((head, *lines))


@pytest.fixture
def body(world: World) -> Person:
    """A co-ordinator of an agency that others are placed beneath."""
    return world.found(WORKS, OVERSEES)[0]


def _load(world: World, text: str, under: str = "") -> tuple[int, int, int]:
    done = load_agencies(listed=agencies_from(text), under=under, now=now(), ledger=world.rooms.ledger)
    return done.entered, done.placed, done.known


def test_the_47_prefectures_are_loaded_and_loading_them_again_changes_nothing(world: World) -> None:
    loaded = [
        load_agencies(listed=shipped_list("japan"), under="", now=now(), ledger=world.rooms.ledger) for _ in range(2)
    ]
    assert [(one.entered, one.placed, one.known) for one in loaded] == [(48, 47, 0), (0, 0, 48)]
    npa, kyoto = (
        agencies.agency_called(f"{one}") for one in ("National Police Agency of Japan", "Kyoto Prefectural Police")
    )
    assert npa
    assert kyoto
    assert (kyoto.local_name, kyoto.code, kyoto.is_correspondent) == ("京都府警察本部", "JP-26", True)
    tree = agency_places.agency_tree()
    assert len(tree.children_of(npa.agency_id)) == 47
    assert len(tree.beside(kyoto.agency_id)) == 46


def test_a_place_beneath_a_member_counts_once_its_coordinator_has_confirmed_it(world: World, body: Person) -> None:
    name = random_name("bureau")
    assert _load(world, listed((name, "")), under=body.agency) == (1, 1, 0)
    child = agencies.agency_called(name)
    assert child
    assert agency_places.agency_tree().parent_of(child.agency_id) is None
    assert [one["agency"] for one in world.json(body, "agency", "waiting")] == [name]
    assert world.run(body, "agency", "confirm", name).status == 0
    assert (world.last_entry()["act"], world.last_entry()["officer"]) == (
        "agency:confirmed",
        str(body.actor.officer_id),
    )
    assert agency_places.agency_tree().parent_of(child.agency_id) == body.actor.agency_id
    assert world.json(body, "agency", "waiting") == []
    assert world.run(body, "agency", "confirm", name).status == 4


def test_whoever_is_moved_waits_to_be_confirmed_anew(world: World, body: Person) -> None:
    name, other = random_name("bureau"), world.found(WORKS, OVERSEES)[0]
    _load(world, listed((name, "")), under=body.agency)
    assert world.run(body, "agency", "confirm", "--all").status == 0
    assert world.run(body, "agency", "place", name, "--under", other.agency, "--kind", "hotline").status == 0
    child = agencies.agency_called(name)
    assert child
    assert child.kind is AgencyKind.HOTLINE
    assert agency_places.agency_tree().parent_of(child.agency_id) is None
    lines = {one["agency"]: one for one in world.json(body, "agency", "tree")}
    assert (lines[name]["under"], lines[name]["confirmed"]) == (other.agency, False)
    told = {
        entry["agency"] for entry in world.entries() if entry.get("details", {}).get("agency") == str(child.agency_id)
    }
    assert told == {str(child.agency_id), str(body.actor.agency_id), str(other.actor.agency_id)}


def test_a_list_with_an_unknown_agency_above_enters_nothing(world: World) -> None:
    name = random_name("bureau")
    with pytest.raises(InputError):
        _load(world, listed((name, ""), (random_name("town"), random_name("nobody"))))
    assert agencies.agency_called(name) is None
    with pytest.raises(NotFound):
        place_agency(name=name, under=name, kind=None, now=now(), ledger=world.rooms.ledger)


def test_a_correspondent_becomes_a_member_where_it_stands_and_a_member_is_not_founded_twice(
    world: World, body: Person
) -> None:
    name = random_name("bureau")
    _load(world, listed((name, ""), (town := random_name("town"), name)), under=body.agency)
    world.run(body, "agency", "confirm", name)
    before, beneath = agencies.agency_called(name), agencies.agency_called(town)
    assert before
    assert beneath
    assert agency_places.agency_tree().parent_of(beneath.agency_id) == before.agency_id
    newcomers = tuple(
        NewOfficer(random_name("officer"), "N", frozenset(roles), PASSWORD) for roles in (WORKS, OVERSEES)
    )
    card, _ = found_agency(name=name, country="JP", contact="a desk", officers=newcomers, **world.parts)
    assert (card.agency_id, card.is_correspondent, card.kind) == (before.agency_id, False, AgencyKind.REGIONAL_POLICE)
    tree = agency_places.agency_tree()
    assert tree.parent_of(card.agency_id) == body.actor.agency_id
    assert tree.parent_of(beneath.agency_id) is None, "a member confirms what stands beneath it"
    with pytest.raises(Conflict):
        found_agency(name=name, country="JP", contact="a desk", officers=newcomers, **world.parts)


def test_nobody_confirms_his_own_place_not_even_past_the_services(world: World, body: Person) -> None:
    other = world.found(WORKS, OVERSEES)[0]
    place_agency(name=body.agency, under=other.agency, kind=None, now=now(), ledger=world.rooms.ledger)
    ours, officer = body.actor.agency_id, body.actor.officer_id
    with pytest.raises(DatabaseError, match="row-level security"), acting_for(ours):
        AgencyPlaceRow.objects.filter(child_id=ours).update(confirmed_at=now(), confirmed_by_id=officer)
    stranger = world.found(WORKS, OVERSEES)[0].actor
    with acting_for(stranger.agency_id):
        rows = AgencyPlaceRow.objects.filter(child_id=ours)
        assert rows.update(confirmed_at=now(), confirmed_by_id=stranger.officer_id) == 0
    with acting_for(stranger.agency_id), connections["default"].cursor() as cursor:
        cursor.execute("UPDATE agency SET contact = 'call me' WHERE id = %s", [ours])
        assert cursor.rowcount == 0


def test_an_agency_that_nobody_placed_is_as_it_was(world: World, body: Person) -> None:
    card = agencies.agency_called(body.agency)
    assert card
    assert (card.kind, card.is_correspondent) == (None, False)
    [line] = [one for one in world.json(body, "agency", "tree") if one["agency"] == body.agency]
    assert json.loads(json.dumps(line)) == {
        "agency": body.agency,
        "local_name": "",
        "kind": None,
        "code": "",
        "country": "DK",
        "correspondent": False,
        "under": None,
        "confirmed": True,
    }

"""Messages say what is the matter: what was not found, what is missing, what was done already, what is no login."""

from __future__ import annotations

import pytest

from tsunagu.domain.errors import InputError, NotFound, NotSignedIn
from tsunagu.services.agencies.identity import NewOfficer, found_agency, sign_in
from tsunagu.services.agencies.proposals import propose_officer
from tsunagu.services.overlaps.answers import release

from .linked import Held, Made, copy, overlap_between
from .scene import OVERSEES, WORKS
from .world import PASSWORD, World, random_name

CONFLICT, NOT_FOUND = 6, 4
TODAY = "2999-01-01"


def test_a_list_of_cases_that_holds_none_of_those_looked_for_does_not_deny_that_there_are_cases(world: World) -> None:
    anna, _ = world.found(WORKS, OVERSEES)
    assert "You work on no case yet" in world.run(anna, "case", "list", "--search", "zzz").text
    Held.open(world, anna)
    for options in (("--search", "zzz"), ("--state", "closed"), ("--since", TODAY)):
        said = world.run(anna, "case", "list", *options).text
        assert "None of your cases is such." in said
        assert "no case yet" not in said


def test_who_has_shared_is_not_told_to_share_again(world: World) -> None:
    (anna, _), (ben, _), picture = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES), Made().picture()
    ours = Held.open(world, anna).bring(picture)
    theirs = Held.open(world, ben).bring(copy(picture))
    overlap = overlap_between(ours, theirs)
    assert "`tsunagu share`" in world.run(anna, "hits", str(overlap)).text
    ours.share(overlap)
    said = " ".join(world.run(anna, "hits", str(overlap)).text.split())
    assert "you have shared, the other side has not" in said
    assert "`tsunagu share`" not in said


def test_what_is_released_already_is_said_to_be_so_to_co_ordinators_of_its_agency_alone(world: World) -> None:
    anna, carl, adam = world.found(WORKS, WORKS, OVERSEES)
    ben, _ = world.found(WORKS, OVERSEES)
    picture = Made().picture()
    ours = Held.open(world, anna, covert=True).bring(picture)
    Held.open(world, ben).bring(copy(picture))
    [held] = ours.notices()
    assert release(actor=carl.actor, overlap_id=held.overlap_id, **world.parts)
    for one in (anna, carl):
        again = world.run(one, "release", str(held.overlap_id))
        assert again.status == CONFLICT
        assert "released already" in again.text
    assert world.run(ben, "release", str(held.overlap_id)).status == NOT_FOUND
    with pytest.raises(NotFound):
        release(actor=ben.actor, overlap_id=held.overlap_id, **world.parts)
    assert world.run(adam, "release", str(held.overlap_id)).status not in {0, CONFLICT}


@pytest.mark.parametrize(
    ("agency", "contact", "login", "name", "said"),
    [
        ("", "contact", "login", "Name", "--agency"),
        ("Agency", " ", "login", "Name", "--contact"),
        ("Agency", "contact", "", "Name", "a login"),
        ("Agency", "contact", "login", "", "--name"),
        ("Agency", "contact", "two words", "Name", "a new login has no space"),
    ],
)
def test_what_is_no_name_is_named(world: World, agency: str, contact: str, login: str, name: str, said: str) -> None:
    officers = tuple(
        NewOfficer(one, name, frozenset(roles), PASSWORD)
        for one, roles in ((login, WORKS), (random_name("second"), OVERSEES))
    )
    with pytest.raises(InputError, match=said):
        found_agency(name=agency, country="DK", contact=contact, officers=officers, **world.parts)


def test_a_new_login_has_no_space_and_an_old_one_that_has_is_let_in_as_before(world: World) -> None:
    _, adam = world.found(WORKS, OVERSEES)
    with pytest.raises(InputError, match="no space"):
        propose_officer(actor=adam.actor, login="two words", name="N", roles=frozenset(WORKS), **world.parts)
    with pytest.raises(NotSignedIn):
        sign_in(login="two words", password=PASSWORD, code="000000", **world.parts)

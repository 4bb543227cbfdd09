"""Three leaks that another system of this kind was reported to have, played out here by name, and refused."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse

from tsunagu.domain.permission import Role
from tsunagu.records.cases import add_member
from tsunagu.records.models import Officer, RetentionRule
from tsunagu.records.session import acting_for
from tsunagu.services.house import Rooms
from tsunagu.web.rooms import serve_from

from .api.programs import Answer as ApiAnswer
from .api.programs import Program
from .linked import Held, Made, copy, overlap_between
from .scene import OVERSEES, WORKS
from .test_certification import certified_until
from .web.visitors import Answer, Visitor, seen
from .world import Outcome, Person, World, now, random_name

FORBIDDEN, NOT_FOUND = 5, 4
Asking = Callable[[Person], tuple[Outcome | Answer | ApiAnswer, ...]]


@pytest.fixture(scope="module", autouse=True)
def _served(rooms: Rooms) -> None:
    from django.conf import settings

    settings.SECRET_KEY = secrets.token_hex(32)
    settings.ALLOWED_HOSTS = ["localhost"]
    serve_from(rooms)
    cache.clear()


def _content_of(held: Held) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the commands and the pages that tell what a case holds."""
    case = held.case.reference
    commands = (("case", "show", case), ("items", "--case", case, "--json"), ("deletion", "show", case))
    pages = (
        reverse("case", args=[case]),
        reverse("items", args=[case]) + "?exhibit=E1",
        reverse("intake", args=[case]),
    )
    return commands, pages


def test_coop_1153_nobody_is_put_where_content_is_whose_roles_reach_none(world: World) -> None:
    """In Coop an administrator could add a moderator without the permission VIEW_CHILD_SAFETY_DATA to the queue of
    child safety jobs, for joining was not held against the permission (roostorg/coop #1153).

    Here a case is the place. To join it is refused to whoever may read no case, by page and by command, and written
    down. Should such a row be there all the same, it opens nothing: each door asks for the permission when it is read,
    and for a certification that holds at that moment.
    """
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    audra, carl = world.enroll(adam, Role.AUDITOR), world.enroll(adam, Role.OFFICER)
    content = Made().file()
    held = Held.open(world, anna).bring(content)
    commands, pages = _content_of(held)
    for unfit in (adam, audra):
        refused = world.run(anna, "case", "join", held.case.reference, unfit.login)
        assert (refused.status, refused.stdout, refused.entries) == (FORBIDDEN, "", 1)
        assert world.last_entry()["act"] == "access:denied"
        form = Visitor(world).sits_down_as(anna).post(reverse("staff", args=[held.case.reference]), login=unfit.login)
        assert form.status_code == 403
        with acting_for(anna.actor.agency_id):
            add_member(held.case, officer_id=unfit.actor.officer_id, added_by=anna.actor.officer_id, now=now())
        for command in commands:
            assert (world.run(unfit, *command).status, world.run(unfit, *command).stdout) == (FORBIDDEN, "")
        for page in pages:
            answer = Visitor(world).sits_down_as(unfit).get(page)
            assert answer.status_code == 403
            assert content.path not in answer.content
    assert world.run(anna, "case", "join", held.case.reference, carl.login).status == 0
    _succeeds(world, carl, commands, pages)
    certified_until(carl, None)
    assert {world.run(carl, *command).status for command in commands} == {FORBIDDEN}
    assert {Visitor(world).sits_down_as(carl).get(page).status_code for page in pages} == {403}


def _succeeds(world: World, person: Person, commands: tuple, pages: tuple[str, ...]) -> None:
    assert {world.run(person, *command).status for command in commands} == {0}
    assert {Visitor(world).sits_down_as(person).get(page).status_code for page in pages} == {200}


def test_coop_1154_what_was_within_reach_before_a_change_is_not_left_behind(world: World) -> None:
    """In Coop child safety jobs that lay in the old queue stayed there when another queue was named for them, open to
    every moderator of it, whatever he was permitted (roostorg/coop #1154).

    Here nothing is copied to a place that has an access list of its own: case, items, hits and notices are read through
    the case, at the moment of reading. Who leaves a case finds by every address that he has kept, by page, command and
    key, what he would find had it never been; its overlaps and notices leave his lists with it. Who stays goes on.
    """
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    ben, _ = world.found(WORKS, OVERSEES)
    carl = world.enroll(adam, Role.OFFICER)
    content = Made().file()
    mine, theirs = Held.open(world, anna).bring(content), Held.open(world, ben).bring(copy(content))
    overlap = overlap_between(mine, theirs)
    assert [one.share(overlap) for one in (mine, theirs)] == [False, True]
    case = mine.case.reference
    assert world.run(anna, "case", "join", case, carl.login).status == 0
    [hit] = mine.hits(overlap)
    program = {one: Program.of(world, one) for one in (anna, carl)}

    def tried(person: Person, reference: str, overlap_id: str, hit_id: int) -> list[Outcome | Answer | ApiAnswer]:
        visitor = Visitor(world).sits_down_as(person)
        commands = (("case", "show", reference), ("items", "--case", reference), ("hits", overlap_id),
                    ("acknowledge", overlap_id), ("judge", str(hit_id), "unsure"))  # fmt: skip
        return [
            *(world.run(person, *command) for command in commands),
            *(
                program[person].ask("GET", path, reference=reference, exhibit="E1")
                for path in ("/api/case", "/api/case/items")
            ),
            program[person].ask("GET", f"/api/overlaps/{overlap_id}"),
            *(
                seen(visitor.get(reverse(name, args=[named])))
                for name, named in (("case", reference), ("items", reference), ("overlap", overlap_id))
            ),
        ]

    kept, nowhere = (case, str(overlap), hit.hit_id), (random_name("absent"), str(uuid4()), hit.hit_id + 10**12)
    assert {one.status for one in tried(carl, *kept)} == {0, 200}
    assert world.run(anna, "case", "leave", case, carl.login).status == 0
    assert tried(carl, *kept) == tried(carl, *nowhere)
    assert {one.status for one in tried(carl, *kept)} == {NOT_FOUND, 404}
    for command in (("case", "list"), ("notices",), ("overlaps",)):
        told = world.run(carl, *command)
        assert told.status == 0
        assert not [one for one in (case, str(overlap), ben.agency) if one in told.text]
    for page in ("/", "/cases/", "/overlaps/", "/notices/", "/my-ledger/", "/my-ledger/?of=others"):
        told = Visitor(world).sits_down_as(carl).get(page)
        assert told.status_code == 200
        assert not [one for one in (case, str(overlap), ben.agency) if one in told.content.decode()], page
    assert {one.status for one in tried(anna, *kept)} == {0, 200}


SETTINGS = (
    ("retention", {"months": "7"}, ("retention", "set", "7")),
    (
        "officers",
        {"login": "somebody", "name": "N", "roles": "officer"},
        ("officer", "invite", "somebody", "--name", "N", "--role", "officer"),
    ),
    ("permissions", {"permission": "media:view", "days": "30"}, ("permission", "propose", "media:view")),
)
"""What an agency decides for all its officers: the pages that show and change it, what these are sent, the commands."""


def test_coop_504_who_does_not_administer_neither_sees_nor_saves_settings(world: World) -> None:
    """In Coop an external moderator who found the button "settings" could open and save the organisation's settings on
    wellness and on reports (roostorg/coop #504).

    Here each setting is a permission of its own, which no working role carries: not that of an officer of the agency,
    nor that of one of another agency, who shares an overlap with it; nor does any key. Page and command refuse to show
    and to save alike, nothing changes, and it is written down. An administrator beside them sees and saves.
    """
    adam, _ = world.found({Role.ADMINISTRATOR}, {Role.ADMINISTRATOR})
    bella, _ = world.found({Role.ADMINISTRATOR}, {Role.ADMINISTRATOR})
    carl, ben = world.enroll(adam, Role.OFFICER), world.enroll(bella, Role.OFFICER)
    for person in (carl, ben):
        before = _settings(person)
        visitor, program = Visitor(world).sits_down_as(person), Program.of(world, person)
        for name, typed, command in SETTINGS:
            page = reverse(name)
            for answer in (visitor.get(page), visitor.post(page, **typed)):
                assert (answer.status_code, b"<form method" in answer.content) == (403, True), name
            assert (world.run(person, *command).status, world.last_entry()["act"]) == (FORBIDDEN, "access:denied")
            assert page.encode() not in visitor.get("/cases/").content, "a way in is shown to who may not take it"
        assert program.ask("POST", "/api/retention").status == 404
        assert _settings(person) == before
    for name, typed, _ in SETTINGS:
        visitor = Visitor(world).sits_down_as(adam)
        assert visitor.get(reverse(name)).status_code == 200
        assert visitor.post(reverse(name), **typed).status_code == 302
    assert _settings(carl)[0] == [7]


def _settings(person: Person) -> tuple[list[int], int]:
    """Return what is set at somebody's agency: the months that a case is kept, and how many officers it has."""
    with acting_for(person.actor.agency_id):
        return list(RetentionRule.objects.values_list("keep_months", flat=True)), Officer.objects.count()

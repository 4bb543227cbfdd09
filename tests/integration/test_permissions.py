"""Whoever asks for what is not his learns nothing, not even whether it is there; who is entitled succeeds."""

from __future__ import annotations

import hashlib
import inspect
import pkgutil
import secrets
from importlib import import_module

import click
import pytest

import tsunagu.services
from tsunagu.cli.main import program
from tsunagu.domain.actor import Actor
from tsunagu.domain.permission import BY_GRANT, Permission, Role
from tsunagu.records.models import HitRow

from .brought import SERVICES as SERVICES_OF_INTAKES
from .scene import DOORS, OVERSEES, WORKS, Door, Scene
from .world import Person, World, random_name

WITH_TARGET = [door for door in DOORS if door.target]
LISTS = [door for door in DOORS if not door.target]
FORBIDDEN, NOT_FOUND, CONFLICT = 5, 4, 6

READ_NO_HOLDINGS = {
    "compare", "fingerprint", "law applies", "law file", "law list", "law show", "list generate", "list mapping",
    "package verify", "scan", "statistics check", "statistics table",
}  # fmt: skip
AS_OTHERS = {"cluster ingest": "ingest", "cluster search": "index search"}
"""Commands that do on many hosts what another does, by the same services, asked for the same permission."""
OPERATORS = {
    "cluster node", "cluster serve-index",
    "agency add", "agency load", "agency place", "agency tree",
    "hub card", "hub end", "hub join", "hub members", "hub receive", "hub rotate", "hub send", "hub serve",
    "hub status",
    "backup", "db roles-sql", "db run", "db status", "demo", "doctor", "erase-expired", "init",
    "keys export", "keys init", "keys restore", "keys rotate", "ledger erasures", "ledger prove", "ledger root",
    "index build", "index status", "index verify", "ledger verify", "restore", "serve", "status", "upgrade", "worker",
}  # fmt: skip
IDENTITY = {"accept", "key end", "key list", "key make", "second-factor", "sign-in", "sign-out", "whoami"}
OF_ONESELF = {"end_key", "holder_of", "list_keys", "make_key", "prove_again"}
"""Services about nobody but the officer himself; `test_api_keys` tries them."""
REFINES = {Permission.BANK_DISTANCE}
"""What opens no door by itself: how near a hit is, to somebody who is told of it. No command opens pixels."""
IN_THE_API = {
    "add_content",
    "change_content",
    "close_bank",
    "content_of",
    "examine_asked",
    "look_up_file",
    "rename_bank",
}
"""Services that programs alone call: `test_look_up_door` and `test_hma_door` try them."""
IN_THE_BROWSER = {"reports_of_case", "count_waiting", "alerts_of_case", "count_outcomes", "view_case_graph",
    "alert_basis", "case_timeline", "own_deeds", "seen_by_others",
    "ask_to_see", "end_officer", "page_holdings", "reveal_desk", "show", "view_overlap",
    "watched_folders",
    "add_list_chunk", "begin_list", "begin_to_ask", "find_items", "finish_list", "list_progress", "offer_list",
    "stop_list", "view_item", "lists_of_case", "refused_of_list", "view_list",
    "browse_referrals", "packages_of_list", "view_referral", "view_title",
    "ask_to_resolve", "is_being_compared", "lists_to_read_like", "mapping_of_list", "preview_seized",
    "saved_mapping",
    *SERVICES_OF_INTAKES,
}  # fmt: skip
"""Services that no command calls: the tests of the pages and of intakes try them."""


WAYS_IN = {"access", "alerts.desk", "gate.desk", "persons.access", "referrals.desk", "reports.desk", "seized.access",
    "submissions.access", "submissions.choosing"}  # fmt: skip
"""What services begin with, and no door calls."""


def _commands(group: click.Group, prefix: str = "") -> set[str]:
    found = set()
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found |= _commands(command, f"{name} ") if isinstance(command, click.Group) else {prefix + name}
    return found


def test_every_command_is_a_door_that_is_tried_here_or_needs_no_officer() -> None:
    assert (
        _commands(program)
        == {door.command for door in DOORS} | READ_NO_HOLDINGS | OPERATORS | IDENTITY | AS_OTHERS.keys()
    )
    assert set(AS_OTHERS.values()) <= {door.command for door in DOORS}


def test_every_service_that_works_for_an_officer_is_behind_a_door() -> None:
    found = set()
    services = "tsunagu.services."
    for module in pkgutil.walk_packages(tsunagu.services.__path__, services):
        if module.name.removeprefix(services) in WAYS_IN or module.name.startswith(f"{services}demo."):
            continue
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            is_here = function.__module__ == module.name and not name.startswith("_")
            if is_here and "actor" in inspect.signature(function).parameters:
                found.add(name)
    assert found == {door.service for door in DOORS} | IN_THE_BROWSER | IN_THE_API | OF_ONESELF


def test_every_permission_opens_a_door_and_is_refused_to_somebody() -> None:
    assert {door.permission for door in DOORS if door.unfit} == set(Permission) - BY_GRANT - REFINES


@pytest.mark.parametrize("door", WITH_TARGET, ids=str)
def test_not_yours_is_the_same_as_absent_in_bytes_and_queries_and_entries(scene: Scene, door: Door) -> None:
    assert door.target
    for name in door.strangers:
        stranger = scene.people[name]
        target, absent = scene.targets[door.target], scene.absent(door.target)
        of_others = scene.world.run(stranger, *door.typed(scene, target), lines=door.lines)
        entry = scene.world.last_entry()
        of_nobody = scene.world.run(stranger, *door.typed(scene, absent), lines=door.lines)
        assert of_others == of_nobody
        assert (of_others.status, of_others.stdout, of_others.entries) == (NOT_FOUND, "", 1)
        assert _denial(stranger.actor, door.permission) == _without_reference(entry, target)
    done = scene.world.run(
        scene.people[door.entitled], *door.typed(scene, scene.targets[door.target]), lines=door.lines
    )
    assert done.status == door.status, done.text


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_who_lacks_the_permission_is_refused_whether_or_not_it_is_there(scene: Scene, door: Door) -> None:
    for name in door.unfit:
        unfit = scene.people[name]
        target, absent = (scene.targets[door.target], scene.absent(door.target)) if door.target else ("", "")
        outcome = scene.world.run(unfit, *door.typed(scene, target), lines=door.lines)
        entry = scene.world.last_entry()
        assert outcome == scene.world.run(unfit, *door.typed(scene, absent), lines=door.lines)
        assert (outcome.status, outcome.stdout, outcome.entries) == (FORBIDDEN, "", 1)
        assert _denial(unfit.actor, door.permission) == _without_reference(entry, target)


@pytest.mark.parametrize("door", LISTS, ids=str)
def test_a_list_tells_a_stranger_nothing_and_the_entitled_what_is_his(scene: Scene, door: Door) -> None:
    for name in door.strangers:
        outcome = scene.world.run(scene.people[name], *door.typed(scene), lines=door.lines)
        assert outcome.status == 0
        assert not scene.told_in(outcome.text)
    outcome = scene.world.run(scene.people[door.entitled], *door.typed(scene), lines=door.lines)
    assert (outcome.status, outcome.stderr) == (0, "")


@pytest.mark.parametrize("command", [("case", "open"), ("bank", "open")], ids=" ".join)
def test_a_name_that_another_agency_uses_is_as_free_as_any(scene: Scene, command: tuple[str, str]) -> None:
    rest = ("--semantics", "benign", "--ground", "a law") if command[0] == "bank" else ()
    taken = scene.targets["case" if command[0] == "case" else "bank"]
    assert scene.world.run(scene.people["cleo"], *command, taken, *rest) == scene.world.run(
        scene.people["cleo"], *command, random_name("free"), *rest
    )


NAMED = [door for door in WITH_TARGET if door.target in {"case", "bank"}]


@pytest.mark.parametrize("word", ["", "a\nb", "\udcff", "x" * 201], ids=ascii)
@pytest.mark.parametrize("door", NAMED, ids=str)
def test_what_can_be_no_reference_is_refused_without_looking(scene: Scene, door: Door, word: str) -> None:
    outcome = scene.world.run(scene.people[door.entitled], *door.typed(scene, word))
    assert (outcome.status, outcome.stdout, outcome.entries) == (2, "", 0)
    assert scene.world.run(scene.people["cleo"], *door.typed(scene, word)) == outcome


def test_an_officer_of_another_agency_is_no_colleague_and_the_attempt_is_recorded(scene: Scene) -> None:
    anna = scene.people["anna"]
    foreign, nobody = (
        scene.world.run(anna, "case", "join", scene.targets["case"], login)
        for login in (scene.people["ben"].login, random_name("nobody"))
    )
    assert foreign == nobody
    assert (foreign.status, foreign.entries) == (NOT_FOUND, 1)
    assert _without_reference(scene.world.last_entry(), "") == _denial(anna.actor, Permission.CASE_STAFF)


@pytest.mark.parametrize("command", [("ledger", "verify"), ("ledger", "root")], ids=" ".join)
def test_what_an_operator_prints_tells_of_nobody(scene: Scene, command: tuple[str, ...]) -> None:
    outcome = scene.world.run("", *command)
    assert outcome.status == 0, outcome.text
    assert not scene.told_in(outcome.text)
    assert not any(str(one.actor.agency_id) in outcome.text for one in scene.people.values())


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_nobody_gets_in_without_a_token(scene: Scene, door: Door) -> None:
    target = scene.targets[door.target] if door.target else ""
    outcome = scene.world.run("", *door.typed(scene, target), lines=door.lines)
    assert (outcome.status, outcome.stdout, outcome.entries) == (FORBIDDEN, "", 0)


def test_before_both_share_neither_side_is_told_anything_of_the_other_case(scene: Scene) -> None:
    ben, overlap = scene.people["ben"], scene.targets["overlap"]
    [seen] = [one for one in scene.world.json(ben, "overlaps") if one["overlap"] == overlap]
    assert seen["cases"] == [scene.other_side["open"]]
    told = ("exact", "near", "video_stretches", "audio", "strength", "shared", "reasons")
    assert [seen[one] for one in told] == [None, None, None, None, None, False, []]
    assert scene.world.json(ben, "hits", overlap) == []
    for command in (("overlaps",), ("notices",), ("hits", overlap), ("case", "show", scene.other_side["open"]),
                    ("items", "--case", scene.other_side["open"])):  # fmt: skip
        for form in ((), ("--json",)):
            outcome = scene.world.run(ben, *command, *form)
            assert outcome.status == 0
            assert scene.told_in(outcome.text) <= _known_to_b(scene)


def _known_to_b(scene: Scene) -> set[str]:
    """Return A's secrets that are none to B: what it holds itself, and the case that A has shared with it."""
    return {one for one in scene.secrets if len(one) == 64} | {scene.targets["shared case"]}


def test_a_guessed_hit_is_not_found_until_both_have_shared(world: World) -> None:
    anna, ben, overlap = _overlapping(world)
    [hit] = HitRow.objects.using("linker").filter(overlap_id=overlap).values_list("id", flat=True)
    absent = world.run(ben, "judge", str(hit + 10**9), "unsure")
    assert world.run(ben, "judge", str(hit), "unsure") == absent
    world.run(anna, "share", overlap)
    assert world.run(ben, "judge", str(hit), "unsure") == absent
    assert absent.status == NOT_FOUND
    world.run(ben, "share", overlap)
    assert world.run(ben, "judge", str(hit), "unsure").status == 0


def test_a_covert_case_is_its_coordinators_alone_until_he_releases_it(world: World) -> None:
    anna, adam = world.found(WORKS, OVERSEES)
    ben, bella = world.found(WORKS, OVERSEES)
    carl = world.enroll(adam, Role.OFFICER)
    content = secrets.token_bytes(20)
    case = _hold(world, anna, content, "--covert")
    assert world.run(anna, "case", "join", case, carl.login).status == 0
    quiet = _watched(world, ben, bella)
    _hold(world, ben, content)
    [held] = world.json(anna, "notices")
    assert (held["held"], held["case"]) == (True, case)
    assert world.json(carl, "notices") == world.json(carl, "overlaps") == []
    assert world.run(anna, "share", held["overlap"]).status == CONFLICT
    assert world.run(carl, "share", held["overlap"]).status == NOT_FOUND
    # What B sees is what it would see had nobody else the file.
    assert _watched(world, ben, bella)[:2] == quiet[:2] == ("", "")
    for text in _watched(world, ben, bella):
        assert held["overlap"] not in text
        assert anna.agency not in text
        assert str(anna.actor.agency_id) not in text
        assert "overlap:" not in text.replace("overlap:read", "")
    for command in ("acknowledge", "share", "hits", "release"):
        assert world.run(ben, command, held["overlap"]).status == NOT_FOUND
    assert world.run(anna, "release", held["overlap"]).status == 0
    assert world.run(anna, "release", held["overlap"]).status == CONFLICT
    [told] = world.json(ben, "notices")
    assert told["overlap"] == held["overlap"]
    assert told["noticed_at"] > held["noticed_at"]  # the earlier time would tell that the other case is covert
    acts = [one["act"] for one in world.json(bella, "ledger", "show")]
    assert acts.count("overlap:noticed") == 1
    assert [one["held"] for one in world.json(carl, "notices")] == [False]


def test_of_two_covert_cases_only_the_coordinators_hear_before_both_have_released(world: World) -> None:
    anna, adam = world.found(WORKS, OVERSEES)
    ben, brita = world.found(WORKS, OVERSEES)
    officers = [world.enroll(adam, Role.OFFICER), world.enroll(brita, Role.OFFICER)]
    content = secrets.token_bytes(20)
    for coordinator, officer in zip((anna, ben), officers, strict=True):
        case = _hold(world, coordinator, content, "--covert")
        assert world.run(coordinator, "case", "join", case, officer.login).status == 0
    [of_anna], [of_ben] = world.json(anna, "notices"), world.json(ben, "notices")
    assert of_anna["overlap"] == of_ben["overlap"]
    assert (of_anna["held"], of_ben["held"]) == (True, True)
    assert {of_anna[one] for one in ("talk_to", "country", "contact")} == {None}
    assert ben.agency not in world.run(anna, "notices").stdout + world.run(anna, "overlaps", "--json").stdout
    assert world.run(anna, "release", of_anna["overlap"]).status == 0
    assert [world.json(one, "notices") for one in officers] == [[], []]
    assert world.run(ben, "release", of_ben["overlap"]).status == 0
    assert [[notice["held"] for notice in world.json(one, "notices")] for one in officers] == [[False], [False]]
    assert world.json(officers[0], "notices")[0]["talk_to"] == ben.agency


def _hold(world: World, person: Person, content: bytes, *options: str) -> str:
    """Let somebody open a case with one content in it, and return its reference."""
    case = random_name("case")
    assert world.run(person, "case", "open", case, *options).status == 0
    world.bring_in(person, case, "E1", world.file(content))
    return case


def _watched(world: World, officer: Person, auditor: Person) -> tuple[str, str, str]:
    """Return what an agency can see of overlaps: its officer's two lists, and its ledger."""
    notices, overlaps = (world.run(officer, one, "--json").stdout for one in ("notices", "overlaps"))
    return notices, overlaps, world.run(auditor, "ledger", "show", "--json").stdout


def _overlapping(world: World) -> tuple[Person, Person, str]:
    """Return two officers of different agencies, and the overlap of their cases."""
    anna, _ = world.found(WORKS, OVERSEES)
    ben, _ = world.found(WORKS, OVERSEES)
    content = secrets.token_bytes(20)
    _hold(world, anna, content)
    _hold(world, ben, content)
    [notice] = world.json(ben, "notices")
    return anna, ben, notice["overlap"]


def _denial(actor: Actor, permission: Permission) -> dict[str, object]:
    return {
        "act": "access:denied",
        "agency": str(actor.agency_id),
        "officer": str(actor.officer_id),
        "permission": permission.value,
    }


def _without_reference(entry: dict, asked: str) -> dict[str, object]:
    """Return an entry's fields without its time and its reference to what was asked, which only the keys can tell."""
    assert set(entry) - {"purpose"} == {"act", "agency", "at", "details", "officer"}
    assert set(entry["details"]) == {"asked", "permission"}
    assert len(bytes.fromhex(entry["details"]["asked"])) == 32
    assert entry["details"]["asked"] != hashlib.sha256(asked.encode()).hexdigest()
    return {name: entry[name] for name in ("act", "agency", "officer")} | {"permission": entry["details"]["permission"]}

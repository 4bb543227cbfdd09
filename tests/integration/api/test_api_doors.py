"""The API opens to a key alone; who asks for what is not his learns nothing; who is entitled succeeds."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, get_resolver

from tsunagu.api.door import ApiKey
from tsunagu.api.operations import description
from tsunagu.config.urls import api
from tsunagu.domain.permission import Permission

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from ..web.visitors import Visitor  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - tests are no package with a name
from .programs import Answer, Program, lendable

NOWHERE = "00000000-0000-4000-8000-000000000000"
PLACE = re.compile(r"\{[a-z_]+\}")


@dataclass(frozen=True)
class Operation:
    """An operation, and who must find it closed.

    Attributes:
        target: the kind of what is asked for, all of it A's; None where the operation lists what the asker has.
        by_query: whether the target is named in the query, and not in the path.
    """

    method: str
    path: str
    permission: Permission
    target: str | None = None
    by_query: bool = False
    body: dict[str, Any] | None = None
    entitled: str = "anna"
    strangers: tuple[str, ...] = ("cleo", "carl")
    unfit: tuple[str, ...] = ("audra",)
    status: int = 200

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def ask(self, program: Program, target: str = "") -> Answer:
        query = {"reference": target} if self.by_query else {}
        if self.path.endswith("/items"):
            query["exhibit"] = "E"
        return program.ask(self.method, PLACE.sub(target, self.path), self.body, **query)


OTHER_AGENCIES = ("ben", "cleo", "carl")
OPERATIONS = (
    Operation("GET", "/api/banks", Permission.BANK_READ, strangers=("ben", "cleo")),
    Operation(
        "GET",
        "/api/ledger",
        Permission.LEDGER_READ,
        entitled="audra",
        strangers=("bella",),
        unfit=("anna", "carl"),
    ),
    Operation("GET", "/api/cases", Permission.CASE_READ, strangers=OTHER_AGENCIES),
    Operation("GET", "/api/case", Permission.CASE_READ, "case", by_query=True, strangers=OTHER_AGENCIES),
    Operation("GET", "/api/case/items", Permission.MEDIA_READ, "case", by_query=True, strangers=OTHER_AGENCIES),
    Operation("GET", "/api/case/intakes", Permission.MEDIA_INGEST, "case", by_query=True, strangers=OTHER_AGENCIES),
    Operation("GET", "/api/intakes/{intake_id}", Permission.MEDIA_INGEST, "run", strangers=OTHER_AGENCIES),
    Operation("GET", "/api/notices", Permission.NOTICE_READ),
    Operation("GET", "/api/overlaps", Permission.OVERLAP_READ),
    Operation("GET", "/api/overlaps/{overlap_id}", Permission.OVERLAP_READ, "shared"),
    Operation("POST", "/api/overlaps/{overlap_id}/acknowledge", Permission.NOTICE_ACKNOWLEDGE, "overlap", status=204),
    Operation("POST", "/api/overlaps/{overlap_id}/share", Permission.OVERLAP_SHARE, "overlap"),
    Operation(
        "POST",
        "/api/v1/look-up",
        Permission.MEDIA_LOOK_UP,
        body={"purpose": "investigation", "queries": [{"md5": "0" * 32}]},
        strangers=OTHER_AGENCIES,
    ),
    Operation(
        "POST",
        "/api/v1/reports",
        Permission.REPORT_ENTER,
        body={"reports": [{"source_kind": "nobody"}]},
        strangers=("ben", "cleo"),
    ),
    Operation(
        "POST", "/api/hits/{hit_id}/judgement", Permission.HIT_JUDGE, "hit", body={"answer": "unsure"}, status=204
    ),
)
WITH_TARGET = [one for one in OPERATIONS if one.target]
LISTS = [one for one in OPERATIONS if not one.target]


@pytest.fixture(scope="module")
def scene(api_scene: Scene) -> Scene:
    anna = Program.of(api_scene.world, api_scene.people["anna"])
    [run] = anna.get("/api/case/intakes", reference=api_scene.targets["case"])
    api_scene.targets["run"] = run["intake"]
    return api_scene


@pytest.fixture(scope="module")
def programs(scene: Scene) -> dict[str, Program]:
    """A program for each of the scene's people who may lend one anything, with all of that."""
    return Program.of_each(scene.world, scene.people)


def absent(scene: Scene, kind: str) -> str:
    return scene.absent("overlap" if kind == "run" else kind)


def addresses() -> list[tuple[str, str]]:
    """Return every operation of the description, with something in the place of what is asked for."""
    return [
        (method.upper(), PLACE.sub("1" if "/hits/" in path else NOWHERE, path))
        for path, methods in description(api)["paths"].items()
        for method in methods
    ] + [("GET", "/api/openapi.json")]


def test_every_operation_is_tried_here() -> None:
    described = {(method.upper(), path) for path, each in description(api)["paths"].items() for method in each}
    assert described == {(one.method, one.path) for one in OPERATIONS} | {("GET", "/api/whoami")}


def test_every_url_of_the_api_is_an_operation_or_the_description() -> None:
    [resolver] = [one for one in get_resolver().url_patterns if getattr(one, "namespace", None) == "api"]
    assert all(isinstance(one, URLPattern) for one in resolver.url_patterns)
    assert len(resolver.url_patterns) == len(description(api)["paths"]) + 1


def test_a_program_without_a_key_is_told_so_and_sent_nowhere_else(world: World) -> None:
    for method, path in addresses():
        answer = Program(world).send(method, path)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer"), (method, path)
        assert "Location" not in answer


@pytest.mark.parametrize(("method", "path"), addresses(), ids=lambda one: one)
def test_without_a_good_key_every_address_answers_the_same_and_redirects_nowhere(
    scene: Scene, method: str, path: str
) -> None:
    world, key = scene.world, Program.of(scene.world, scene.people["anna"]).key
    assert key
    answers = []
    for tried in (None, "", "nonsense", key[:-1], key + "x", scene.people["anna"].token, key.replace(".", " ")):
        answer = Program(world, tried).ask(method, path)
        answers.append((answer.status, answer.headers, answer.content, answer.entries))
    basic = Program(world, client=Client(SERVER_NAME="localhost"))
    response = basic.client.generic(method, path, headers={"authorization": f"Basic {key}"})
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert len(set(answers)) == 1
    status, _, content, entries = answers[0]
    assert (status, entries) == (401, 0)
    assert json.loads(content.replace(b"REFERENCE", b'"reference": ""'))["code"] == "not-signed-in"


@pytest.mark.parametrize(("method", "path"), addresses(), ids=lambda one: one)
def test_a_session_of_a_browser_is_nobody_here(scene: Scene, method: str, path: str) -> None:
    visitor = Visitor(scene.world).sits_down_as(scene.people["anna"])
    assert visitor.client.generic(method, path, content_type="application/json").status_code == 401
    assert visitor.is_in


def test_no_cookie_is_read_whatever_way_in_an_operation_offers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation that would take a session, and one that would take anybody, has nobody's session to take."""
    visitor = Visitor(scene.world).sits_down_as(scene.people["anna"])
    asked: list[bool] = []

    def nosy(_: ApiKey, request: HttpRequest) -> None:
        asked.append(request.user.is_authenticated or bool(request.COOKIES))

    monkeypatch.setattr(ApiKey, "__call__", nosy)
    for method, path in addresses():
        visitor.client.generic(method, path, content_type="application/json")
    assert asked == [False] * len(addresses())
    assert visitor.is_in


def test_a_key_opens_no_page(scene: Scene) -> None:
    program = Program.of(scene.world, scene.people["anna"])
    for path in ("/", "/cases/", "/keys/", "/ledger/"):
        assert program.send("GET", path).status_code == 302


def test_with_a_key_no_token_of_a_form_is_needed_and_no_cookie_is_given(scene: Scene) -> None:
    program = Program.of(scene.world, scene.people["anna"])
    response = program.send("POST", f"/api/overlaps/{scene.targets['overlap']}/acknowledge")
    assert response.status_code == 204
    assert not response.cookies


def test_a_key_is_asked_before_what_was_sent_is_looked_at(scene: Scene) -> None:
    for path, body in (("/api/hits/0/judgement", b"{"), ("/api/case/items", b"")):
        assert Program(scene.world).ask("POST" if body else "GET", path, body).status == 401


@pytest.mark.parametrize("operation", WITH_TARGET, ids=str)
def test_not_yours_is_the_same_as_absent_in_bytes_and_queries_and_entries(
    scene: Scene, programs: dict[str, Program], operation: Operation
) -> None:
    assert operation.target
    for name in operation.strangers:
        of_others = operation.ask(programs[name], scene.targets[operation.target])
        entry = scene.world.last_entry()
        of_nobody = operation.ask(programs[name], absent(scene, operation.target))
        assert of_others == of_nobody
        assert (of_others.status, of_others.entries) == (404, 1)
        assert not scene.told_in(of_others.text)
        assert (entry["act"], entry["officer"]) == ("access:denied", str(scene.people[name].actor.officer_id))
        assert entry["details"]["permission"] == operation.permission.value
        assert entry["details"]["key"] in str(programs[name].key)
    done = operation.ask(programs[operation.entitled], scene.targets[operation.target])
    assert done.status == operation.status, done.text


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_who_lacks_the_permission_is_refused_whether_or_not_it_is_there(
    scene: Scene, programs: dict[str, Program], operation: Operation
) -> None:
    for name in operation.unfit:
        target, other = (
            (scene.targets[operation.target], absent(scene, operation.target)) if operation.target else ("", "")
        )
        refused = operation.ask(programs[name], target)
        assert refused == operation.ask(programs[name], other)
        assert (refused.status, refused.entries) == (403, 1)
        assert not scene.told_in(refused.text)
        assert scene.world.last_entry()["act"] == "access:denied"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_key_may_what_it_was_lent_and_nothing_else_that_its_officer_may(scene: Scene, operation: Operation) -> None:
    person = scene.people[operation.entitled]
    target = scene.targets[operation.target] if operation.target else ""
    lent = Program.of(scene.world, person, operation.permission)
    done = operation.ask(lent, target)
    assert done.status == operation.status, done.text
    assert scene.world.last_entry()["details"]["key"] in str(lent.key)
    others = lendable(person) - {operation.permission}
    if others:
        refused = operation.ask(Program.of(scene.world, person, *others), target)
        assert (refused.status, refused.entries) == (403, 1)
        assert not scene.told_in(refused.text)


@pytest.mark.parametrize("operation", LISTS, ids=str)
def test_a_list_tells_a_stranger_nothing(scene: Scene, programs: dict[str, Program], operation: Operation) -> None:
    for name in operation.strangers:
        answer = operation.ask(programs[name])
        assert answer.status == operation.status
        assert not scene.told_in(answer.text)


def test_before_both_share_neither_side_is_told_anything_of_the_other_case(
    scene: Scene, programs: dict[str, Program]
) -> None:
    known = {one for one in scene.secrets if len(one) == 64} | {scene.targets["shared case"]}
    [notice] = [
        one for one in programs["ben"].get("/api/notices")["notices"] if one["overlap"] == scene.targets["overlap"]
    ]
    assert notice["revealed"] is None
    for path in ("/api/notices", "/api/overlaps", f"/api/overlaps/{scene.targets['overlap']}", "/api/cases"):
        answer = programs["ben"].ask("GET", path)
        assert answer.status == 200
        assert scene.told_in(answer.text) <= known
    assert programs["ben"].get(f"/api/overlaps/{scene.targets['overlap']}")["hits"] == []
    held = programs["ben"].ask("GET", f"/api/overlaps/{scene.targets['held']}")
    assert held == programs["ben"].ask("GET", f"/api/overlaps/{NOWHERE}")


def test_whoami_tells_of_the_key_and_its_officer_alone(scene: Scene, programs: dict[str, Program]) -> None:
    for name, program in programs.items():
        person = scene.people[name]
        told = program.get("/api/whoami")
        assert (told["login"], told["agency"]["name"]) == (person.login, person.agency)
        assert told["may"] == sorted(one for one in lendable(person) if person.actor.may(one))
        assert told["key"]["id"] in str(program.key)
        secret = str(program.key).split(".")[3]
        assert secret not in json.dumps(told)


def test_the_description_is_for_who_has_a_key(scene: Scene, programs: dict[str, Program]) -> None:
    assert programs["audra"].get("/api/openapi.json") == json.loads(json.dumps(description(api)))
    assert Program(scene.world).ask("GET", "/api/openapi.json").status == 401

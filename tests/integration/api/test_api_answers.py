"""What operations answer, page by page, and how what goes wrong is told."""

from __future__ import annotations

import base64
import logging
import os
import re
import secrets
from collections.abc import Callable

import pytest
from django.db import OperationalError

from tsunagu.domain.errors import (
    Conflict,
    Forbidden,
    InputError,
    LedgerBroken,
    NotFound,
    NotSignedIn,
    TsunaguError,
    Unavailable,
)
from tsunagu.domain.permission import NEVER_LENT, Permission, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.services.cases.opening import open_case

from ..scene import WORKS, Scene  # noqa: TID252 - tests are no package with a name
from ..world import Person, World, random_name  # noqa: TID252 - tests are no package with a name
from .programs import Program

CONTENT = "the name of somebody"
STATUS = {
    InputError: 422,
    NotFound: 404,
    Forbidden: 403,
    NotSignedIn: 401,
    Conflict: 409,
    Unavailable: 503,
    LedgerBroken: 503,
}
SHAPE = {"code", "message", "fields", "reference"}


@pytest.fixture
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


@pytest.fixture
def program(world: World, anna: Person) -> Program:
    return Program.of(world, anna)


def open_(world: World, person: Person, reference: str) -> str:
    parts = {"purpose": Purpose.INVESTIGATION, "covert": False, **world.parts}
    open_case(actor=person.actor, reference=reference, **parts)
    return reference


def test_items_are_read_a_page_at_a_time_each_once_and_in_the_order_they_came_in(
    world: World, anna: Person, program: Program
) -> None:
    case = open_(world, anna, random_name("DK/2026"))
    paths = [world.file(secrets.token_bytes(20)) for _ in range(5)]
    for path in paths:
        world.bring_in(anna, case, "E1", path)
    read, after, sizes = [], 0, []
    while after is not None:
        page = program.get("/api/case/items", reference=case, exhibit="E1", after=after, most=2)
        read += page["items"]
        sizes.append(len(page["items"]))
        after = page["after"]
    assert sizes == [2, 2, 1]
    assert [one["path"]["text"] for one in read] == paths
    assert [base64.b64decode(one["path"]["base64"]) for one in read] == [os.fsencode(one) for one in paths]
    assert {one["compared"] for one in read} == {True}
    assert program.get("/api/case", reference=case)["exhibits"] == [{"reference": "E1", "items": 0, "refused": 5}]
    assert program.get("/api/case/items", reference=case, exhibit="E2") == {"items": [], "after": None}


def test_a_page_costs_the_same_however_much_is_held(world: World, anna: Person, program: Program) -> None:
    case = open_(world, anna, random_name("case"))
    counted = set()
    for _ in range(3):
        world.bring_in(anna, case, "E1", world.file(secrets.token_bytes(20)))
        counted.add(program.ask("GET", "/api/case/items", reference=case, exhibit="E1").queries)
    assert len(counted) == 1


@pytest.mark.parametrize("reference", ["..", "a/b", "100 % sûr?", "#1", "事件-3", "a&b=c", "~1"])
def test_a_case_is_found_by_whatever_it_is_called(world: World, anna: Person, program: Program, reference: str) -> None:
    open_(world, anna, reference)
    assert program.get("/api/case", reference=reference)["case"]["reference"] == reference
    assert [one["reference"] for one in program.get("/api/cases")] == [reference]


def test_an_overlap_goes_from_notice_to_judgement_by_keys_alone(api_scene: Scene) -> None:
    scene, world = api_scene, api_scene.world
    anna, ben = (Program.of(world, scene.people[name]) for name in ("anna", "ben"))
    overlap = scene.targets["overlap"]
    assert anna.ask("POST", f"/api/overlaps/{overlap}/acknowledge").status == 204
    [notice] = [one for one in anna.get("/api/notices")["notices"] if one["overlap"] == overlap]
    assert notice["acknowledged_at"]
    assert notice["other_agency"]["name"] == scene.people["ben"].agency
    for each, both in ((anna, False), (ben, True)):
        assert each.ask("POST", f"/api/overlaps/{overlap}/share").json == {"shared_by_both": both}
    whole = anna.get(f"/api/overlaps/{overlap}")
    [hit] = whole["hits"]
    assert (hit["kind"], hit["judgement"], hit["counts"]) == ("exact", "none-yet", True)
    [other] = ben.get(f"/api/overlaps/{overlap}")["hits"]
    assert (hit["label"], hit["other_label"]) == (other["other_label"], other["label"])
    judged = anna.ask("POST", f"/api/hits/{hit['hit']}/judgement", {"answer": "same", "sameness": "file"})
    assert judged.status == 204
    [hit] = anna.get(f"/api/overlaps/{overlap}")["hits"]
    assert (hit["judgement"], hit["sameness"]) == ("same", "file")
    assert world.entries()[-1]["act"] == "overlap:read"


def test_reports_are_put_in_once_each_for_itself_and_a_key_for_that_reads_none(world: World, anna: Person) -> None:
    program = Program.of(world, anna, Permission.REPORT_ENTER)
    good = {"source_kind": "hotline", "source": "s", "source_reference": random_name("n"), "text": "only words"}
    body = {"reports": [good, {**good, "colour": "red"}, "no report"]}
    first, again = (program.ask("POST", "/api/v1/reports", body).json["reports"] for _ in range(2))
    assert [one["state"] for one in first] == ["entered", "refused", "refused"]
    assert [one["field"] for one in first] == [None, "colour", "report"]
    assert (again[0]["state"], again[0]["report"]) == ("known", first[0]["report"])
    assert Permission.REPORT_READ in NEVER_LENT


def test_to_share_what_is_held_is_a_conflict_for_who_may_release_it(api_scene: Scene) -> None:
    anna = Program.of(api_scene.world, api_scene.people["anna"])
    assert anna.ask("POST", f"/api/overlaps/{api_scene.targets['held']}/share").status == 409


def _raising(error: Exception) -> Callable[..., object]:
    def service(**_: object) -> object:
        raise error

    return service


@pytest.mark.parametrize(("kind", "status"), STATUS.items(), ids=lambda one: getattr(one, "__name__", one))
def test_a_failure_is_told_in_one_shape_without_its_details(
    kind: type[TsunaguError], status: int, program: Program, monkeypatch, caplog
) -> None:
    monkeypatch.setattr("tsunagu.api.cases.list_cases", _raising(kind("it cannot be done", name=CONTENT)))
    with caplog.at_level(logging.DEBUG):
        answer = program.send("GET", "/api/cases")
    told = answer.json()
    assert (answer.status_code, set(told)) == (status, SHAPE)
    assert (told["code"], told["message"], told["fields"]) == (kind.code, "it cannot be done", [])
    assert told["reference"] == answer["X-Reference"]
    [line] = [one for one in caplog.messages if answer["X-Reference"] in one]
    assert line == f"{answer['X-Reference']} refused: {status} {kind.code}"
    assert CONTENT not in caplog.text + answer.content.decode()


def test_a_database_that_does_not_answer_is_told_as_unavailable(program: Program, monkeypatch) -> None:
    monkeypatch.setattr("tsunagu.api.cases.list_cases", _raising(OperationalError(CONTENT)))
    answer = program.ask("GET", "/api/cases")
    assert (answer.status, answer.text.count(CONTENT)) == (503, 0)


@pytest.mark.parametrize("place", ["tsunagu.api.cases.list_cases", "tsunagu.api.door.actor_by_key"])
def test_a_bug_is_told_by_its_reference_alone_and_a_line_says_where(
    place: str, program: Program, monkeypatch, caplog
) -> None:
    monkeypatch.setattr(place, _raising(ZeroDivisionError(CONTENT)))
    with caplog.at_level(logging.DEBUG):
        answer = program.send("GET", "/api/cases")
    told = answer.json()
    assert (answer.status_code, set(told), told["code"]) == (500, SHAPE, "bug")
    for word in (CONTENT, "ZeroDivisionError", "Traceback", "list_cases", ".py"):
        assert word not in answer.content.decode()
    [line] = [one for one in caplog.messages if answer["X-Reference"] in one]
    assert re.fullmatch(rf"{answer['X-Reference']} failed: ZeroDivisionError at [\w/.]+\.py:\d+", line)
    assert CONTENT not in caplog.text


def test_an_answer_that_does_not_fit_its_schema_is_a_bug_and_tells_nothing(program: Program, monkeypatch) -> None:
    monkeypatch.setattr("tsunagu.api.cases.list_cases", lambda **_: [CONTENT])
    answer = program.ask("GET", "/api/cases")
    assert (answer.status, answer.text.count(CONTENT)) == (500, 0)


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/api/nothing", "GET", 404, "not-found"),
        ("/api/", "GET", 404, "not-found"),
        ("/api/docs", "GET", 404, "not-found"),
        ("/api/overlaps/none", "GET", 404, "not-found"),
        ("/api/cases", "DELETE", 405, "method-not-allowed"),
        ("/api/cases", "POST", 405, "method-not-allowed"),
    ],
)
def test_what_is_no_operation_is_told_in_the_same_shape(
    program: Program, path: str, method: str, status: int, code: str
) -> None:
    for one in (program, Program(program.world)):
        answer = one.send(method, path)
        assert (answer.status_code, set(answer.json()), answer.json()["code"]) == (status, SHAPE, code)
        assert ("Allow" in answer) == (status == 405)


def test_a_host_that_is_not_ours_is_refused_in_the_same_shape(program: Program) -> None:
    answer = program.client.get("/api/cases", headers={"host": "elsewhere.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")


@pytest.mark.parametrize(
    ("method", "path", "body", "fields"),
    [
        ("GET", "/api/case", None, ["query.reference"]),
        ("GET", "/api/case?reference=" + "x" * 201, None, ["query.reference"]),
        ("GET", "/api/case?reference=%00", None, []),
        ("GET", "/api/case/items?reference=a&exhibit=b&after=-1&most=501", None, ["query.after", "query.most"]),
        ("GET", "/api/case/items?reference=a&exhibit=b&after=9223372036854775808", None, ["query.after"]),
        ("GET", "/api/ledger?most=many", None, ["query.most"]),
        ("POST", "/api/hits/0/judgement", {"answer": "unsure"}, ["path.hit_id"]),
        ("POST", "/api/hits/" + "9" * 30 + "/judgement", {"answer": "unsure"}, ["path.hit_id"]),
        ("POST", "/api/hits/1/judgement", {"answer": CONTENT}, ["body.body.answer"]),
        ("POST", "/api/hits/1/judgement", {"answer": "same", "sameness": "soul"}, ["body.body.sameness"]),
        ("POST", "/api/hits/1/judgement", {"answer": "same"}, []),
        ("POST", "/api/hits/1/judgement", {}, ["body.body.answer"]),
        ("POST", "/api/hits/1/judgement", {"answer": "unsure", "by": "x"}, ["body.body.by"]),
        ("POST", "/api/hits/1/judgement", b"", ["body.body"]),
        ("POST", "/api/hits/1/judgement", b"{", []),
        ("POST", "/api/hits/1/judgement", b"\xff", []),
        ("POST", "/api/hits/1/judgement", b"[" * 100_000, []),
    ],
)
def test_what_does_not_fit_is_refused_by_the_names_of_its_fields(
    program: Program, method: str, path: str, body: object, fields: list[str]
) -> None:
    answer = program.send(method, path, body)
    assert (answer.status_code, set(answer.json())) == (422, SHAPE), answer.content
    assert (answer.json()["code"], answer.json()["fields"]) == ("input", fields)
    assert CONTENT not in answer.content.decode()


def test_answers_are_not_kept_and_are_no_page(program: Program) -> None:
    answer = program.send("GET", "/api/cases")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"].startswith("application/json")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_key_that_has_ended_is_refused_like_one_that_never_was(world: World, anna: Person) -> None:
    program = Program.of(world, anna, Permission.CASE_READ)
    never = Program(world, str(program.key)[:-1]).ask("GET", "/api/cases")
    key_id = program.get("/api/whoami")["key"]["id"]
    assert world.run(anna, "key", "end", key_id).status == 0
    ended = program.ask("GET", "/api/cases")
    assert (ended.status, ended.headers, ended.content) == (401, never.headers, never.content)


def test_working_by_a_key_writes_neither_it_nor_names_into_the_logs(
    world: World, anna: Person, program: Program, caplog
) -> None:
    case = open_(world, anna, "DK-SECRET-7")
    with caplog.at_level(logging.DEBUG):
        for path in ("/api/whoami", "/api/cases", f"/api/case?reference={case}", f"/api/case?reference={case}x"):
            program.send("GET", path)
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name != "django.db.backends")
    for secret in (anna.login, anna.agency, str(program.key), case, "/api/case"):
        assert secret not in ours

"""Whatever is sent, the API answers as its description says, breaks never, and tells no agency of another."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tsunagu.api.operations import description
from tsunagu.config.urls import api

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from .programs import Program

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
HOST = "http://localhost"
SENT = ("method", "url", "params", "json", "data")
FEW, MANY = 6, 1000
DESCRIBED = schemathesis.openapi.from_dict(json.loads(json.dumps(description(api))))
OPERATIONS = {one.ok().label: one.ok() for one in DESCRIBED.get_all_operations()}
PLANTED = {
    "reference": ("open case", "covert case", "shared case"),
    "overlap_id": ("overlap", "held", "shared"),
    "hit_id": ("hit",),
    "intake_id": ("run",),
}
"""What may be named in a request, and the targets of the scene that are such things."""
Sending = Callable[[schemathesis.Case], None]


@pytest.fixture(scope="module")
def scene(api_scene: Scene) -> Scene:
    anna = Program.of(api_scene.world, api_scene.people["anna"])
    [run] = anna.get("/api/case/intakes", reference=api_scene.targets["case"])
    api_scene.targets["run"] = run["intake"]
    return api_scene


@pytest.fixture(scope="module")
def programs(scene: Scene) -> dict[str, Program]:
    return Program.of_each(scene.world, scene.people)


def answered(program: Program, case: schemathesis.Case) -> str:
    """Send a case within this process, hold the answer to the description, and return it."""
    sent = case.as_transport_kwargs(base_url=HOST)
    prepared = requests.Request(**{name: sent[name] for name in SENT if name in sent}).prepare()
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    response = program.client.generic(
        str(prepared.method),
        str(prepared.url).removeprefix(HOST),
        body or b"",
        content_type=prepared.headers.get("Content-Type", "application/octet-stream"),
        headers={"authorization": f"Bearer {program.key}"},
    )
    headers = {name.lower(): [value] for name, value in response.items()}
    answer = Response(response.status_code, headers, response.content, prepared, 0.0, verify=False)
    case.validate_response(answer, checks=CHECKS)
    return response.content.decode()


def tried(operation: APIOperation, send: Sending, *, examples: int) -> None:
    """Send what fits the description, and what does not."""
    for mode in GenerationMode:
        each = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=examples == FEW,
            suppress_health_check=list(HealthCheck),
        )
        each(given(operation.as_strategy(generation_mode=mode))(send))()


def planted(scene: Scene, program: Program, place: str, name: str) -> Callable[[schemathesis.Case, str], None]:
    """Return what sends a case with one of A's own in the place of what is asked for."""

    def send(case: schemathesis.Case, target: str) -> None:
        getattr(case, place)[name] = target
        assert not scene.told_in(answered(program, case)) - {target}

    return send


def tried_with_planted(scene: Scene, operation: APIOperation, program: Program, *, examples: int) -> None:
    """Send what names A's own, in every place that may name such a thing; nothing of A may be told."""
    each = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    for place in ("path_parameters", "query"):
        for name in {one.name for one in getattr(operation, place).items} & PLANTED.keys():
            targets = st.sampled_from([scene.targets[kind] for kind in PLANTED[name]])
            each(given(operation.as_strategy(), targets)(planted(scene, program, place, name)))()


def as_described(program: Program) -> Callable[[schemathesis.Case], None]:
    """Return what sends a case, and holds the answer to the description alone."""

    def send(case: schemathesis.Case) -> None:
        answered(program, case)

    return send


@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_an_officers_program_sends_the_answer_is_as_described(
    programs: dict[str, Program], label: str
) -> None:
    for name in ("anna", "audra"):
        tried(OPERATIONS[label], as_described(programs[name]), examples=FEW)


@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_another_agencys_program_sends_it_is_told_nothing(
    scene: Scene, programs: dict[str, Program], label: str
) -> None:
    tried_with_planted(scene, OPERATIONS[label], programs["cleo"], examples=FEW)

    def send(case: schemathesis.Case) -> None:
        assert not scene.told_in(answered(programs["cleo"], case))

    tried(OPERATIONS[label], send, examples=FEW)


@pytest.mark.soak
@pytest.mark.parametrize("label", OPERATIONS)
def test_in_a_long_round_too_nothing_breaks_and_nothing_is_told(
    scene: Scene, programs: dict[str, Program], label: str
) -> None:
    tried(OPERATIONS[label], as_described(programs["anna"]), examples=MANY)
    tried_with_planted(scene, OPERATIONS[label], programs["cleo"], examples=MANY)

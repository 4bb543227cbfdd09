"""Every address that names something, asked for what is another's and for what is nobody's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.apps import apps
from django.urls import reverse

from tsunagu.records.models import HitRow, Invitation
from tsunagu.records.session import LINKER, acting_for

from ..counting import counting  # noqa: TID252 - tests are no package with a name
from ..web.test_doors import patterns  # noqa: TID252 - tests are no package with a name
from ..web.visitors import Answer, seen  # noqa: TID252 - likewise
from ..world import random_name  # noqa: TID252 - likewise
from .doors import ASKED, Targets, arguments_of, meant_by
from .needles import LEAST
from .planted import Planted, Seat

METHODS = ("GET", "POST", "PUT")
PLACES = {"offset"}
"""What addresses name that is nobody's: a place in a file."""
FIGURES = {"year": "2018", "known_on": "2019-02-03"}
"""Of which nobody has frozen any."""
NUMBERS = {"hit_id", "number", "person", "pk", "title"}
NAMES = {"agency", "bank", "case", "exhibit", "login", "reference", "series", "text"}
NOT_TAKEN = 405
FORM = {
    "key": "once",
    "step": "acknowledge",
    "deed": "answer",
    "grounds": "DK=0.5",
    "finding": "a bell",
    "priority": "normal",
    "days": "7",
    "to": "nobody",
    "words": "why",
    "act": "propose",
    "decision": "drop",
    "fact": "welfare",
    "suicide": "a plan",
    "children": "another",
    "reply": "receive",
    "hand_over": "designation",
    "authority": "an article",
    "handling": "none",
    "deconfliction": "nobody",
    "sha256": "0f" * 32,
    "title": "n",
    "jurisdiction": "JP",
    "value": "lawful",
    "from_on": "2015-07-15",
    "answer": "unsure",
    "bearing": "neutral",
    "exhibit": "E1",
    "folder": "folder",
    "format": "csv",
    "ground": "ordered",
    "item": "1",
    "kind": "object",
    "login": "nobody",
    "means": "place",
    "name": "n",
    "opinion": "confirmed",
    "prefecture": "13",
    "radius": "31",
    "result": "found",
    "reason": "because it is needed",
    "rows": "1",
    "seal": "0f" * 32,
    "share": "100",
    "size": "2",
    "state": "probable",
    "statement": "as seen",
    "text": "as seen",
    "type": "md5",
    "wanted": "born",
    "what": "0f" * 16,
    "entry": "child",
    "rests_on": "document",
    "evidence": "0f" * 32,
    "grading": "B2",
    "since": "2026-01-02",
    "called": "subject-2",
    "recall": "1",
    "why": "mistaken",
    "until": f"{datetime.now(UTC).date() + timedelta(days=40)}",
}
"""What any form sends: each takes what it knows."""
OFFERED = json.dumps([{"name": "n", "size": 2}])
SEIZED = '{"columns": [["a", "name", ""]], "name": "n"}\na\n1\n'
BODIES = {
    "case_list_import": SEIZED,
    "case_list_preview": SEIZED,
    "intake_files": OFFERED,
    "intake_chunk": "12",
    "list_files": OFFERED,
    "list_chunk": "12",
}
"""What is sent to addresses that take no form."""


@dataclass(frozen=True)
class Question:
    """One way to ask at one address; `named` is what it may name, in the path or in the query or the form."""

    name: str
    method: str
    arguments: tuple[str, ...]
    asked: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.method, self.name, *self.asked))

    @property
    def named(self) -> tuple[str, ...]:
        return tuple(one for one in (*self.arguments, *self.asked) if one not in PLACES)


@dataclass(frozen=True)
class Reply:
    """All that somebody can tell of an answer but for what he named himself, and what answering took."""

    answer: Answer
    queries: tuple[int, ...]
    entries: int


def questions() -> Iterator[Question]:
    """Yield every way to name something."""
    for pattern in patterns():
        name, arguments = str(pattern.name), arguments_of(pattern)
        if {*arguments} - PLACES:
            yield from (Question(name, method, arguments) for method in METHODS)
        yield from (Question(name, "GET", arguments, (one,)) for one in ASKED.get(name, ()) if one not in {"as", "of"})
    yield Question("withdraw", "POST", ("reference",), ("exhibit",))


def theirs(planted: Planted, targets: Targets) -> dict[str, str]:
    """Return one of A's of each kind that only A may know of: of the covert case, where there is one of it."""
    scene = planted.scene
    case, overlap = scene.targets["covert case"], scene.targets["held"]
    authenticator = apps.get_model("mfa", "Authenticator")
    with acting_for(planted.agency_id):
        pk = authenticator.objects.values_list("pk", flat=True)[0]
        invitation = Invitation.objects.filter(used_at=None).values_list("pk", flat=True).first() or uuid4()
    [hit] = HitRow.objects.using(LINKER).filter(overlap_id=overlap).values_list("id", flat=True)
    found = {name: values[0] for name, values in targets.named.items()}
    return found | {
        "login": scene.people["anna"].login,
        "officer_id": str(scene.people["anna"].actor.officer_id),
        "reference": case,
        "case": scene.targets["wrong case"],
        "text": case,
        "exhibit": targets.exhibits[case][0],
        "overlap_id": overlap,
        "report_id": scene.targets["report in a case"],
        "hit_id": str(hit),
        "pk": str(pk),
        "token": f"{planted.agency_id}.{invitation}.{'x' * 40}",
    }


def nobodys(name: str) -> str:
    """Return what may be named so, and is nowhere."""
    if name == "token":
        return f"{uuid4()}.{uuid4()}.{'x' * 40}"
    if name == "called":
        return f"subject-{10**8 + uuid4().int % 10**8}"
    if name in FIGURES:
        return FIGURES[name]
    if name in NUMBERS:
        return str(10**15 + uuid4().int % 10**14)
    return random_name(name) if name in NAMES else str(uuid4())


def variants(question: Question, there: dict[str, str]) -> Iterator[dict[str, str]]:
    """Yield what to name: all that is another's, then each part of it, last what is nobody's."""
    for choice in product((True, False), repeat=len(question.named)):
        pairs = zip(question.named, choice, strict=True)
        yield {name: there[meant_by(question.name, name)] if is_theirs else nobodys(name) for name, is_theirs in pairs}


def ask(planted: Planted, seat: Seat, question: Question, values: dict[str, str]) -> Reply:
    """Ask, and measure what that takes."""
    arguments = {one: values.get(one, "0") for one in question.arguments}
    path = reverse(question.name, kwargs=arguments)
    asked = {one: values[one] for one in question.asked}
    before = planted.world.entry_count()
    with counting() as queries:
        answer = seen(_send(seat, question, path, asked))
    return Reply(
        _without(answer, (path, *values.values())), tuple(queries.values()), planted.world.entry_count() - before
    )


def _send(seat: Seat, question: Question, path: str, asked: dict[str, str]) -> Any:
    client = seat.visitor.client
    if question.method == "GET":
        return client.get(path, asked)
    if question.name in BODIES:
        return client.generic(question.method, path, BODIES[question.name], content_type="application/json")
    form = {} if question.name.startswith("mfa_") else FORM  # a login that is sent there is a sign-in's first step
    return client.post(path, form | asked) if question.method == "POST" else client.put(path)


def _without(answer: Answer, named: tuple[str, ...]) -> Answer:
    """Return an answer in which what was named stands for itself alone."""
    content, headers = answer.content, dict(answer.headers)
    for one in sorted((one for one in named if len(one) >= LEAST), key=len, reverse=True):
        for form in {one, quote(one), quote(one, safe="")}:
            content = content.replace(form.encode(), b"NAMED")
            headers = {name: value.replace(form, "NAMED") for name, value in headers.items()}
    return Answer(answer.status, tuple(sorted(headers.items())), content)

"""A program with an officer's key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tsunagu.domain.permission import NEVER_LENT, Permission, permissions_of
from tsunagu.services.agencies.api_keys import make_key

from ..clients import strict_client  # noqa: TID252 - tests are no package with a name
from ..counting import counting  # noqa: TID252 - tests are no package with a name
from ..world import Person, World  # noqa: TID252 - tests are no package with a name

REFERENCE = re.compile(rb'"reference": "[0-9a-f]{8}"')
EACH_TIME = {"X-Reference"}


@dataclass(frozen=True)
class Answer:
    """All that a program can tell of an answer, but for its reference number, and what answering took."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes
    queries: tuple[int, ...]
    entries: int

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def lendable(person: Person) -> frozenset[Permission]:
    return permissions_of(person.actor.roles) - NEVER_LENT


@dataclass
class Program:
    """Whoever asks the API, with or without a key."""

    world: World
    key: str | None = None
    client: Client = field(default_factory=strict_client)

    @classmethod
    def of(cls, world: World, person: Person, *scopes: Permission) -> Program:
        """Return a program that an officer has lent these permissions, or all that his roles let him lend."""
        lent = frozenset(scopes) or lendable(person)
        return cls(
            world, make_key(actor=person.actor, name="script", scopes=lent, days=1, look_ups=10_000, **world.parts)[0]
        )

    @classmethod
    def of_each(cls, world: World, people: Mapping[str, Person]) -> dict[str, Program]:
        """Return a program of everybody who may lend anything at all."""
        return {name: cls.of(world, person) for name, person in people.items() if lendable(person)}

    def send(self, method: str, path: str, body: Any = None, **query: object) -> HttpResponse:
        headers = {} if self.key is None else {"authorization": f"Bearer {self.key}"}
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(
            method, path, sent, content_type="application/json", headers=headers, query_params=query
        )

    def ask(self, method: str, path: str, body: Any = None, **query: object) -> Answer:
        """Ask, and measure what that takes."""
        before = self.world.entry_count()
        with counting() as queries:
            response = self.send(method, path, body, **query)
        headers = {name: value for name, value in response.items() if name not in EACH_TIME}
        return Answer(
            response.status_code,
            tuple(sorted(headers.items())),
            REFERENCE.sub(b"REFERENCE", response.content),
            tuple(queries.values()),
            self.world.entry_count() - before,
        )

    def get(self, path: str, **query: object) -> Any:
        """Return what is answered to who may ask."""
        answer = self.ask("GET", path, **query)
        assert answer.status == 200, answer.text
        return answer.json

"""The doors that stand before the framework, asked as the web server asks them."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from django.core.wsgi import get_wsgi_application

from tsunagu.api.fast_lane import FastLane
from tsunagu.api.hma.matching import SignalLane
from tsunagu.api.look_ups import LookUpLane
from tsunagu.domain.bank import BankRules, BankSemantics
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.records import bank_items
from tsunagu.records.new_items import NewItem, pack
from tsunagu.records.session import acting_for, connections_left
from tsunagu.services.agencies.api_keys import make_key
from tsunagu.services.banks.ownership import open_bank
from tsunagu.services.look_ups.desk import LookUpDesk
from tsunagu.web.rooms import rooms

from ..world import Person, World, random_name  # noqa: TID252 - tests are no package with a name

NATIVE = "/api/v1/look-up"
LOOKS_UP = (Permission.MEDIA_LOOK_UP, Permission.BANK_DISTANCE)


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class Lanes:
    """The lanes over a desk of their own, with what is told of them to who measures."""

    def __init__(self, desk: LookUpDesk) -> None:
        self.counted: list[tuple[str, int]] = []
        self._pages = ThreadPoolExecutor(1)
        self._application = FastLane(
            get_wsgi_application(),
            (
                LookUpLane(),
                SignalLane(lambda: rooms().keys, is_raw=False),
                SignalLane(lambda: rooms().keys, is_raw=True),
            ),
            desk=desk,
            counted=lambda page, status, _: self.counted.append((page, status)),
            pages=self._pages,
        )

    def close(self) -> None:
        """Let the thread go that works for the framework, with its connections."""
        self._pages.submit(connections_left).result()
        self._pages.shutdown()

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        kind: str = "application/json",
        query: str = "",
        **headers: str,
    ) -> Told:
        environ = self._environ(method, path, body, key=key, kind=kind, query=query) | headers
        began: list[Any] = []
        content = b"".join(self._application(environ, lambda status, told: began.extend((status, told))))
        return Told(int(began[0].split()[0]), dict(began[1]), content)

    def hand_in(self, key: str, *queries: Any) -> SimpleQueue[Told]:
        """Ask the native door as the web server does, which does not wait, and return where the answer will be."""
        told: SimpleQueue[Told] = SimpleQueue()
        environ = self._environ("POST", NATIVE, {"purpose": "investigation", "queries": list(queries)}, key=key)
        assert self._application.answers(environ, lambda *answer: told.put(Told(answer[0], dict(answer[1]), answer[2])))
        return told

    @staticmethod
    def _environ(
        method: str, path: str, body: Any, *, key: str | None, kind: str = "application/json", query: str = ""
    ) -> dict[str, Any]:
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": query,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(sent)),
            "HTTP_HOST": "localhost",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(sent),
            "wsgi.errors": io.StringIO(),
            **({} if key is None else {"HTTP_AUTHORIZATION": f"Bearer {key}"}),
        }

    def ask(self, key: str | None, *queries: Any, purpose: str | None = "investigation", **headers: str) -> Told:
        """Ask the native door."""
        body = {"queries": list(queries)} | ({} if purpose is None else {"purpose": purpose})
        return self.send("POST", NATIVE, body, key=key, **headers)

    def known(self, key: str, *queries: Any) -> list[list[dict[str, Any]]]:
        """Return what is known of each, to who may ask."""
        told = self.ask(key, *queries)
        assert told.status == 200, told.content
        assert told.json["searched"] == "all"
        return [one["known"] for one in told.json["answers"]]


def key_of(world: World, person: Person, *scopes: Permission, look_ups: int = 1000, only: Sequence[str] = ()) -> str:
    """Return a key that somebody lends a program."""
    lent = frozenset(scopes or LOOKS_UP)
    return make_key(
        actor=person.actor, name="script", scopes=lent, days=1, look_ups=look_ups, only_banks=only, **world.parts
    )[0]


def fill_bank(
    world: World, person: Person, *items: NewItem, semantics: BankSemantics = BankSemantics.ALERT, **rules: Any
) -> str:
    """Open a bank of somebody's agency with these items, and return its name."""
    name = random_name("BANK").upper().replace("-", "_")
    bank = open_bank(
        actor=person.actor,
        name=name,
        semantics=semantics,
        legal_ground="a law",
        rules=BankRules(**rules),
        **world.parts,
    )
    packed = pack(items)
    with acting_for(person.actor.agency_id):
        bank_items.add_items(bank.bank_id, packed, agency_id=person.actor.agency_id, now=world.parts["now"])
    return name


def fingerprint() -> bytes:
    """Return a fingerprint that nothing else is near to."""
    return secrets.token_bytes(32)


def near(one: bytes, bits: int) -> bytes:
    """Return a fingerprint so many bits away."""
    return (int.from_bytes(one) ^ ((1 << bits) - 1)).to_bytes(32)


PURPOSE = Purpose.INVESTIGATION

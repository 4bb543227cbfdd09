"""Somebody at a browser."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.http import HttpResponse
from django.test import Client
from pyotp.totp import TOTP

from tsunagu.records.session import acting_for
from tsunagu.web.middleware.agencies import AGENCY

from ..clients import new_client  # noqa: TID252 - tests are no package with a name
from ..world import PASSWORD, Person, World  # noqa: TID252 - tests are no package with a name

LOGIN, SECOND_STEP, HOME = "/account/login/", "/account/2fa/authenticate/", "/"
CHANGING = (
    (re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'), b"CSRF"),
    (re.compile(rb'"x-csrftoken": "[^"]+"'), b"CSRF"),
    (re.compile(rb"Reference [0-9a-f]{8}:"), b"REFERENCE"),
    (re.compile(rb'name="next" value="[^"]*"'), b"ASKED"),
    (re.compile(rb'class="back" href="[^"]*"'), b"ASKED"),
)
EACH_TIME = {"X-Reference", "Expires", "Content-Length"}


@dataclass(frozen=True)
class Answer:
    """All that somebody can tell of an answer, but for what differs each time: tokens, reference, his own question."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


def seen(response: HttpResponse) -> Answer:
    """Return what an answer tells."""
    content = response.content
    for pattern, word in CHANGING:
        content = pattern.sub(word, content)
    headers = {name: value for name, value in response.items() if name not in EACH_TIME}
    return Answer(response.status_code, tuple(sorted(headers.items())), content)


@dataclass
class Visitor:
    """A browser with its cookies."""

    world: World
    client: Client = field(default_factory=new_client)

    def get(self, path: str, **query: str) -> HttpResponse:
        return self.client.get(path, query)

    def post(self, path: str, **typed: Any) -> HttpResponse:
        return self.client.post(path, typed)

    def sits_down_as(self, person: Person, *, proven_s: float = 0, by: str = "password") -> Visitor:
        """Begin a session as if the officer had signed in just now, or so many seconds ago."""
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        with acting_for(person.actor.agency_id):
            officer = get_user_model().objects.get(pk=person.actor.officer_id)
        store[SESSION_KEY] = str(officer.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = officer.get_session_auth_hash()
        store[AGENCY] = str(person.actor.agency_id)
        store["account_authentication_methods"] = [{"method": by, "at": time.time() - proven_s}]
        store["account_authentication_methods_user"] = str(officer.pk)
        store.save()
        self.client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
        return self

    def name(self, login: str, password: str = PASSWORD) -> HttpResponse:
        """Take the first step of signing in."""
        return self.post(LOGIN, login=login, password=password)

    def prove(self, code: str) -> HttpResponse:
        """Take the second step of signing in."""
        return self.post(SECOND_STEP, code=code)

    def signs_in(self, person: Person) -> Visitor:
        """Sign in by both steps, with the code of the next half minute: that of this one was used."""
        assert self.name(person.login).status_code == 302
        answer = self.prove(next_code(person))
        assert (answer.status_code, answer["Location"]) == (302, HOME), answer.content
        return self

    @property
    def is_in(self) -> bool:
        """Whether pages open; `ledger` or `officers` are where home sends those who have no cases."""
        answer = self.get("/banks/")
        return not (answer.status_code == 302 and answer["Location"].startswith(LOGIN))


def next_code(person: Person) -> str:
    """Return a code that has not been used on the command line, where the scene's people signed in."""
    return TOTP(person.totp_secret).at(int(time.time()) + 30)

"""Django's client, over middleware that is built once, as a server does: each building looks at every static file."""

from __future__ import annotations

from functools import cache

from django.test import Client
from django.test.client import ClientHandler


@cache
def _handler(*, enforce_csrf_checks: bool) -> ClientHandler:
    return ClientHandler(enforce_csrf_checks)


def new_client(*, enforce_csrf_checks: bool = False) -> Client:
    """Return a client without cookies, to whom a failure is an answer."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.handler = _handler(enforce_csrf_checks=enforce_csrf_checks)
    return client


def strict_client() -> Client:
    """Return a client whose forms need their token."""
    return new_client(enforce_csrf_checks=True)

"""The workplace in the browser, asked within this process by Django's own client."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.cache import cache

from tsunagu.services.house import Rooms
from tsunagu.web.rooms import serve_from

from ..scene import Scene, set_the_scene  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor


@pytest.fixture(scope="module", autouse=True)
def _served(rooms: Rooms) -> None:
    """Serve the rooms of these tests, under a secret key as the wiring would make one."""
    settings.SECRET_KEY = secrets.token_hex(32)
    settings.ALLOWED_HOSTS = ["localhost"]
    serve_from(rooms)


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    """Let no test be slowed down by the attempts of another: they all come from one address."""
    cache.clear()


@pytest.fixture
def visitor(world: World) -> Callable[[], Visitor]:
    """A function that returns somebody at a browser, not signed in."""
    return lambda: Visitor(world)


@pytest.fixture(scope="module")
def web_scene(world: World) -> Scene:
    """The scene that the commands are tried in, for the pages."""
    return set_the_scene(world)

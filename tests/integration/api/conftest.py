"""The API, asked within this process."""

from __future__ import annotations

import secrets

import pytest
from django.conf import settings

from tsunagu.services.house import Rooms
from tsunagu.web.rooms import serve_from

from ..scene import Scene, set_the_scene  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - tests are no package with a name


@pytest.fixture(scope="module", autouse=True)
def _served(rooms: Rooms) -> None:
    """Serve the rooms of these tests, under a secret key as the wiring would make one."""
    settings.SECRET_KEY = secrets.token_hex(32)
    settings.ALLOWED_HOSTS = ["localhost"]
    serve_from(rooms)


@pytest.fixture(scope="module")
def api_scene(world: World) -> Scene:
    """The scene that the commands are tried in, for programs."""
    return set_the_scene(world)

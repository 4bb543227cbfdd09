"""Forms that nobody has asked for: of another site, with files in them, longer than any page sends."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from tsunagu.domain.permission import Role
from tsunagu.records.models import WebSession

from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import PASSWORD, World  # noqa: TID252 - tests are no package with a name
from .visitors import HOME, LOGIN, Visitor


def test_a_form_of_another_site_makes_no_session_and_signs_nobody_out(world: World) -> None:
    anna, _ = world.found(WORKS, {Role.ADMINISTRATOR})
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    visitor = Visitor(world, strict).sits_down_as(anna)
    mine = strict.cookies[settings.SESSION_COOKIE_NAME].value
    before = WebSession.objects.count()
    answer = strict.post(
        LOGIN, {"login": "anybody", "password": PASSWORD}, headers={"origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403
    assert strict.cookies[settings.SESSION_COOKIE_NAME].value == mine
    assert visitor.get(HOME).status_code == 200
    stranger = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    assert stranger.post(LOGIN, {"login": "anybody", "password": PASSWORD}).status_code == 403
    assert settings.SESSION_COOKIE_NAME not in stranger.cookies
    assert WebSession.objects.count() == before


def test_the_sign_in_page_s_own_form_is_taken(world: World) -> None:
    anna, _ = world.found(WORKS, {Role.ADMINISTRATOR})
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.get(LOGIN)
    token = strict.cookies[settings.CSRF_COOKIE_NAME].value
    answer = strict.post(LOGIN, {"login": anna.login, "password": PASSWORD, "csrfmiddlewaretoken": token})
    assert answer.status_code == 302


def test_a_file_in_a_form_is_spooled_nowhere(
    visitor: Callable[[], Visitor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", pytest.fail)
    request = RequestFactory().post(LOGIN, {"login": "x", "one": SimpleUploadedFile("one", b"x" * (4 << 20))})
    assert dict(request.FILES) == {}
    answer = visitor().post(LOGIN, login="x", password="y", one=SimpleUploadedFile("one", b"x" * (4 << 20)))
    assert answer.status_code < 500
    assert list(tmp_path.iterdir()) == []


def test_a_form_longer_than_any_page_sends_is_refused_unread(visitor: Callable[[], Visitor]) -> None:
    body = SimpleUploadedFile("one", b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    answer = visitor().post(LOGIN, login="x", password="y", one=body)
    assert answer.status_code in {400, 413}


def test_over_tls_browsers_are_told_to_come_by_tls_alone(visitor: Callable[[], Visitor]) -> None:
    client = visitor().client
    assert "max-age=31536000" in client.get(LOGIN, secure=True)["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in client.get(LOGIN)

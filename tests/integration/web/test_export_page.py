"""A case leaves by its page as one archive: the same package as by the command, with nothing of it left behind."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.urls import reverse

from tsunagu.domain.act import Act
from tsunagu.records.packages.folder import check_package

from ..linked import Held, Made  # noqa: TID252 - tests are no package with a name
from ..scene import OVERSEES, WORKS  # noqa: TID252 - likewise
from ..world import Person, World  # noqa: TID252 - likewise
from .visitors import Visitor


@pytest.fixture(scope="module")
def anna(world: World) -> Person:
    officer, _ = world.found(WORKS, OVERSEES)
    return officer


@pytest.fixture
def held(world: World, anna: Person) -> Held:
    return Held.open(world, anna).bring(*(Made().picture() for _ in range(2)))


def test_the_archive_verifies_once_it_is_unpacked_and_its_entry_is_in_the_ledger(
    world: World, held: Held, visitor: Callable[[], Visitor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "temporary"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    asked = visitor().sits_down_as(held.person)
    path = reverse("case_export", args=[held.case.reference])
    assert path in asked.get(reverse("case", args=[held.case.reference])).content.decode()
    answer = asked.post(path)
    assert answer["Content-Disposition"] == f'attachment; filename="{held.case.reference}.zip"'
    assert Act.CASE_EXPORTED in {one["act"] for one in world.entries()[-3:]}
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert {one.external_attr >> 16 for one in archive.infolist()} == {0o600}
        archive.extractall(tmp_path / "package")
    report = check_package(tmp_path / "package", world.rooms.keys.public_keys()[world.rooms.keys.signer().key_id])
    assert report.is_sound
    assert set(report.files) == {"case.jsonld", "public-key.pem", "readme.txt"}
    assert list(room.iterdir()) == []


def test_a_case_that_would_keep_the_browser_waiting_is_refused_and_nothing_is_said_to_have_gone_out(
    world: World, held: Held, visitor: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tsunagu.web.pages.packages.MOST_PLACES", 1)
    asked = visitor().sits_down_as(held.person)
    before = world.entry_count()
    answer = asked.post(reverse("case_export", args=[held.case.reference]))
    assert answer.status_code == 422
    assert "tsunagu case export" in answer.content.decode()
    assert Act.CASE_EXPORTED not in {one["act"] for one in world.entries()[before:]}

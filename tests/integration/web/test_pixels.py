"""With vault and view off no door opens pixels; and after a reveal nothing of the picture is left anywhere."""

from __future__ import annotations

import os
import secrets
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.http import HttpResponse
from django.urls import get_resolver, reverse
from PIL import Image

from tsunagu.domain.media import MediaType
from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records.cases import case_of
from tsunagu.records.models import Holding
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import open_case

from ...system.test_media_free import Search, decoded  # noqa: TID252 - tests are no package with a name
from ..granted import grant, two_administrators  # noqa: TID252 - tests are no package with a name
from ..scene import DOORS, WORKS  # noqa: TID252 - tests are no package with a name
from ..test_permissions import _commands, program  # noqa: TID252 - likewise
from ..world import World, random_name  # noqa: TID252 - tests are no package with a name
from .pictures import Stage, bring_in, encoded
from .test_doors import PLACEHOLDERS, patterns

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def noise(seed: int) -> Image.Image:
    """Return a picture that is full of what does not occur by chance."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (240, 320, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def stage(world: World, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Two officers' agencies that hold the same picture and have shared it; nobody was granted anything."""
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    ben, _ = world.found(WORKS, {Role.ADMINISTRATOR})
    folder = tmp_path_factory.mktemp("planted")
    drawings = {"a.png": noise(1), "b.jpg": noise(2)}
    (folder / "a.png").write_bytes(encoded(drawings["a.png"], "PNG"))
    (folder / "b.jpg").write_bytes(encoded(drawings["b.jpg"], "JPEG"))
    for person in (ben, anna):
        case = random_name("case")
        open_case(actor=person.actor, reference=case, purpose=Purpose.INVESTIGATION, covert=False, **world.parts)
        bring_in(world, person, case, folder)
    overlap = world.json(anna, "overlaps")[0]["overlap"]
    for person in (ben, anna):
        assert world.run(person, "share", overlap).status == 0
    with acting_for(anna.actor.agency_id):
        case_id = case_of(anna.actor, case).case_id
        found = Holding.objects.filter(exhibit__case_id=case_id).values_list("path", "number")
        numbers = {Path(os.fsdecode(bytes(path))).name: number for path, number in found}
    people = {"anna": anna, "adam": adam, "ben": ben, "overlap": overlap}
    return Stage(world, people, case, folder, numbers, drawings)


@pytest.fixture(scope="module")
def search(stage: Stage) -> Search:
    contents = [path.read_bytes() for path in stage.folder.iterdir()]
    return Search([*contents, *(part for content in contents for part in decoded(content))])


def known(stage: Stage) -> dict[str, Any]:
    """Return what a URL of the workplace is asked for: what is there, as far as there is any."""
    hit = stage.world.json(stage.people["anna"], "hits", stage.people["overlap"])[0]["hit"]
    return {
        **PLACEHOLDERS,
        "reference": stage.case,
        "number": stage.numbers["a.png"],
        "overlap_id": stage.people["overlap"],
        "hit_id": hit,
    }


def test_the_search_finds_what_was_planted(stage: Stage, search: Search) -> None:
    for path in stage.folder.iterdir():
        assert search.runs_in(b"x" + path.read_bytes()[900:1100])


@pytest.mark.parametrize("name", ["anna", "adam"])
def test_no_page_opens_pixels_while_nobody_was_granted_it(stage: Stage, search: Search, name: str) -> None:
    values, asked = known(stage), set()
    for pattern in patterns():
        # Signing out and leaving would end the walk.
        if pattern.name in {"account_logout", "leave", "mfa_deactivate_totp"}:
            continue
        [(_, arguments)] = get_resolver().reverse_dict.getlist(str(pattern.name))[0][0]
        path = reverse(str(pattern.name), kwargs={one: values[one] for one in arguments})
        for method in ("get", "post") if name == "anna" else ("get",):
            visitor = stage.visitor(name)
            typed = {"means": "place", "reason": "because it may be there", "exhibit": "E1"}
            _has_no_pixels(getattr(visitor.client, method)(path, typed), search, path)
            asked.add(pattern.name)
    assert {"items", "overlap", "reveal", "revealed", "healthz", "intake_chunk"} <= asked
    for path in ("/api/", "/media/", "/static/", f"/static/{stage.case}"):
        _has_no_pixels(stage.visitor(name).get(path), search, path)


def _has_no_pixels(answer: HttpResponse, search: Search, path: str) -> None:
    content = b"".join(answer) if answer.streaming else answer.content
    assert not answer.get("Content-Type", "").startswith(("image/", "video/", "application/octet-stream")), path
    assert search.runs_in(content) == [], path
    assert b'src="/reveals/' not in content, path
    for found in (one.mime.encode() for one in MediaType):
        assert b"data:" + found not in content, path


def test_no_command_prints_pixels(stage: Stage, search: Search, tmp_path: Path) -> None:
    anna = stage.people["anna"]
    targets = {"case": stage.case, "overlap": stage.people["overlap"], "shared": stage.people["overlap"]}
    tried = set()
    for door in DOORS:
        if door.target in {None, *targets} and not door.lines:
            words = defaultdict(lambda: "none", self=anna.login, new=random_name("new"), out=str(tmp_path / "key"))
            words |= {"target": targets.get(door.target or "", "")}
            words |= {"list": stage.world.file(secrets.token_hex(32).encode())}
            words |= {"file": stage.world.file(secrets.token_bytes(9))}
            typed = [one.format_map(words) for one in door.arguments]
            for form in ((), ("--json",)):
                outcome = stage.world.run(anna, *door.command.split(), *typed, *form)
                assert search.runs_in(outcome.text.encode()) == [], door.command
                tried.add(door.command)
    assert {"items", "hits", "case show", "overlaps", "ledger show"} <= tried
    # Nothing that is named like a way to pixels has come since.
    words = {"view", "reveal", "thumbnail", "preview", "image", "picture", "frame", "vault", "export"}
    named = {one for one in _commands(program) if words & set(one.replace("-", " ").split())}
    assert named == {"bank export", "case export", "keys export"}


@contextmanager
def files_written() -> Iterator[list[str]]:
    """Note every file that this process opens for writing in the block."""
    found: list[str] = []
    is_on = True

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if is_on and event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
            found.append(str(arguments[0]))

    sys.addaudithook(note)
    try:
        yield found
    finally:
        is_on = False


def test_after_a_reveal_nothing_is_left_of_the_picture(
    stage: Stage, search: Search, world_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    world, anna = stage.world, stage.people["anna"]
    grant(world, two_administrators(world, stage.people["adam"]), Permission.MEDIA_VIEW, anna)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    stage.shown("a.png", "anna")  # the children and codecs are loaded
    with files_written() as written:
        shown = [stage.shown(name, "anna") for name in ("a.png", "b.jpg")]
    assert [answer.status_code for answer in shown] == [200, 200]
    assert [one for one in written if not one.startswith("/dev/")] == []
    assert list(tmp_path.iterdir()) == []
    of_pages = Search([*(answer.content for answer in shown)])
    for parent, _, names in os.walk(world_home):
        for name in names:
            path = Path(parent) / name
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                assert search.runs_in(content) == [], path
                assert of_pages.runs_in(content) == [], path
    assert "a.png" not in caplog.text
    for one in ("b.jpg", "a.png"):
        page = stage.visitor("anna").get(reverse("items", args=[stage.case]), exhibit="E1").content
        assert search.runs_in(page) == of_pages.runs_in(page) == [], one

"""An upload to a disk that is really full stops, says so in the officer's language, and goes on when there is room."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.http import HttpResponse

from tsunagu.domain.permission import Role
from tsunagu.records.models import Holding
from tsunagu.records.session import acting_for
from tsunagu.services.house import Rooms
from tsunagu.web.rooms import serve_from

from ..brought import Counter  # noqa: TID252 - tests are no package with a name
from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor

MIB = 1 << 20
FULL = {
    "en": "The disk is full: nothing more can be uploaded, and what is here is kept.",
    "ja": "ディスクに空きがありません。これ以上アップロードできません。受信済みのものは保持しています。",
}


@dataclass
class Sending:
    """A browser that sends one file as the page does."""

    visitor: Visitor
    content: bytes
    base: str = ""
    number: int = 0
    held: int = 0

    def begin(self, case: str) -> None:
        self.base = f"/intakes/{self.visitor.post(f'/cases/{case}/intake/', exhibit='E1').json()['intake']}/files/"
        answer = self.offer("disk.img", len(self.content))
        [one] = answer.json()["files"]
        self.number, self.held = one["number"], one["held"]

    def offer(self, name: str, size: int) -> HttpResponse:
        offered = json.dumps([{"name": name, "size": size}])
        return self.visitor.client.post(self.base, offered, content_type="application/json")

    def put(self, **headers: str) -> HttpResponse:
        path = f"{self.base}{self.number}/{self.held}/"
        data = self.content[self.held : self.held + MIB]
        answer = self.visitor.client.put(path, data, content_type="application/octet-stream", headers=headers)
        if answer.status_code == 200:
            self.held = answer.json()["held"]
        return answer

    def send(self) -> HttpResponse:
        """Send what is missing until all is there, or something is refused, and return the last answer."""
        answer = self.put()
        while answer.status_code == 200 and self.held < len(self.content):
            answer = self.put()
        return answer


@pytest.fixture
def counter(world: World, rooms: Rooms, tmp_path: Path) -> Iterator[Counter]:
    """A served house whose uploads may fill the disk they lie on."""
    counter = Counter.at(world, tmp_path)
    serve_from(counter.rooms)
    yield counter
    serve_from(rooms)
    with connections["owner"].cursor() as cursor:  # what a test has left waiting is nobody else's
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.parametrize("language", FULL)
def test_a_full_disk_stops_an_upload_says_so_and_the_same_upload_goes_on_when_there_is_room(
    small_disk: Any, counter: Counter, world: World, visitor: Callable[[], Visitor], language: str
) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    counter.folder.mkdir()
    disk = small_disk(counter.folder, 4 * MIB)
    one = Sending(visitor().sits_down_as(anna), secrets.token_bytes(3 * MIB))
    one.begin(case := counter.case(anna))
    one.visitor.post("/language/", language=language)
    ballast = disk.fill(2 * MIB + MIB // 2)
    assert (one.send().status_code, one.held) == (503, 2 * MIB)
    told = one.put(accept="application/json")
    assert (told.status_code, told.json()["told"]) == (503, FULL[language])
    assert told.json()["reference"] == told["X-Reference"]
    assert FULL[language] in one.put().content.decode()
    # Nothing else stops: pages open, and nothing half-written is taken for whole.
    assert one.visitor.get(f"/cases/{case}/intake/").status_code == 200
    assert one.offer("another.img", MIB).status_code == 503
    assert one.visitor.post(f"{one.base}finish/").status_code == 409
    [path] = {*counter.bytes_left()} - {ballast}
    assert path.stat().st_size == 2 * MIB
    ballast.unlink()
    assert (one.send().status_code, one.held) == (200, 3 * MIB)
    assert one.visitor.post(f"{one.base}finish/").status_code == 302
    counter.work()
    with acting_for(anna.actor.agency_id):
        [held] = Holding.objects.values_list("item__sha256", flat=True)
    assert bytes(held) == sha256(one.content).digest()
    assert not counter.bytes_left()


def test_what_is_told_to_a_script_is_no_more_than_a_page_tells(world: World, visitor: Callable[[], Visitor]) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    one = visitor().sits_down_as(anna)
    answer = one.client.get("/cases/absent/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (404, {"told": "", "reference": answer["X-Reference"]})

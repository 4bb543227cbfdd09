"""Lists brought into a bank in the browser: uploaded in parts, imported by a worker, seen on their way, gone after."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import reverse

from tsunagu.config.queue import WorkerQueue
from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import Unavailable
from tsunagu.domain.incoming_list import ListState
from tsunagu.domain.permission import Role
from tsunagu.records import incoming_lists
from tsunagu.records.models import BankImport, IncomingListRow
from tsunagu.records.session import acting_for
from tsunagu.records.uploads import UploadStore
from tsunagu.services.agencies.invitations import end_officer
from tsunagu.services.banks import imports as bank_imports
from tsunagu.services.banks import pieces
from tsunagu.services.banks.ownership import view_bank
from tsunagu.services.house import Rooms
from tsunagu.services.intake import lost_uploads
from tsunagu.services.intake.list_runs import ListRunner
from tsunagu.services.intake.runs import MOST_ATTEMPTS, purge_uploads
from tsunagu.services.parts import HandedBack
from tsunagu.web.rooms import serve_from

from ..lists import CHUNK, Upload, bank_of, examined, near, sha1s, table  # noqa: TID252 - tests are no package with a name
from ..scene import WORKS  # noqa: TID252 - likewise
from ..world import Person, World, now, random_name  # noqa: TID252 - likewise
from .visitors import Visitor


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, ...]:
    return world.found(WORKS, {Role.ADMINISTRATOR}, WORKS)


@pytest.fixture
def anna(people: tuple[Person, ...]) -> Person:
    return people[0]


@pytest.fixture
def desk(world: World, anna: Person) -> Visitor:
    return Visitor(world).sits_down_as(anna)


@pytest.fixture
def bank(world: World, anna: Person) -> str:
    return bank_of(world, anna)


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[Rooms]:
    """Pages that defer to a worker, with a folder of uploads of their own."""
    uploads = UploadStore(tmp_path / "uploads", quota_bytes=10_000_000, spare_bytes=0)
    rooms = replace(world.rooms, queue=WorkerQueue(), uploads=uploads)
    serve_from(rooms)
    yield rooms
    serve_from(world.rooms)


def runner(rooms: Rooms, *, is_stopping: Callable[[], bool] = lambda: False) -> ListRunner:
    return ListRunner(
        uploads=rooms.uploads, known=rooms.known, is_stopping=is_stopping, clock=now, keys=rooms.keys,
        ledger=rooms.ledger, queue=rooms.queue,
    )  # fmt: skip


def row_of(anna: Person, base: str) -> IncomingListRow:
    with acting_for(anna.actor.agency_id):
        return IncomingListRow.objects.get(id=id_in(base))


def id_in(base: str) -> UUID:
    return UUID(base.split("/")[2])


def cells(page: str) -> str:
    """Return what the table of lists says, without its tags."""
    lists = page.partition('id="lists"')[2].partition("<details")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(lists)))


def test_a_list_that_was_uploaded_is_imported_told_of_and_removed(
    world: World, anna: Person, desk: Visitor, bank: str
) -> None:
    lines = sha1s(300)
    content = table("sha1", *lines, lines[0], "not hexadecimal", "da39a3ee5e6b4b0d3255bfef95601890afd80709")
    assert len(content) > 2 * CHUNK
    said = cells(Upload(desk, bank, content, "from-abroad.csv").bring())
    assert "from-abroad.csv" in said
    assert re.search(r"done 303 300 1 .*bad digest 1 .*empty file 1 ", said), said
    assert view_bank(actor=anna.actor, name=bank, **world.parts).bank.items == 300
    assert list(world.rooms.uploads.intakes()) == []
    acts = [one["act"] for one in world.entries()[-5:]]
    assert [one for one in acts if one.startswith("bank:") and one != "bank:read"] == [
        "bank:list_begun", "bank:imported", "bank:list_ended",
    ]  # fmt: skip


def test_the_same_list_again_says_that_it_was_imported_before(desk: Visitor, bank: str) -> None:
    content = table("sha1", *sha1s(3))
    Upload(desk, bank, content).bring()
    assert "imported before: nothing was done" in cells(Upload(desk, bank, content, "again.csv").bring())


def test_what_64_digits_are_is_stated_or_such_rows_are_refused(desk: Visitor, world: World, anna: Person) -> None:
    content = "\n".join(secrets.token_hex(32) for _ in range(4)).encode()
    for hex_is, told in (("", "4 0 0 ambiguous 256 bits 4"), ("sha256", "4 4 0"), ("pdq", "4 4 0")):
        said = cells(Upload(desk, bank_of(world, anna), content).bring(hex_is=hex_is))
        assert f"done {told}" in re.sub(r"\s+", " ", said)


def test_what_comes_in_near_what_is_benign_goes_into_quarantine(desk: Visitor, world: World, anna: Person) -> None:
    logo = secrets.token_bytes(32)
    bank_of(world, anna, examined(logo), semantics=BankSemantics.BENIGN)
    bank = bank_of(world, anna)
    content = table("pdq", near(logo, 4).hex(), secrets.token_hex(32))
    page = Upload(desk, bank, content).bring()
    assert re.search(r'id="quarantine".*class="count">1<', page, re.DOTALL)
    assert 'class="number">1</td><td class="number">0</td>' in page


def test_a_list_that_breaks_off_fails_with_nothing_of_it_kept(
    desk: Visitor, world: World, anna: Person, bank: str
) -> None:
    broken = b'{"odata.metadata": "x", "value": [{"MD5": "' + b"cd" * 16 + b'"}, {"MD5": "' + b"ab" * 16 + b'"'
    said = cells(Upload(desk, bank, broken).bring(format="vics"))
    assert (
        "failed The list ends before its end, or is no JSON. This was found behind row 1. Nothing of it is kept."
        in said
    )
    assert "abab" not in said
    assert view_bank(actor=anna.actor, name=bank, **world.parts).bank.items == 0
    assert list(world.rooms.uploads.intakes()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "pdf"}, {"hex_is": "crc"}, {"size": "0"}, {"size": "-1"}, {"name": ""}, {"categories": "no"},
        {"categories": '{"US/1": 3}'}, {"categories": '{"US/1": {"x": "y"}}'}, {"categories": "[" * 9999},
        {"categories": '{"US/1": {"1": "\\u0000"}}'},
    ],
)  # fmt: skip
def test_what_is_wrongly_stated_of_a_list_is_refused_before_it_is_sent(
    desk: Visitor, bank: str, wrong: dict[str, str]
) -> None:
    assert Upload(desk, bank, b"x").begin(**wrong).status_code == 422


@pytest.mark.usefixtures("house")
def test_an_upload_goes_on_where_it_was_interrupted_by_the_same_officer_alone(
    desk: Visitor, bank: str, world: World, people: tuple[Person, ...]
) -> None:
    upload = Upload(desk, bank, table("sha1", *sha1s(400)))
    base = upload.base()
    upload.send(base, until=CHUNK)
    assert upload.base() == base
    assert upload.base(hex_is="pdq") != base
    assert upload.offer(base).json()["files"] == [{"number": 1, "held": CHUNK}]
    assert upload.offer(base, size=5).status_code == 409
    assert upload.finish(base).status_code == 409
    wrong = desk.client.put(f"{base}1/7/", b"x", content_type="application/octet-stream")
    assert (wrong.status_code, wrong.json()) == (409, {"held": CHUNK})
    assert desk.client.put(f"{base}2/0/", b"x", content_type="application/octet-stream").status_code == 404
    other = replace(upload, visitor=Visitor(world).sits_down_as(people[2]))
    assert other.offer(base).status_code == 403
    assert other.base() != base
    upload.send(base)
    assert upload.finish(base).status_code == 302
    assert upload.offer(base).status_code == 409


def test_the_page_tells_how_far_an_upload_is_and_it_can_be_given_up(
    desk: Visitor, bank: str, house: Rooms, anna: Person
) -> None:
    upload = Upload(desk, bank, b"x" * 40_000)
    base = upload.base()
    upload.send(base, until=20_000)
    polled = desk.client.get(reverse("bank_lists", args=[bank]), headers={"hx-request": "true"})
    assert polled.status_code == 200
    assert "being uploaded 50 %" in cells(polled.content.decode())
    assert "every 1s" in polled.content.decode()
    stopped = desk.post(f"/lists/{id_in(base)}/stop/")
    assert stopped["Location"] == reverse("bank", args=[bank])
    assert "stopped" in cells(desk.get(stopped["Location"]).content.decode())
    assert list(house.uploads.intakes()) == []
    assert desk.post(f"/lists/{id_in(base)}/stop/").status_code == 409
    polled = desk.client.get(reverse("bank_lists", args=[bank]), headers={"hx-request": "true"})
    assert polled.status_code == 286
    assert "every 1s" not in polled.content.decode()
    assert 'id="quarantine" hx-swap-oob="true"' in polled.content.decode()


def test_asked_by_itself_the_part_of_the_page_leads_to_the_page(desk: Visitor, bank: str) -> None:
    assert desk.get(reverse("bank_lists", args=[bank]))["Location"] == reverse("bank", args=[bank])


def test_lists_take_of_the_agency_s_room_for_uploads(world: World, house: Rooms) -> None:
    ben = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    desk, bank = Visitor(world).sits_down_as(ben), bank_of(world, ben)
    assert Upload(desk, bank, b"x").begin(size=str(house.uploads.quota_bytes)).status_code == 201
    assert Upload(desk, bank, b"x", "second").begin().status_code == 503


def waiting(desk: Visitor, bank: str, content: bytes) -> str:
    """Upload a list that then waits for a worker."""
    upload = Upload(desk, bank, content)
    base = upload.base()
    upload.send(base)
    assert upload.finish(base).status_code == 302
    return base


def test_a_worker_that_is_asked_to_end_gives_the_list_back_and_the_next_goes_on(
    desk: Visitor, bank: str, house: Rooms, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE_ROWS", 10)
    base = waiting(desk, bank, table("sha1", *sha1s(200)))
    assert "waits" in cells(desk.get(reverse("bank", args=[bank])).content.decode())
    agency_id, list_id, told = anna.actor.agency_id, id_in(base), []
    with pytest.raises(HandedBack):
        runner(house, is_stopping=lambda: bool(told.append(1)) or len(told) > 9).run(agency_id, list_id)
    assert (row_of(anna, base).state, row_of(anna, base).attempts) == (ListState.WAITING, 0)
    with acting_for(agency_id):
        assert 0 < BankImport.objects.get(bank__name=bank).rows_in < 200
    for _ in range(2):
        runner(house).run(agency_id, list_id)
    assert row_of(anna, base).state == ListState.DONE
    assert "done 200 200 0" in cells(desk.get(reverse("bank", args=[bank])).content.decode())
    assert list(house.uploads.intakes()) == []


def test_while_it_is_imported_the_page_tells_rows_and_how_much_was_read(
    desk: Visitor, bank: str, house: Rooms, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE_ROWS", 100)
    base, seen = waiting(desk, bank, table("sha1", *sha1s(2000))), []

    def look() -> bool:
        polled = desk.client.get(reverse("bank_lists", args=[bank]), headers={"hx-request": "true"})
        seen.append(cells(polled.content.decode()))
        return False

    runner(house, is_stopping=look).run(anna.actor.agency_id, id_in(base))
    assert all("being imported" in one for one in seen)
    rows = [
        int(one) for told in seen for one in re.findall(r"KB ([0-9,]+) ", told.replace("\xa0", " ").replace(",", ""))
    ]
    assert rows == sorted(rows)
    assert rows[-1] > rows[0]


def test_a_list_that_another_run_is_importing_waits_and_is_given_up_in_the_end(
    desk: Visitor, bank: str, house: Rooms, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = waiting(desk, bank, table("sha1", *sha1s(3)))
    monkeypatch.setattr(bank_imports.banks, "keep_progress", _taken)
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Unavailable):
            runner(house).run(anna.actor.agency_id, id_in(base))
    runner(house).run(anna.actor.agency_id, id_in(base))
    assert (row_of(anna, base).state, row_of(anna, base).failure) == (ListState.FAILED, "gave-up")


def _taken(*_: object, **__: object) -> None:
    raise bank_imports.Conflict("this list is being imported by another run, or was ended")


def test_the_list_of_an_officer_who_has_left_fails_and_says_so(
    world: World, house: Rooms, people: tuple[Person, ...]
) -> None:
    _, adam, _ = people
    leaver = world.enroll(adam, Role.OFFICER)
    desk, bank = Visitor(world).sits_down_as(leaver), bank_of(world, leaver)
    base = waiting(desk, bank, table("sha1", *sha1s(3)))
    end_officer(actor=adam.actor, officer_id=leaver.actor.officer_id, **world.parts)
    runner(house).run(leaver.actor.agency_id, id_in(base))
    assert (row_of(leaver, base).state, row_of(leaver, base).failure) == (ListState.FAILED, "officer-left")
    assert list(house.uploads.intakes()) == []


def test_uploads_that_nobody_goes_on_with_expire_and_those_not_in_a_backup_fail(
    desk: Visitor, bank: str, house: Rooms, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = Upload(desk, bank, b"x" * 9_000)
    kept, lost = upload.base(), replace(upload, name="other").base()
    for base in (kept, lost):
        upload.visitor.client.put(f"{base}1/0/", b"x" * 500, content_type="application/octet-stream")
    purge_uploads(uploads=house.uploads, now=now(), ledger=house.ledger)
    assert {one for _, one in house.uploads.intakes()} == {id_in(kept), id_in(lost)}
    with acting_for(anna.actor.agency_id):
        incoming_lists.touch(id_in(lost), now() - timedelta(days=8), unless_since=now() + timedelta(days=1))
    purge_uploads(uploads=house.uploads, now=now(), ledger=house.ledger)
    assert {one for _, one in house.uploads.intakes()} == {id_in(kept)}
    assert row_of(anna, lost).failure == "expired"
    # Uploads of other tests' agencies stay as they are.
    monkeypatch.setattr(lost_uploads.agencies, "agency_cards", lambda: {anna.actor.agency_id: None})
    assert lost_uploads.end_lost_uploads(now=now(), ledger=house.ledger) >= 1
    assert row_of(anna, kept).failure == "not-in-backup"


def test_a_list_brought_in_at_the_command_line_stands_beside_the_others(
    desk: Visitor, world: World, anna: Person
) -> None:
    bank = random_name("bank")
    path = world.file(table("sha1", *sha1s(2)))
    done = world.run(
        anna, "bank", "import", path, "--format", "csv", "--semantics", "alert", "--bank", bank, "--ground", "a law"
    )
    assert done.status == 0, done.text
    assert "at the command line csv done 2 2 0" in cells(desk.get(reverse("bank", args=[bank])).content.decode())

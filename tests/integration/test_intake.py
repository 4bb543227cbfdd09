"""A scan made elsewhere comes in as if its files had been read here, when the exhibit's key or the officer vouches."""

from __future__ import annotations

import gzip
import os
import secrets
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from PIL import Image

from tsunagu.domain.errors import InputError
from tsunagu.domain.intake import IntakeRefusal, IntakeRefused, ScanKey
from tsunagu.domain.media import MediaType
from tsunagu.domain.permission import Role
from tsunagu.fingerprints.taking import decode, fingerprint
from tsunagu.media.messages import DecodeOptions, Message
from tsunagu.records.keys.exhibit_keys import key_from_file, key_to_file, make_key
from tsunagu.records.session import acting_for
from tsunagu.services.intake import file as intake_file
from tsunagu.services.intake.exhibit_keys import LIFETIME
from tsunagu.services.intake.ingest import ingest
from tsunagu.services.intake.keeping import IngestReport
from tsunagu.services.intake.scanned_intake import ingest_intake
from tsunagu.services.media.examination import LocalExaminer

from .world import NoDecoder, Person, World, now, random_name

WORKS, OVERSEES = {Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR, Role.AUDITOR}
REFUSED, NOT_FOUND, CONFLICT = 2, 4, 6


class InThisProcess:
    """Decodes without a child: what is decoded here was made here."""

    def decode(self, fd: int, media_type: MediaType) -> Iterator[Message]:
        with open(os.dup(fd), "rb") as file:  # noqa: PTH123 - a descriptor
            yield from decode(file, media_type, DecodeOptions())

    def fingerprint(self, fd: int, media_type: MediaType) -> Iterator[Message]:
        with open(os.dup(fd), "rb") as file:  # noqa: PTH123 - a descriptor
            yield from fingerprint(file, media_type, DecodeOptions())


@pytest.fixture(scope="module")
def officers(world: World) -> tuple[Person, Person]:
    return world.found(WORKS, OVERSEES)


@pytest.fixture
def anna(officers: tuple[Person, Person]) -> Person:
    return officers[0]


@pytest.fixture
def case(world: World, anna: Person) -> str:
    reference = random_name("case")
    assert world.run(anna, "case", "open", reference).status == 0
    return reference


def take(world: World, person: Person, case: str, exhibit: str, path: Path, **how: Any) -> IngestReport:
    """Bring an intake file in."""
    given: dict[str, Any] = {
        "takes_unsigned": False, "clock": now, "keys": world.rooms.keys, "ledger": world.rooms.ledger,
        "queue": world.rooms.queue,
    }  # fmt: skip
    names = {"actor": person.actor, "case_reference": case, "exhibit_reference": exhibit}
    return ingest_intake(path=os.fsencode(path), **names, **(given | how))


def key_for(world: World, person: Person, case: str, exhibit: str) -> ScanKey:
    """Let the command give out a key, and read it."""
    out = world.folder / random_name("key")
    done = world.run(person, "exhibit", "key", "--case", case, "--exhibit", exhibit, "--out", str(out))
    assert done.status == 0, done.text
    return key_from_file(out)


def entries(world: World, auditor: Person, most: int = 1000) -> list[dict[str, Any]]:
    """Return the ledger as the auditor of an agency reads it, newest first."""
    return world.json(auditor, "ledger", "show", "--most", str(most))


def rows(person: Person, case: str, exhibit: str) -> list[tuple[Any, ...]]:
    """Return all that is kept of an exhibit but for ids and the exhibit itself."""
    query = """
        SELECT h.path, h.path_digest, h.size_bytes, h.mtime_ns, h.refused, m.sha256, m.sha1, m.md5, m.size_bytes,
               m.media_type, m.width, m.height, m.duration_s, m.codecs, m.tags, m.refused,
               (SELECT array_agg(row(f.kind, f.data, f.turns, f.quality, f.at_s, f.frame)::text ORDER BY f.id)
                FROM fingerprint f WHERE f.item_id = m.id), h.linked_at IS NOT NULL
        FROM holding h JOIN exhibit e ON e.id = h.exhibit_id JOIN "case" c ON c.id = e.case_id
        LEFT JOIN media_item m ON m.id = h.item_id WHERE c.reference = %s AND e.reference = %s ORDER BY h.path
    """
    with acting_for(person.actor.agency_id), connections["default"].cursor() as cursor:
        cursor.execute(query, [case, exhibit])
        return [tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def seized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures drawn here, an archive, a file of no type, an empty and an unreadable one."""
    folder = tmp_path_factory.mktemp("drive")
    (folder / "sub").mkdir()
    for name, size in (("a.png", (300, 200)), ("sub/b.jpg", (120, 400))):
        Image.effect_noise(size, 90).convert("RGB").save(folder / name)
    (folder / os.fsdecode(b"\xe9t\xe9.txt")).write_bytes(secrets.token_bytes(30))
    (folder / "empty").touch()
    (folder / "link").symlink_to("a.png")
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.write(folder / "a.png", "inner.png")
        archive.writestr("note.txt", secrets.token_hex(20))
    return folder


def test_what_is_kept_of_a_scan_is_what_is_kept_of_the_files_themselves(
    world: World, anna: Person, seized: Path, case: str
) -> None:
    # Another agency each, for a content that an agency knows already is not kept twice.
    ben, _ = world.found(WORKS, OVERSEES)
    direct = random_name("case")
    assert world.run(ben, "case", "open", direct).status == 0
    report = ingest(
        actor=ben.actor, case_reference=direct, exhibit_reference="E1", paths=[os.fsencode(seized)], clock=now,
        decoder=InThisProcess(), examiner=LocalExaminer(InThisProcess(), 1), keys=world.rooms.keys,
        ledger=world.rooms.ledger, queue=world.rooms.queue, vault=world.rooms.vault,
    )  # fmt: skip
    key = key_for(world, anna, case, "E1")
    scanned = world.scan(str(seized), key=key, decoder=InThisProcess())
    told = []
    assert take(world, anna, case, "E1", scanned, told=told.append) == report
    assert (report.files, report.kept, report.skipped) == (6, 8, 0)
    assert [(one.done, one.total) for one in told] == [(6, 6)]
    kept = rows(anna, case, "E1")
    assert kept == rows(ben, direct, "E1")
    assert len(kept) == 8
    assert any(row[16] for row in kept)
    assert all(row[-1] for row in kept)


def test_a_scan_is_compared_with_all_that_is_held_like_any_other_media(world: World, anna: Person, case: str) -> None:
    ben, _ = world.found(WORKS, OVERSEES)
    theirs, path = random_name("case"), world.file(secrets.token_bytes(30))
    assert world.run(ben, "case", "open", theirs).status == 0
    world.bring_in(ben, theirs, "E1", path)
    take(world, anna, case, "E1", world.scan(path), takes_unsigned=True)
    assert [one["talk_to"] for one in world.json(anna, "notices") if one["case"] == case] == [ben.agency]


def test_a_second_run_keeps_nothing_and_one_that_was_broken_off_is_completed(
    world: World, anna: Person, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_file, "BLOCK_ITEMS", 2)
    paths = [world.file(secrets.token_bytes(30)) for _ in range(5)]
    scanned = world.scan(*paths)
    calls = count()

    def break_off(_: object) -> None:
        if next(calls):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(world, anna, case, "E1", scanned, takes_unsigned=True, told=break_off)
    assert len(rows(anna, case, "E1")) == 4
    report = take(world, anna, case, "E1", scanned, takes_unsigned=True)
    assert (report.files, report.kept, report.skipped) == (5, 1, 4)
    report = take(world, anna, case, "E1", scanned, takes_unsigned=True)
    assert (report.files, report.kept, report.skipped) == (5, 0, 5)
    assert len(rows(anna, case, "E1")) == 5


def test_a_file_that_changed_between_two_scans_is_reported_and_left_as_it_was(
    world: World, anna: Person, case: str
) -> None:
    path = world.file(secrets.token_bytes(30))
    take(world, anna, case, "E1", world.scan(path), takes_unsigned=True)
    before = rows(anna, case, "E1")
    Path(path).write_bytes(secrets.token_bytes(31))
    report = take(world, anna, case, "E1", world.scan(path), takes_unsigned=True)
    assert (report.kept, dict(report.refused)) == (0, {"changed": 1})
    assert rows(anna, case, "E1") == before


def test_the_command_tells_an_intake_file_by_its_content_and_takes_it(world: World, anna: Person, case: str) -> None:
    key = key_for(world, anna, case, "E1")
    scanned = world.scan(world.file(secrets.token_bytes(30)), key=key)
    unpacked = scanned.with_suffix(".jpg")
    unpacked.write_bytes(gzip.decompress(scanned.read_bytes()))
    for path, kept in ((scanned, "1 places kept"), (unpacked, "0 places kept")):
        done = world.run(anna, "ingest", "--case", case, "--exhibit", "E1", str(path))
        assert kept in " ".join(done.stdout.split()), done.text


def test_an_intake_file_comes_in_alone_and_one_in_a_folder_is_a_file_of_that_folder(
    world: World, anna: Person, case: str, tmp_path: Path
) -> None:
    other = world.file(secrets.token_bytes(30))
    planted = tmp_path / "planted"
    planted.write_bytes(gzip.decompress(world.scan(other).read_bytes()))
    into = ("ingest", "--case", case, "--exhibit", "E1")
    done = world.run(anna, *into, "--unsigned", str(planted), other)
    assert (done.status, done.stdout, done.entries) == (REFUSED, "", 0)
    assert world.run(anna, *into, "--unsigned", str(tmp_path)).status == REFUSED  # of no type that is read
    [row] = rows(anna, case, "E1")
    assert row[0] == os.fsencode(planted)


def test_the_ledger_says_for_every_chunk_who_vouches(
    world: World, officers: tuple[Person, Person], case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, audra = officers
    monkeypatch.setattr(intake_file, "BLOCK_ITEMS", 2)
    paths = [world.file(secrets.token_bytes(30)) for _ in range(3)]
    key = key_for(world, anna, case, "E1")
    references = set()
    for scanned, standing in ((world.scan(*paths), "unsigned"), (world.scan(*paths, key=key), "signed")):
        before = world.entry_count()
        exhibit = "E1" if standing == "signed" else "E2"
        take(world, anna, case, exhibit, scanned, takes_unsigned=True)
        of_this = entries(world, audra, most=world.entry_count() - before)
        told = [(one["act"], one["details"].get("intake")) for one in of_this if one["act"].startswith("media:")]
        assert told == [("media:compared", standing), *[("media:acquired", standing)] * 2]
        of_media = [one for one in of_this if one["act"].startswith("media:")]
        references |= {one["details"]["intake_file"] for one in of_media}
        assert not any(os.path.basename(path) in str(of_this) for path in paths)  # noqa: PTH119
    assert len(references) == 2


def test_giving_out_a_key_is_an_act_and_registers_a_new_exhibit(
    world: World, officers: tuple[Person, Person], case: str
) -> None:
    anna, audra = officers
    keys = [key_for(world, anna, case, "E1") for _ in range(2)]
    third, second, first = [one for one in entries(world, audra, most=3) if one["act"].startswith("exhibit:")]
    assert [one["act"] for one in (first, second, third)] == ["exhibit:registered", "exhibit:keyed", "exhibit:keyed"]
    assert [one["details"]["key"] for one in (second, third)] == [str(one.key_id) for one in keys]
    assert {one["details"]["exhibit"] for one in (first, second, third)} == {str(one.exhibit_id) for one in keys}
    assert keys[0].private_key != keys[1].private_key
    with acting_for(anna.actor.agency_id), connections["default"].cursor() as cursor:
        cursor.execute("SELECT exhibit_key::text FROM exhibit_key")
        assert not any(one.private_key.hex() in text for (text,) in cursor.fetchall() for one in keys)


def test_the_file_of_a_key_is_its_owners_alone_and_takes_no_others_place(
    world: World, anna: Person, case: str, tmp_path: Path
) -> None:
    out = tmp_path / "key"
    command = ("exhibit", "key", "--case", case, "--exhibit", "E1", "--out", str(out))
    assert world.run(anna, *command).status == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    content = out.read_bytes()
    assert case not in content.decode()
    again = world.run(anna, *command)
    assert (again.status, again.stdout, again.entries) == (CONFLICT, "", 0)
    assert out.read_bytes() == content
    nowhere = world.run(anna, *command[:-1], str(tmp_path / "none" / "key"))
    assert (nowhere.status, nowhere.stdout, nowhere.entries) == (REFUSED, "", 0)


def refusal(world: World, anna: Person, case: str, exhibit: str, path: Path, **how: Any) -> IntakeRefusal:
    """Return why an intake file is refused, after seeing that nothing of it is kept and that the ledger says so."""
    before, count_before = rows(anna, case, exhibit), world.entry_count()
    with pytest.raises(IntakeRefused) as caught:
        take(world, anna, case, exhibit, path, **how)
    assert rows(anna, case, exhibit) == before
    entry = world.last_entry()
    assert (entry["act"], entry["details"]) == ("intake:refused", {"reason": caught.value.refusal.value})
    assert world.entry_count() == count_before + 1
    exhibits = world.json(anna, "case", "show", case)[0]["exhibits"]
    assert exhibit == "E1" or exhibit not in {one["exhibit"] for one in exhibits}
    return caught.value.refusal


@pytest.fixture
def key(world: World, anna: Person, case: str) -> ScanKey:
    return key_for(world, anna, case, "E1")


@pytest.fixture
def path(world: World) -> str:
    return world.file(secrets.token_bytes(30))


def test_an_unsigned_file_is_taken_only_when_the_officer_says_so(
    world: World, anna: Person, case: str, path: str
) -> None:
    scanned = world.scan(path)
    assert refusal(world, anna, case, "E2", scanned) is IntakeRefusal.UNSIGNED
    into = ("ingest", "--case", case, "--exhibit", "E2", str(scanned))
    refused = world.run(anna, *into)
    assert (refused.status, refused.stdout) == (REFUSED, "")
    assert "--unsigned" in " ".join(refused.stderr.split())
    taken = world.run(anna, *into, "--unsigned")
    assert "1 places kept" in " ".join(taken.stdout.split())


@pytest.mark.parametrize("takes_unsigned", [False, True])
def test_the_key_of_another_exhibit_vouches_for_nothing(
    world: World, anna: Person, case: str, key: ScanKey, path: str, takes_unsigned: bool
) -> None:
    of_another = key_for(world, anna, case, "E9")
    stranger = make_key(key.exhibit_id, expires_at=key.expires_at)
    ben, _ = world.found(WORKS, OVERSEES)
    theirs = random_name("case")
    assert world.run(ben, "case", "open", theirs).status == 0
    of_another_agency = key_for(world, ben, theirs, "E1")
    lent = replace(of_another, exhibit_id=key.exhibit_id)
    for one in (of_another, stranger, of_another_agency, lent):
        scanned = world.scan(path, key=one)
        why = refusal(world, anna, case, "E1", scanned, takes_unsigned=takes_unsigned)
        assert why is IntakeRefusal.FOREIGN_KEY
    assert refusal(world, anna, case, "E2", world.scan(path, key=key)) is IntakeRefusal.FOREIGN_KEY
    assert take(world, anna, case, "E1", world.scan(path, key=key)).kept == 1


@pytest.mark.parametrize("takes_unsigned", [False, True])
def test_a_signature_by_another_private_key_is_wrong(
    world: World, anna: Person, case: str, key: ScanKey, path: str, takes_unsigned: bool
) -> None:
    forged = replace(make_key(key.exhibit_id, expires_at=key.expires_at), key_id=key.key_id)
    why = refusal(world, anna, case, "E1", world.scan(path, key=forged), takes_unsigned=takes_unsigned)
    assert why is IntakeRefusal.WRONG_SIGNATURE


def test_a_signed_file_that_was_changed_is_refused_even_when_its_digest_was_made_anew(
    world: World, anna: Person, case: str, key: ScanKey, path: str, tmp_path: Path
) -> None:
    signature = gzip.decompress(world.scan(path, key=key).read_bytes()).splitlines()[-1]
    other = gzip.decompress(world.scan(world.file(secrets.token_bytes(30)), key=key).read_bytes()).splitlines()
    mixed = tmp_path / "mixed"
    mixed.write_bytes(b"".join(line + b"\n" for line in (*other[:-1], signature)))
    assert refusal(world, anna, case, "E1", mixed) is IntakeRefusal.WRONG_SIGNATURE


def test_a_key_vouches_until_it_expires_and_not_after(
    world: World, anna: Person, case: str, key: ScanKey, path: str
) -> None:
    scanned = world.scan(path, key=key)
    assert key.expires_at - now() <= LIFETIME
    after = lambda: key.expires_at
    assert refusal(world, anna, case, "E1", scanned, clock=after) is IntakeRefusal.EXPIRED_KEY
    before = lambda: key.expires_at - timedelta(microseconds=1)
    assert take(world, anna, case, "E1", scanned, clock=before).kept == 1


def test_nothing_is_scanned_with_a_key_that_has_expired(world: World, key: ScanKey, path: str) -> None:
    with pytest.raises(InputError):
        world.scan(path, key=replace(key, expires_at=now()))


def test_a_damaged_file_is_refused_as_a_whole(
    world: World, anna: Person, case: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_file, "BLOCK_ITEMS", 1)
    text = gzip.decompress(world.scan(path, world.file(secrets.token_bytes(30))).read_bytes())
    damaged = tmp_path / "damaged"
    for content in (text[:-1], text[: text.rindex(b'{"files"')], text.replace(b'"size_bytes":30', b'"size_bytes":31')):
        damaged.write_bytes(content)
        assert refusal(world, anna, case, "E2", damaged, takes_unsigned=True) is IntakeRefusal.DAMAGED
    done = world.run(anna, "ingest", "--case", case, "--exhibit", "E2", "--unsigned", str(damaged))
    assert (done.status, done.stdout) == (REFUSED, "")
    assert "line 6" in " ".join(done.stderr.split())


def test_an_intake_file_that_is_gone_is_refused(world: World, anna: Person, case: str, tmp_path: Path) -> None:
    with pytest.raises(IntakeRefused) as caught:
        take(world, anna, case, "E1", tmp_path / "none")
    assert caught.value.refusal is IntakeRefusal.UNREADABLE


def test_who_works_not_on_the_case_learns_nothing_from_a_good_file(
    world: World, officers: tuple[Person, Person], case: str, key: ScanKey, path: str
) -> None:
    anna, _ = officers
    ben, _ = world.found(WORKS, OVERSEES)
    scanned = world.scan(path, key=key)
    into = ("ingest", "--exhibit", "E1", str(scanned), "--case")
    denied, absent = world.run(ben, *into, case), world.run(ben, *into, random_name("case"))
    assert denied == absent
    assert (denied.status, denied.stdout) == (NOT_FOUND, "")
    assert rows(anna, case, "E1") == []
    assert world.run(anna, *into, case).status == REFUSED  # it tells of a file of no type that is read
    assert len(rows(anna, case, "E1")) == 1


def test_scan_asks_for_no_database_and_no_sign_in_and_writes_one_file(world: World, key: ScanKey, path: str) -> None:
    folder = world.folder / random_name("out")
    folder.mkdir()
    key_file, out = folder / "key", folder / "e1.intake"
    key_file.write_bytes(key_to_file(key))
    done = world.run("", "scan", path, "--out", str(out), "--key", str(key_file))
    assert (done.status, done.stdout, done.entries) == (REFUSED, "", 0)  # of no type that is read
    assert sum(done.queries.values()) == 0
    assert sorted(one.name for one in folder.iterdir()) == ["e1.intake", "key"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_scan_overwrites_nothing_and_leaves_nothing_unfinished(
    world: World, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = world.folder / random_name("out")
    folder.mkdir()
    out = folder / "e1.intake"
    out.symlink_to("nowhere")
    assert world.run("", "scan", path, "--out", str(out)).status == CONFLICT
    out.unlink()
    assert world.run("", "scan", path, "--out", str(folder / "none" / "e1")).status == REFUSED
    monkeypatch.setattr(NoDecoder, "decode", None)
    monkeypatch.setattr("tsunagu.services.intake.scan.IntakeWriter.finish", lambda *_: out.write_bytes(b"another's"))
    assert world.run("", "scan", path, "--out", str(out)).status == CONFLICT
    assert out.read_bytes() == b"another's"
    assert [one.name for one in folder.iterdir()] == ["e1.intake"]

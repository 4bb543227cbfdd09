"""Lists brought into banks: whole or not at all, once, and further on where a crash has stopped them."""

from __future__ import annotations

import errno
import io
import json
import secrets
from collections.abc import Callable
from io import BufferedReader, BytesIO
from typing import Any

import pytest

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.known import RefusedRow, RowRefusal
from tsunagu.domain.permission import Role
from tsunagu.exchange.reading import Of256Bits, Stated
from tsunagu.records import banks
from tsunagu.records.banks import bank_of
from tsunagu.records.new_items import NewItem
from tsunagu.records.session import acting_for
from tsunagu.services.banks import pieces as list_pieces
from tsunagu.services.banks.exports import ListFormat, export_bank
from tsunagu.services.banks.imported_lists import ImportReport, ListToImport
from tsunagu.services.banks.imports import import_list
from tsunagu.services.banks.known_index import KnownIndex

from .banked import all_items
from .scene import WORKS
from .test_look_ups import Bank, told
from .world import Person, World, now, random_name

CRASH = RuntimeError("killed")
MEDIA = "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media"


@pytest.fixture(scope="module")
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_pieces, "PIECE_ROWS", 10)


def bring_in(
    world: World,
    person: Person,
    text: str | bytes,
    *,
    bank: str,
    form: str = "csv",
    told: Callable[[int, int], None] = lambda *_: None,
    semantics: BankSemantics = BankSemantics.ALERT,
    stated: Stated = Stated(Of256Bits.SHA256),  # noqa: B008 - frozen
    ground: str | None = "a law",
) -> ImportReport:
    data = text.encode() if isinstance(text, str) else text
    stream = BufferedReader(BytesIO(data))  # type: ignore[arg-type]
    coming = ListToImport(stream, form, stated, bank, semantics, ground)
    rooms = world.rooms
    return import_list(
        actor=person.actor, coming=coming, known=rooms.known(), clock=now, keys=rooms.keys, ledger=rooms.ledger,
        queue=rooms.queue, told=told,
    )  # fmt: skip


def a_list(rows: int) -> str:
    lines = (f"{secrets.token_hex(16)},{secrets.token_hex(32)}" for _ in range(rows))
    return "\n".join(("md5,pdq", *lines))


def items_of(person: Person, bank: str) -> list[Any]:
    with acting_for(person.actor.agency_id):
        return all_items(bank_of(bank).bank_id)


def crash_at(rows: int) -> Callable[[int, int], None]:
    def told(read: int, _: int) -> None:
        if read >= rows:
            raise CRASH

    return told


def test_every_row_is_brought_in_or_refused_by_name_and_answers(world: World, anna: Person) -> None:
    bank, rows = random_name("bank"), a_list(25).splitlines()
    rows[7] = "no digest at all,"
    report = bring_in(world, anna, "\n".join((*rows, rows[3])), bank=bank)
    assert (report.rows_in, report.imported, report.repeated) == (26, 24, 1)
    assert sum(report.refused.values()) == 1
    pdq = bytes.fromhex(rows[20].split(",")[1])
    [known] = told(world, anna, pdq)
    assert (known.bank, known.distance_bits) == (bank, 0)
    assert len(items_of(anna, bank)) == 24


@pytest.mark.parametrize("at", [10, 20, 40])
def test_where_a_crash_has_stopped_it_the_same_list_goes_on_and_nothing_is_lost_or_doubled(
    world: World, anna: Person, at: int
) -> None:
    bank, text = random_name("bank"), a_list(45) + "\nrubbish,"
    with pytest.raises(RuntimeError):
        bring_in(world, anna, text, bank=bank, told=crash_at(at))
    come = len(items_of(anna, bank))
    assert come <= at
    report = bring_in(world, anna, text, bank=bank)
    assert (report.rows_in, report.imported, report.repeated, sum(report.refused.values())) == (46, 45, 0, 1)
    assert len(items_of(anna, bank)) == 45


def test_where_there_is_no_room_for_a_snapshot_the_list_is_brought_in_all_the_same(
    world: World, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def full_at_first(_: KnownIndex) -> None:
        tried.append("published")
        if len(tried) == 1:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(KnownIndex, "is_due", lambda _: True)
    monkeypatch.setattr(KnownIndex, "publish", full_at_first)
    report = bring_in(world, anna, a_list(3), bank=random_name("bank"))
    assert (report.imported, report.was_done) == (3, False)
    assert len(tried) == 2  # a job tries again


def test_a_piece_of_a_list_ends_by_its_rows_or_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_pieces, "PIECE_ROWS", 250)
    monkeypatch.setattr(list_pieces, "PIECE_BYTES", 10_000)
    for bytes_a_row, lengths in ((1, [250, 250, 100]), (90, [200, 200, 200])):
        stream = BufferedReader(BytesIO(b"x" * 600 * bytes_a_row))  # type: ignore[arg-type]
        rows = (RefusedRow(number, RowRefusal.MALFORMED) for number in range(600) if stream.read(bytes_a_row))
        assert [piece.rows for piece in list_pieces.pieces(rows, stream)] == lengths


def test_until_its_end_no_row_of_a_list_answers(world: World, anna: Person) -> None:
    bank, text = random_name("bank"), a_list(45)
    pdq = bytes.fromhex(text.splitlines()[1].split(",")[1])
    with pytest.raises(RuntimeError):
        bring_in(world, anna, text, bank=bank, told=crash_at(30))
    assert items_of(anna, bank)
    assert told(world, anna, pdq) == ()
    bring_in(world, anna, text, bank=bank)
    assert len(told(world, anna, pdq)) == 1


def test_a_list_that_breaks_off_is_taken_back_whole_and_can_be_mended(world: World, anna: Person) -> None:
    bank = random_name("bank")
    record = {"MediaID": 1, "MD5": secrets.token_hex(16).upper(), "Category": 1}
    media = [{**record, "MediaID": number, "MD5": secrets.token_hex(16).upper()} for number in range(1, 31)]
    whole = json.dumps({"odata.metadata": MEDIA, "value": media})
    with pytest.raises(InputError):
        bring_in(world, anna, whole[:-40], bank=bank, form="vics")
    assert items_of(anna, bank) == []
    with acting_for(anna.actor.agency_id):
        [failed] = banks.imports_of(bank_of(bank).bank_id, most=5)
        assert (failed.failure, failed.done_at) == ("input", None)
        assert bank_of(bank).items == 0
    assert bring_in(world, anna, whole, bank=bank, form="vics").imported == 30


@pytest.mark.parametrize(
    ("data", "form"),
    [(b"", "csv"), (b"md5,pdq\n", "csv"), (b"\x89PNG\r\n\x1a\n\0\0", "csv"), (b"raw_text one\n", "tx")],
    ids=["empty", "no row", "picture", "nothing that banks use"],
)
def test_a_file_of_which_nothing_can_be_taken_leaves_no_bank(
    world: World, anna: Person, data: bytes, form: str
) -> None:
    bank = random_name("bank")
    with pytest.raises(InputError):
        bring_in(world, anna, data, bank=bank, form=form)
    with acting_for(anna.actor.agency_id), pytest.raises(NotFound):
        bank_of(bank)


def test_a_list_that_was_imported_before_does_nothing(world: World, anna: Person) -> None:
    bank, text = random_name("bank"), a_list(12)
    first = bring_in(world, anna, text, bank=bank)
    again = bring_in(world, anna, text, bank=bank)
    assert (first.was_done, again.was_done) == (False, True)
    assert (again.rows_in, again.imported) == (12, 12)


def test_a_newer_version_of_a_list_adds_what_is_new(world: World, anna: Person) -> None:
    bank, text = random_name("bank"), a_list(12)
    bring_in(world, anna, text, bank=bank)
    newer = bring_in(world, anna, text + "\n" + a_list(3).split("\n", 1)[1], bank=bank)
    assert (newer.imported, newer.repeated) == (3, 12)


def test_a_bank_that_means_something_else_takes_no_list(world: World, anna: Person) -> None:
    bank = random_name("bank")
    bring_in(world, anna, a_list(2), bank=bank)
    with pytest.raises(Conflict):
        bring_in(world, anna, a_list(2), bank=bank, semantics=BankSemantics.BENIGN)


def test_what_is_too_wide_goes_into_quarantine_with_its_figures(world: World) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    bank, text = random_name("bank"), a_list(15)
    wide = bytes.fromhex(text.splitlines()[5].split(",")[1])
    Bank(world, anna, BankSemantics.BENIGN).add(NewItem(pdq=wide))
    assert bring_in(world, anna, text, bank=bank).held == 1
    assert all(known.semantics is BankSemantics.BENIGN for known in told(world, anna, wide))
    [item] = [one for one in items_of(anna, bank) if one.quarantine]
    assert (item.pdq, item.quarantine.benign, item.quarantine.recent) == (wide, 1, 0)


def test_a_benign_list_silences_and_is_never_held(world: World, anna: Person) -> None:
    assert bring_in(world, anna, a_list(12), bank=random_name("bank"), semantics=BankSemantics.BENIGN).held == 0


def test_what_a_list_says_besides_survives_the_way_through_a_bank(world: World, anna: Person) -> None:
    media = {
        "MediaID": 1, "Category": 2, "MD5": secrets.token_hex(16).upper(), "SHA1": secrets.token_hex(20).upper(),
        "Series": "a series", "VictimIdentified": True, "IsDistributed": False, "Tags": "one, two",
        "MediaSize": "1234", "MimeType": "image/jpeg", "UnknownKey": {"a": [1, 2]},
        "MediaFiles": [{"FileName": "a.jpg", "FilePath": "C:\\x", "Deleted": True, "Unallocated": False}],
    }  # fmt: skip
    text = json.dumps({"odata.metadata": MEDIA, "value": [media]})
    bank = random_name("bank")
    bring_in(world, anna, text, bank=bank, form="vics")
    out = io.BytesIO()
    export_bank(actor=anna.actor, name=bank, format_=ListFormat.VICS_1_3, out=out, **world.parts)
    [written] = json.loads(out.getvalue())["value"]
    direct = random_name("bank")
    assert bring_in(world, anna, out.getvalue(), bank=direct, form="vics").imported == 1
    [one], [other] = items_of(anna, bank), items_of(anna, direct)
    assert one.details == other.details
    assert written["UnknownKey"] == {"a": [1, 2]}
    assert {"series", "files", "marks", "extra"} <= set(one.details)


def test_the_import_is_one_entry_that_names_its_counts(world: World, anna: Person) -> None:
    bring_in(world, anna, a_list(12), bank=random_name("bank"))
    entry = world.last_entry()
    assert entry["act"] == "bank:imported"
    assert {name: entry["details"][name] for name in ("rows", "imported", "held")} == {
        "rows": 12, "imported": 12, "held": 0,
    }  # fmt: skip


def test_an_empty_file_never_enters(world: World, anna: Person) -> None:
    bank = random_name("bank")
    report = bring_in(world, anna, "d41d8cd98f00b204e9800998ecf8427e\n" + secrets.token_hex(16), bank=bank)
    assert report.refused == {"empty-file": 1}
    assert len(items_of(anna, bank)) == 1


def test_what_is_known_by_nothing_that_banks_use_is_refused_and_no_repetition(world: World, anna: Person) -> None:
    bank, rows = random_name("bank"), ("raw_text one", "raw_text two", f"pdq {secrets.token_hex(32)}")
    report = bring_in(world, anna, "\n".join(rows), bank=bank, form="tx")
    assert (report.rows_in, report.imported, report.repeated, report.refused) == (3, 1, 0, {"unsupported": 2})


def test_frames_of_a_video_are_counted_as_what_no_look_up_finds(world: World, anna: Person) -> None:
    frames = json.dumps([f"{secrets.token_hex(32)},90,{at}.0" for at in range(3)])
    rows = (f"vpdq {frames}", f"pdq {secrets.token_hex(32)}")
    report = bring_in(world, anna, "\n".join(rows), bank=random_name("bank"), form="tx")
    assert (report.refused, report.lost_fields) == ({"unsupported": 1}, {"frames-not-searched": 3})


def test_no_byte_of_an_export_leaves_before_its_entry_is_committed(world: World, anna: Person) -> None:
    bank = random_name("bank")
    bring_in(world, anna, a_list(3), bank=bank)
    seen: list[str] = []

    class Pipe(io.BytesIO):
        def write(self, data: Any) -> int:
            seen.append(world.last_entry()["act"])
            return super().write(data)

    before = world.entry_count()
    export_bank(actor=anna.actor, name=bank, format_=ListFormat.ICSE, out=Pipe(), **world.parts)
    assert set(seen) == {"bank:exported"}
    assert world.entry_count() == before + 1

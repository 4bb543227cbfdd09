"""Lists that meet in one bank: none hides what another holds, and each is brought in as it was stated."""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections, transaction

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.look_up import DigestKind, Query
from tsunagu.domain.permission import Role
from tsunagu.exchange.reading import Of256Bits, Stated
from tsunagu.records import bank_items, banks, migrations
from tsunagu.records.banks import ImportRow, bank_of
from tsunagu.records.new_items import NewItem, pack
from tsunagu.records.session import acting_for, connections_left
from tsunagu.services.banks import pieces as list_pieces
from tsunagu.services.banks.ownership import change_bank

from .scene import WORKS
from .test_bank_imports import MEDIA, a_list, bring_in, crash_at, items_of
from .test_look_ups import Bank, ask, told
from .world import Person, World, now, random_name


@pytest.fixture(scope="module")
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_pieces, "PIECE_ROWS", 10)


def fingerprint_in(text: str, row: int) -> bytes:
    return bytes.fromhex(text.splitlines()[row].split(",")[1])


def imports_of(person: Person, bank: str) -> list[ImportRow]:
    with acting_for(person.actor.agency_id):
        return banks.imports_of(bank_of(bank).bank_id, most=5)


def begin(world: World, person: Person, text: str, bank: str, *, rows: int = 40, form: str = "csv") -> None:
    """Bring so many rows of a list in, and never go on."""
    with pytest.raises(RuntimeError):
        bring_in(world, person, text, bank=bank, form=form, told=crash_at(rows))


def test_what_a_list_that_nobody_went_on_with_had_brought_in_hides_nothing_from_the_next(
    world: World, anna: Person
) -> None:
    bank, text = random_name("bank"), a_list(45)
    begin(world, anna, text, bank)
    report = bring_in(world, anna, f"{text}\n{secrets.token_hex(16)},", bank=bank)
    assert (report.rows_in, report.imported, report.repeated) == (46, 46, 0)
    assert [len(told(world, anna, fingerprint_in(text, row))) for row in (1, 20, 45)] == [1, 1, 1]
    with acting_for(anna.actor.agency_id):
        assert bank_of(bank).items == 46
    assert sorted(one.failure or "" for one in imports_of(anna, bank)) == ["", "overtaken"]


def test_a_list_that_was_overtaken_can_be_brought_in_again_whole(world: World, anna: Person) -> None:
    bank, text = random_name("bank"), a_list(45)
    begin(world, anna, text, bank)
    bring_in(world, anna, a_list(3), bank=bank)
    report = bring_in(world, anna, text, bank=bank)
    assert (report.rows_in, report.imported, report.was_done) == (45, 45, False)
    assert len(told(world, anna, fingerprint_in(text, 1))) == 1


def test_what_is_added_by_itself_answers_at_once_though_a_list_is_still_on_its_way(world: World, anna: Person) -> None:
    bank = random_name("bank")
    media = [{"MediaID": row, "MD5": secrets.token_hex(16).upper(), "Category": 1} for row in range(1, 40)]
    broken = json.dumps({"odata.metadata": MEDIA, "value": media})[:-30]
    begin(world, anna, broken, bank, rows=30, form="vics")
    md5 = bytes.fromhex(str(media[0]["MD5"]))
    query = Query(digests=((DigestKind.MD5, md5),))
    assert ask(world, anna, query) == [()]
    with acting_for(anna.actor.agency_id):
        items, parts = pack([NewItem(md5=md5)]), {"agency_id": anna.actor.agency_id, "now": now()}
        bank_id, before = bank_of(bank).bank_id, bank_of(bank).items
        assert bank_items.add_items(bank_id, items, **parts) == 1
        assert bank_items.add_items(bank_id, items, **parts) == 0
        assert bank_of(bank).items == before
    assert len(ask(world, anna, query)[0]) == 1
    with pytest.raises(InputError):  # and the rest of the list is taken back, but not this
        bring_in(world, anna, broken, bank=bank, form="vics")
    assert len(ask(world, anna, query)[0]) == 1
    assert len(items_of(anna, bank)) == 1


def test_what_two_add_at_the_same_time_or_one_twice_is_added_once(world: World, anna: Person) -> None:
    bank, agency_id = random_name("bank"), anna.actor.agency_id
    bring_in(world, anna, a_list(3), bank=bank)
    item = NewItem(md5=secrets.token_bytes(16))

    def added() -> int:
        with acting_for(agency_id):
            packed = pack([item, item])
            return bank_items.add_items(bank_of(bank).bank_id, packed, agency_id=agency_id, now=now())

    with ThreadPoolExecutor(1) as pool:
        with acting_for(agency_id):
            packed = pack([item, item])
            assert packed.rows == 2
            assert bank_items.add_items(bank_of(bank).bank_id, packed, agency_id=agency_id, now=now()) == 1
            other = pool.submit(added)
            with pytest.raises(TimeoutError):  # it waits for the end of this
                other.result(0.5)
        assert other.result() == 0
        pool.submit(connections_left).result()
    assert len(items_of(anna, bank)) == 4


def test_while_one_list_is_being_brought_in_another_waits_for_its_turn(world: World, anna: Person) -> None:
    bank, met = random_name("bank"), list[BaseException | None]()

    def meanwhile(*_: int) -> None:
        with ThreadPoolExecutor(1) as elsewhere:  # with a connection of its own, as another process has
            met.append(elsewhere.submit(bring_in, world, anna, a_list(3), bank=bank).exception())
            elsewhere.submit(connections_left).result()

    assert bring_in(world, anna, a_list(12), bank=bank, told=meanwhile).imported == 12
    assert met
    assert all(isinstance(one, Conflict) and "at this moment" in str(one) for one in met)
    assert bring_in(world, anna, a_list(3), bank=bank).imported == 3


@pytest.mark.parametrize("second", [{"of_256_bits": Of256Bits.PDQ}, {"categories": {("", "1.3"): {1: "told later"}}}])
def test_a_list_of_which_something_else_is_stated_is_brought_in_anew(
    world: World, anna: Person, second: dict[str, Any]
) -> None:
    bank, digits = random_name("bank"), [secrets.token_hex(16), *(secrets.token_hex(32) for _ in range(5))]
    first = bring_in(world, anna, "\n".join(digits), bank=bank, stated=Stated())
    assert first.refused == {"ambiguous-256-bits": 5}
    stated = replace(Stated(), **second)
    again = bring_in(world, anna, "\n".join(digits), bank=bank, stated=stated)
    assert again.was_done is False
    assert again.imported == (5 if stated.of_256_bits else 0)
    assert bring_in(world, anna, "\n".join(digits), bank=bank, stated=stated).was_done is True


def test_a_list_that_failed_says_why_and_behind_which_row_and_nothing_of_its_content(
    world: World, anna: Person
) -> None:
    bank, number = random_name("bank"), secrets.token_hex(16).upper()
    media = [{"MediaID": row, "MD5": number[:-2] + f"{row:02X}", "Category": 1} for row in range(1, 31)]
    with pytest.raises(InputError, match=r"behind row 29\); nothing of it is kept"):
        bring_in(world, anna, json.dumps({"value": media})[:-20], bank=bank, form="vics")
    [failed] = imports_of(anna, bank)
    assert (failed.failure, failed.failure_row) == ("input", 29)
    assert failed.failure_reason == "the list ends before its end, or is no JSON"
    with pytest.raises(InputError, match="behind row 0"):
        bring_in(world, anna, "no header", bank=bank, form="icse")


def test_a_bank_without_a_legal_ground_answers_nobody_else_before_one_is_stated(world: World, anna: Person) -> None:
    bank = random_name("bank")
    assert bring_in(world, anna, a_list(1), bank=bank, ground=None).is_unfounded
    parts = {"actor": anna.actor, "name": bank, **world.parts}
    opened = {"changed": lambda rules: replace(rules, is_open=True)}
    with pytest.raises(InputError, match="legal ground"):
        change_bank(**opened, **parts)
    assert world.json(anna, "bank", "show", bank)[0]["ground"] is None
    assert change_bank(legal_ground="§ 1", **opened, **parts).legal_ground == "§ 1"
    assert (world.last_entry()["act"], world.last_entry()["details"]["ground"]) == ("bank:changed", 1)
    assert world.run(anna, "bank", "change", bank, "--ground", "§ 2").status == 0
    assert world.json(anna, "bank", "show", bank)[0]["ground"] == "§ 2"
    assert BankSemantics.ALERT.value in world.run(anna, "bank", "list").stdout


def test_an_upgrade_gives_items_the_keys_with_which_they_would_come_in_today(
    world: World, anna: Person, admin: psycopg.Connection
) -> None:
    known_by = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32}
    kinds = [*combinations(known_by, 1), *combinations(known_by, 2), tuple(known_by)]
    items = [NewItem(**{kind: secrets.token_bytes(known_by[kind]) for kind in some}) for some in kinds]
    bank = Bank(world, anna, BankSemantics.KNOWN)
    assert len(bank.add(*items)) == len(items)
    admin.execute("UPDATE bank_item SET key = gen_random_uuid() WHERE key IS NOT NULL")
    admin.commit()
    upgrade = Path(migrations.__file__).with_name("0079_keys_of_neighbours.sql").read_text(encoding="utf-8")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(upgrade)  # by the role that upgrades
    connections["owner"].close()
    assert bank.add(*items) == []
    is_bound = "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'bank_item'"
    assert admin.execute(is_bound).fetchone() == (True,)

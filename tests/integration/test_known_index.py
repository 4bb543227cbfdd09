"""The index of what banks know follows the record: every process, at every moment, whatever was published meanwhile."""

from __future__ import annotations

import random
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from django.db import connections

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.permission import Role
from tsunagu.index.snapshot import open_snapshot
from tsunagu.records import bank_items
from tsunagu.records.banks import bank_of
from tsunagu.records.new_items import NewItem, pack
from tsunagu.records.session import LINKER, acting_for
from tsunagu.services.banks import known_index
from tsunagu.services.banks.known_index import KnownIndex
from tsunagu.services.banks.known_shards import publish_shards
from tsunagu.services.banks.ownership import open_bank

from .scene import WORKS
from .world import Person, World, now, random_name


@pytest.fixture(scope="module")
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


@pytest.fixture(scope="module")
def bank_id(world: World, anna: Person) -> UUID:
    name = random_name("bank")
    open_bank(actor=anna.actor, name=name, semantics=BankSemantics.KNOWN, legal_ground="a law", **world.parts)
    with acting_for(anna.actor.agency_id):
        return bank_of(name).bank_id


@pytest.fixture(autouse=True)
def looked_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_index, "LOOKED_FOR_EVERY_S", 0)


def add(anna: Person, bank_id: UUID, *table: bytes) -> None:
    items = [NewItem(pdq=one) for one in table]
    with acting_for(anna.actor.agency_id):
        bank_items.add_items(bank_id, pack(items), agency_id=anna.actor.agency_id, now=now())


def withdraw(anna: Person, *item_ids: int) -> None:
    with acting_for(anna.actor.agency_id):
        bank_items.withdraw(item_ids)


def held() -> dict[int, bytes]:
    """Return every fingerprint that the record holds, by its item."""
    with connections[LINKER].cursor() as cursor:
        cursor.execute("SELECT id, pdq FROM bank_item WHERE pdq IS NOT NULL")
        return {item: bytes(pdq) for item, pdq in cursor.fetchall()}


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def expected(queries: list[bytes]) -> list[tuple[int, int, int]]:
    record = held()
    found = ((row, distance(query, pdq), item) for row, query in enumerate(queries) for item, pdq in record.items())
    return sorted(one for one in found if one[1] <= known_index.KIND.radius_bits)


def searched(index: KnownIndex, queries: list[bytes]) -> list[tuple[int, int, int]]:
    table = np.frombuffer(b"".join(queries), np.uint8).reshape(-1, 32)
    (rows, items, distances), _ = index.search(table)
    return list(zip(rows.tolist(), distances.tolist(), items.tolist(), strict=True))


def near(pdq: bytes, rng: random.Random) -> bytes:
    return (int.from_bytes(pdq) ^ sum(1 << bit for bit in rng.sample(range(256), rng.randrange(40)))).to_bytes(32)


def test_after_any_changes_every_process_finds_what_brute_force_finds(
    anna: Person, bank_id: UUID, tmp_path: Path
) -> None:
    rng, old, late = random.Random(5), KnownIndex(tmp_path), list[KnownIndex]()
    for step in range(30):
        table = list(held().items())
        match rng.choice(["add", "add", "withdraw", "publish", "both"]):
            case "add":
                seeds = [pdq for _, pdq in rng.sample(table, min(3, len(table)))]
                add(anna, bank_id, *(near(one, rng) for one in seeds), rng.randbytes(32), rng.randbytes(32))
            case "withdraw" if table:
                withdraw(anna, *(item for item, _ in rng.sample(table, min(4, len(table)))))
            case "both":
                passing = rng.randbytes(32)
                add(anna, bank_id, passing)
                withdraw(anna, *(item for item, pdq in held().items() if pdq == passing))
            case "publish":
                old.publish()
        queries = [near(pdq, rng) for pdq in rng.sample(list(held().values()), min(5, len(held())))]
        queries.append(rng.randbytes(32))
        assert searched(old, queries) == expected(queries), step
        if step % 6 == 0:
            new = KnownIndex(tmp_path)
            assert searched(new, queries) == expected(queries), step
            late.append(new)
        for each in late:
            assert len(each.followed()) == len(held()), step
        assert len(old.followed()) == len(held()), step


def test_a_process_that_begins_late_counts_what_is_there(anna: Person, bank_id: UUID, tmp_path: Path) -> None:
    before = set(held())
    add(anna, bank_id, *(random.randbytes(32) for _ in range(4)))
    withdraw(anna, *sorted(set(held()) - before)[:3])
    index = KnownIndex(tmp_path / "nothing-published")
    for _ in range(2):  # what it never received is told to be withdrawn when it looks again
        assert index.state().entries == len(held())
    assert not index.is_due()


def test_one_process_takes_what_another_has_published_and_goes_on(anna: Person, bank_id: UUID, tmp_path: Path) -> None:
    one, other, pdq = KnownIndex(tmp_path), KnownIndex(tmp_path), secrets.token_bytes(32)
    one.followed()
    add(anna, bank_id, pdq)
    position = other.publish()
    assert searched(one, [pdq]) == expected([pdq])
    assert (one.state().snapshot, one.state().pending) == (position, 0)


def test_a_process_that_is_behind_a_snapshot_begins_again_with_it_and_follows_nothing_that_it_holds(
    anna: Person, bank_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind, pdq = KnownIndex(tmp_path), secrets.token_bytes(32)
    before = behind.state().position
    add(anna, bank_id, pdq)
    position = KnownIndex(tmp_path).publish()
    read, asked = known_index.bank_log.changes_after, list[int]()
    monkeypatch.setattr(known_index.bank_log, "changes_after", lambda after: (asked.append(after), read(after))[1])
    assert searched(behind, [pdq]) == expected([pdq]) != []
    assert before < position == min(asked)


def test_a_snapshot_is_due_by_what_the_log_holds_followed_or_not(
    anna: Person, bank_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, published, passing = KnownIndex(tmp_path), secrets.token_bytes(32), secrets.token_bytes(32)
    add(anna, bank_id, published)
    index.publish()
    monkeypatch.setattr(known_index, "DUE_CHANGES", len(held()) // 8 + 3)  # more than a tenth, of what is added, too
    add(anna, bank_id, passing, *(secrets.token_bytes(32) for _ in range(known_index.DUE_CHANGES - 1)))
    assert not index.is_due()
    withdraw(anna, *(item for item, pdq in held().items() if pdq in (published, passing)))
    assert not index.is_due()  # one addition is none any more, and one withdrawal has come
    add(anna, bank_id, secrets.token_bytes(32))
    assert index.is_due()
    index.followed()
    assert index.is_due()
    KnownIndex(tmp_path).publish()  # as another process does
    monkeypatch.setattr(known_index, "LOOKED_FOR_EVERY_S", 0)
    assert not index.is_due()


def test_what_is_added_while_a_snapshot_is_built_is_found_after_it(
    anna: Person, bank_id: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, publish = secrets.token_bytes(32), known_index.publish

    def slowly(*arguments: object) -> None:
        add(anna, bank_id, late)
        publish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(known_index, "publish", slowly)
    index = KnownIndex(tmp_path)
    index.publish()
    assert searched(index, [late]) == expected([late]) != []
    assert searched(KnownIndex(tmp_path), [late]) == expected([late])


def test_a_damaged_snapshot_is_passed_over_for_the_one_before_it(anna: Person, bank_id: UUID, tmp_path: Path) -> None:
    index, pdq = KnownIndex(tmp_path), secrets.token_bytes(32)
    first = index.publish()
    add(anna, bank_id, pdq)
    index.publish()
    newest = max(tmp_path.rglob("*.tsi"))
    data = bytearray(newest.read_bytes())
    data[-1] ^= 1
    newest.write_bytes(data)
    opened = KnownIndex(tmp_path)
    assert searched(opened, [pdq]) == expected([pdq]) != []
    assert opened.state().snapshot == first
    assert "damaged" in (opened.verify() or "")
    index.publish()
    assert (opened.verify(), opened.state().pending) == (None, 0)


def test_the_snapshot_of_another_database_is_not_used(anna: Person, bank_id: UUID, tmp_path: Path) -> None:
    add(anna, bank_id, secrets.token_bytes(32))
    index = KnownIndex(tmp_path)
    index.publish()
    assert index.verify() is None
    pdq, (item, _) = secrets.token_bytes(32), max(held().items())
    with acting_for(anna.actor.agency_id):  # as if a database that was restored had gone another way since
        bank_items.Row.objects.filter(id=item).update(pdq=pdq)
    opened = KnownIndex(tmp_path)
    assert opened.verify() == "the snapshot is not what the record holds"
    assert searched(opened, [pdq]) == expected([pdq]) != []
    assert opened.state().snapshot is None


def test_old_snapshots_are_removed_but_for_one(anna: Person, bank_id: UUID, tmp_path: Path) -> None:
    index = KnownIndex(tmp_path)
    for _ in range(4):
        add(anna, bank_id, secrets.token_bytes(32))
        index.publish()
    assert len(list(tmp_path.rglob("*.tsi"))) == 2


def test_items_committed_by_many_at_once_are_all_followed(anna: Person, bank_id: UUID, tmp_path: Path) -> None:
    index, done = KnownIndex(tmp_path), threading.Event()

    def bring_in() -> None:
        for _ in range(15):
            add(anna, bank_id, *(secrets.token_bytes(32) for _ in range(3)))
        connections.close_all()

    def follow() -> Iterator[int]:
        while not done.is_set():
            yield index.followed().position

    threads = [threading.Thread(target=bring_in) for _ in range(3)]
    for thread in threads:
        thread.start()
    positions = []
    for position in follow():
        positions.append(position)
        if not any(thread.is_alive() for thread in threads):
            done.set()
    assert positions == sorted(positions)
    assert len(index.followed()) == len(held())


def test_shards_hold_together_what_the_record_holds_and_those_before_them_stay_until_the_next(
    anna: Person, bank_id: UUID, tmp_path: Path
) -> None:
    (tmp_path / "00000000000000000007.tsi").write_text("a snapshot that is no shard")
    served = []
    for _ in range(3):
        add(anna, bank_id, secrets.token_bytes(32), secrets.token_bytes(32))
        position, paths = publish_shards(tmp_path, 3)
        shards = [open_snapshot(path) for path in paths]
        assert sorted(item for shard in shards for item in shard.entry_ids.tolist()) == sorted(held())
        assert {shard.version for shard in shards} == {str(position)}
        served.append(paths)
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "00000000000000000007.tsi", *served[1], *served[2]])

"""A snapshot of what is held changes how fast the linker answers, and never what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from errno import ENOSPC
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psycopg
import pytest
from django.db import connections, transaction

from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.fingerprint import Fingerprint, Turn
from tsunagu.domain.media import Examined
from tsunagu.index.multi import MultiIndex
from tsunagu.index.snapshot import publish
from tsunagu.records import held_snapshots, links, migrations
from tsunagu.records.session import linking
from tsunagu.services.cases.life import withdraw_exhibit
from tsunagu.services.overlaps import held_index
from tsunagu.services.overlaps.held_index import HeldIndex, HeldNow
from tsunagu.services.overlaps.likeness import Benign, find_links
from tsunagu.services.overlaps.linking import publish_held

from .linked import PDQ, Held, Made, link
from .scene import WORKS
from .world import Person, World

Found = set[tuple[object, ...]]


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    """Officers of two agencies."""
    return world.found(WORKS, WORKS)[0], world.found(WORKS, WORKS)[0]


@pytest.fixture(autouse=True)
def _every_item_makes_one_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_index, "LEAST_ITEMS", 0)
    monkeypatch.setattr(held_index, "WORTH", 1 << 40)


@pytest.fixture
def index(tmp_path: Path) -> HeldIndex:
    """The snapshots of a host that has none yet."""
    return HeldIndex(tmp_path / "held")


def alike(made: Made) -> list[Examined]:
    """Return a picture, worn copies of it in every turn, a video that shows it, a stranger, and two alike one way.

    Of those two one is near a turn of the other, while that is near no turn of the first: light and rounding do so.
    """
    data = made.rng.bytes(32)
    turned = [
        made.picture(made.worn(made.eight(data)[turn], bits)) for turn, bits in zip(Turn, _wear(made), strict=True)
    ]
    still = made.video([*made.rows(2), made.worn(data, 12), *made.rows(2)])
    lit = [Fingerprint(PDQ, one, 100) for one in made.rows(len(Turn))]
    one_way = [made.file(pdq=lit[0], pdq_turns=tuple(lit)), made.picture(made.worn(lit[3].data))]
    if made.rng.integers(2):
        one_way.reverse()  # whichever of them is held first
    return [made.picture(data), *turned, still, made.picture(), *one_way]


def _wear(made: Made) -> list[int]:
    """Return for each turn how many bits are flipped: some are just near, and some just not."""
    return made.rng.integers(24, 38, len(Turn)).tolist()


def found(items: Sequence[int], snapshot: HeldNow | None) -> Found:
    """Return what is found of items, but that they are what they are."""
    with linking():
        links_ = find_links(items, Benign.declared(), snapshot)
    return {(min(one.item_a, one.item_b), max(one.item_a, one.item_b), one.evidence) for one in links_}


def here(index: HeldIndex) -> HeldNow | None:
    with linking():
        return index.held()


def entries(now: HeldNow) -> tuple[int, int]:
    """How many entries the snapshots have, upright and turned."""
    return sum(len(one.upright) for one in now.snapshots), sum(len(one.turned) for one in now.snapshots)


def files(index: HeldIndex) -> set[str]:
    """The snapshots whose files lie on a host."""
    return {path.name[:36] for path in index._folder.glob("*.tsi")}


def done(admin: psycopg.Connection, statement: LiteralString, value: object) -> None:
    admin.execute(statement, [value])
    admin.commit()


def published(index: HeldIndex) -> HeldNow:
    """Return a new snapshot of all that was compared."""
    assert index.publish_if_due()
    snapshot = here(index)
    assert snapshot is not None
    return snapshot


@pytest.fixture
def held(world: World, people: tuple[Person, ...]) -> Iterator[tuple[Held, Held]]:
    """Two cases of two agencies."""
    yield Held.open(world, people[0]), Held.open(world, people[1])
    link(world)


def test_with_a_snapshot_the_linker_finds_what_it_finds_without(held: tuple[Held, Held], index: HeldIndex) -> None:
    made, (ours, theirs) = Made(), held
    families = [alike(made) for _ in range(6)]
    before = [one for family in families for one in family[::2]]
    since = [one for family in families for one in family[1::2]]
    ours.bring(*before)
    snapshot = published(index)
    theirs.bring(*since)
    old, new = [ours.item(one) for one in before], [theirs.item(one) for one in since]
    everything = found(new, None)
    assert any(a in old and b in new for a, b, _ in everything)
    for asked in (new, old, [*new[:3], *old[:3]], new[:1]):
        assert found(asked, snapshot) == found(asked, None)
    # And what is in it by now is found in it alone.
    whole = published(index)
    assert found(new, whole) == everything


def test_what_was_erased_replaced_or_set_apart_is_proposed_no_more(
    held: tuple[Held, Held], index: HeldIndex, admin: psycopg.Connection
) -> None:
    made, (ours, theirs) = Made(), held
    data = made.rng.bytes(32)
    kept, erased, parked = (made.picture(data) for _ in range(3))
    ours.bring(kept, erased, parked)
    snapshot = published(index)
    done(admin, "DELETE FROM fingerprint WHERE item_id = %s", ours.item(erased))
    done(admin, "UPDATE media_item SET parked = 'error' WHERE id = %s", ours.item(parked))
    new = made.picture(data)
    theirs.bring(new)
    item = theirs.item(new)
    near = {a + b - item for a, b, _ in found([item], snapshot)} - {item}
    assert near == {ours.item(kept)}
    assert found([item], snapshot) == found([item], None)


def test_a_snapshot_that_holds_what_was_erased_is_replaced_by_one_that_does_not(
    held: tuple[Held, Held], index: HeldIndex, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, picture = held[0], Made().picture()
    ours.bring(picture)
    before = published(index)
    monkeypatch.setattr(held_index, "LEAST_ITEMS", 1 << 40)
    assert not index.publish_if_due()
    done(admin, "DELETE FROM fingerprint WHERE item_id = %s", ours.item(picture))
    upright, turned = entries(before)
    assert entries(published(index)) == (upright - 1, turned - len(Turn))


def test_where_no_worker_runs_the_command_that_erases_publishes_one_without_what_it_erased(
    held: tuple[Held, Held], index: HeldIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = held[0].bring(Made().picture())
    before = published(index)
    monkeypatch.setattr(HeldIndex, "here", lambda: index)
    withdraw_exhibit(
        actor=ours.person.actor,
        reference=ours.case.reference,
        exhibit="E1",
        ground=ErasureGround.WRONG_EXHIBIT,
        queue=ours.world.rooms.queue,
        **ours.world.parts,
    )
    after = here(index)
    assert after is not None
    assert entries(after)[0] == entries(before)[0] - 1


def test_what_was_compared_is_numbered_in_that_order_and_anew_once_it_is_examined_anew(
    held: tuple[Held, Held], admin: psycopg.Connection
) -> None:
    made, ours = Made(), held[0]
    first, second = made.picture(), made.picture()
    with linking():
        began = held_snapshots.last_position()
    ours.bring(first)
    ours.bring(second)
    with linking():
        assert held_snapshots.compared_after(began) == [ours.item(first), ours.item(second)]
    ours.keep(Examined(b"/other", first.size_bytes, digests=first.digests, pdq=first.pdq, pdq_turns=first.pdq_turns))
    link(ours.world)
    with linking():
        assert held_snapshots.compared_after(began) == [ours.item(first), ours.item(second)]
    done(admin, "UPDATE media_item SET refused = 'decoder-died' WHERE id = %s", ours.item(first))
    ours.keep(first)
    link(ours.world)
    with linking():
        assert held_snapshots.compared_after(began) == [ours.item(second), ours.item(first)]


def test_what_an_earlier_release_has_compared_is_numbered_by_the_upgrade_and_what_waits_is_not(
    held: tuple[Held, Held], index: HeldIndex, admin: psycopg.Connection
) -> None:
    made, (ours, theirs) = Made(), held
    data = made.rng.bytes(32)
    before, waits = made.picture(data), made.picture(data)
    ours.bring(before)
    ours.keep(waits)
    done(admin, "UPDATE media_item SET compared = NULL WHERE id = %s", ours.item(before))
    upgrade = Path(migrations.__file__).with_name("0064_compared_before.sql").read_text(encoding="utf-8")
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(upgrade)  # by the role that upgrades
    connections["owner"].close()
    snapshot = published(index)
    new = made.picture(data)
    theirs.bring(new)
    near = {a + b for a, b, _ in found([theirs.item(new)], snapshot)}
    assert ours.item(before) + theirs.item(new) in near
    with linking():
        assert held_snapshots.compared_after(0).count(ours.item(before)) == 1
    is_bound = "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE relname IN ('holding', 'media_item')"
    assert admin.execute(is_bound).fetchone() == (True,)


def test_a_hit_of_two_that_are_both_examined_anew_holds_though_one_waits_for_longer(
    held: tuple[Held, Held], index: HeldIndex, admin: psycopg.Connection
) -> None:
    made, (ours, theirs) = Made(), held
    data = made.rng.bytes(32)
    mine, other = made.picture(data), made.picture(data)
    ours.bring(mine)
    theirs.bring(other)
    snapshot = published(index)
    for side, one in ((ours, mine), (theirs, other)):
        done(admin, "UPDATE media_item SET refused = 'decoder-died' WHERE id = %s", side.item(one))
        side.keep(one)
    asked = [ours.item(mine)]
    assert any({*asked, theirs.item(other)} == {a, b} for a, b, _ in found(asked, None))
    assert found(asked, snapshot) == found(asked, None)


@pytest.mark.parametrize("harm", ["cut", "gone", "never"])
def test_without_a_whole_snapshot_everything_is_read_from_the_tables_and_a_new_one_is_due(
    held: tuple[Held, Held], index: HeldIndex, tmp_path: Path, harm: str
) -> None:
    made, ours = Made(), held[0]
    ours.bring(made.picture())
    if harm != "never":
        published(index)
    fresh = HeldIndex(tmp_path / "held")  # of another process, which has nothing open
    for path in (tmp_path / "held").glob("*.tsi"):
        path.write_bytes(path.read_bytes()[:-1]) if harm == "cut" else path.unlink()
    assert here(fresh) is None
    published(fresh)


def test_where_the_disk_is_full_nothing_is_left_of_a_new_snapshot_and_the_one_before_stays(
    held: tuple[Held, Held],
    index: HeldIndex,
    admin: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, picture = held[0], Made().picture()
    ours.bring(picture)
    published(index)
    before = set((tmp_path / "held").iterdir())
    (tmp_path / "held" / f"{uuid4()}-turned.tsi.1.new").write_bytes(b"of a publisher that was killed")
    done(admin, "DELETE FROM fingerprint WHERE item_id = %s", ours.item(picture))

    def full(written: MultiIndex, path: Path) -> None:
        if "turned" in path.name:
            raise OSError(ENOSPC, "no space left")
        publish(written, path)

    monkeypatch.setattr(held_index, "publish", full)
    with pytest.raises(OSError, match="no space"):
        index.publish_if_due()
    assert set((tmp_path / "held").iterdir()) == before
    assert here(index) is not None
    # And whoever brings something in is not stopped by that.
    monkeypatch.setattr(HeldIndex, "here", lambda: index)
    assert not publish_held()


def test_who_has_published_keeps_no_file_open_that_is_gone(
    held: tuple[Held, Held], index: HeldIndex, admin: psycopg.Connection
) -> None:
    ours, picture = held[0], Made().picture()
    ours.bring(picture)
    published(index)
    done(admin, "DELETE FROM fingerprint WHERE item_id = %s", ours.item(picture))
    assert index.publish_if_due()
    folder = str(index._folder)
    assert not [
        line for line in Path("/proc/self/maps").read_text().splitlines() if folder in line and "deleted" in line
    ]


def test_a_snapshot_that_this_database_does_not_name_is_not_opened(
    held: tuple[Held, Held], index: HeldIndex, admin: psycopg.Connection
) -> None:
    held[0].bring(Made().picture())
    published(index)
    # As a backup that was restored would not know it.
    done(admin, "DELETE FROM held_snapshot WHERE id = ANY(%s::uuid[])", list(files(index)))
    assert here(index) is None


def test_each_host_uses_its_own(held: tuple[Held, Held], index: HeldIndex, tmp_path: Path) -> None:
    other = HeldIndex(tmp_path / "other")
    held[0].bring(Made().picture())
    ours = published(index)
    kept = files(index)
    assert entries(published(other)) == entries(ours)
    again = here(index)
    assert again is not None
    assert (again.snapshots, files(index)) == (ours.snapshots, kept)
    assert not kept & files(other)


def test_snapshots_follow_each_other_and_find_together_what_one_would(
    held: tuple[Held, Held], index: HeldIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, (ours, theirs) = Made(), held
    families = [alike(made) for _ in range(3)]
    ours.bring(*(one for family in families for one in family[::2]))
    with linking():
        most = max(1, held_snapshots.last_position() // 3)
    monkeypatch.setattr(held_index, "MOST_ITEMS", most)
    first = published(index)
    assert len(first.snapshots) >= 3
    theirs.bring(*(one for family in families for one in family[1::2]))
    both = published(index)
    assert both.snapshots[:2] == first.snapshots[:2], "those that were full stay"
    asked = [theirs.item(one) for family in families for one in family[1::2]]
    assert found(asked, first) == found(asked, both) == found(asked, None)


def test_what_is_erased_costs_one_snapshot_anew_and_a_lost_one_is_the_only_one_made_again(
    held: tuple[Held, Held], index: HeldIndex, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, ours = Made(), held[0]
    pictures = [made.picture() for _ in range(6)]
    ours.bring(*pictures)
    with linking():
        most = max(1, held_snapshots.last_position() // 3)
    monkeypatch.setattr(held_index, "MOST_ITEMS", most)
    before = published(index)
    names = files(index)
    done(admin, "DELETE FROM fingerprint WHERE item_id = %s", ours.item(pictures[-1]))
    after = published(index)
    assert sum(one not in before.snapshots for one in after.snapshots) == 1
    assert len(names - files(index)) == 1
    lost = min(files(index) & names)
    for path in index._folder.glob(f"{lost}*"):
        path.unlink()
    kept = files(index)
    assert entries(published(index)) == entries(after)
    assert kept < files(index)


def test_the_oldest_are_forgotten(held: tuple[Held, Held], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_snapshots, "REMEMBERED", 3)
    names = [uuid4() for _ in range(5)]
    for place, name in enumerate(names):
        with linking():
            held_snapshots.note(held_snapshots.Published(name, place, (1 << 50) - place, 0))
    with linking():
        kept = [one.snapshot_id for one in held_snapshots.published()]
    assert kept == names[2:]
    with linking():
        links.connections["linker"].cursor().execute("DELETE FROM held_snapshot")

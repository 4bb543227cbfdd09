"""One item that cannot be compared is set apart, and stops nobody; what a process left undone is done by the next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.domain.link import Link
from tsunagu.domain.media import Examined, Refusal
from tsunagu.records import backlog, links, overlaps
from tsunagu.records.models import Holding, MediaItem
from tsunagu.records.session import LINKER
from tsunagu.records.telling import NOTHING
from tsunagu.services.banks.ownership import extend_bank, open_bank
from tsunagu.services.overlaps import likeness
from tsunagu.services.overlaps.held_index import HeldNow
from tsunagu.services.overlaps.likeness import Benign, find_links

from .linked import Held, Made, copy, link, overlap_between
from .scene import WORKS
from .world import Person, World, random_name


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, Person]:
    """Officers of two agencies; something of theirs has been compared."""
    found = world.found(WORKS, WORKS)[0], world.found(WORKS, WORKS)[0]
    Held.open(world, found[0]).bring(Made().picture())
    return found


def failing(error: BaseException, items: Collection[int] | None = None) -> Callable[..., list[Link]]:
    """Return a comparison that fails at these items, or at all."""

    def compare(item_ids: Sequence[int], benign: Benign, held: HeldNow | None) -> list[Link]:
        if items is None or set(items) & set(item_ids):
            raise error
        return find_links(item_ids, benign, held)

    return compare


def parked(item: int) -> str | None:
    return MediaItem.objects.using(LINKER).values_list("parked", flat=True).get(id=item)


def waits(item: int) -> bool:
    return Holding.objects.using(LINKER).filter(item_id=item, linked_at=None).exists()


@pytest.mark.parametrize(
    ("error", "reason"),
    [(InputError("odd"), "input"), (KeyError("odd"), "error"), (MemoryError(), "out-of-memory")],
)
def test_what_cannot_be_compared_is_set_apart_with_its_reason_and_all_else_is_compared(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    made, ours, theirs = Made(), Held.open(world, people[0]), Held.open(world, people[1])
    items = [made.picture() for _ in range(7)]
    odd = items[4]
    ours.keep(*items)
    before = backlog.parked_items()
    assert backlog.waiting_holdings() == 7
    monkeypatch.setattr(likeness, "find_links", failing(error, {ours.item(odd)}))
    link(world)
    assert backlog.waiting_holdings() == 0
    assert parked(ours.item(odd)) == reason
    assert backlog.parked_items() == before + 1
    assert [waits(ours.item(one)) for one in items] == [one is odd for one in items]
    assert not links.anything_waits()
    theirs.bring(copy(items[6]), made.picture(made.worn(odd.pdq.data)))
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    assert ours.notice(overlap).revealed.summary.exact == 1
    assert ours.notice(overlap).revealed.summary.near == 0


@pytest.mark.parametrize("error", [OperationalError("gone"), Unavailable("the ledger takes no entry"), KeyError("all")])
def test_nothing_is_set_apart_when_it_is_no_items_fault(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    made, ours = Made(), Held.open(world, people[0])
    items = [made.picture() for _ in range(3)]
    ours.keep(*items)
    before = backlog.parked_items()
    with monkeypatch.context() as patch:
        patch.setattr(likeness, "find_links", failing(error))
        with pytest.raises(type(error)):
            link(world)
    assert backlog.parked_items() == before
    assert all(waits(ours.item(one)) for one in items)
    link(world)
    assert not any(waits(ours.item(one)) for one in items)


def test_what_was_never_read_is_no_item_that_could_be_set_apart(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    Held.open(world, people[0]).keep(Examined(b"/unread", 0, refused=Refusal.UNREADABLE))
    monkeypatch.setattr(likeness, "find_links", failing(KeyError("all")))
    with pytest.raises(KeyError):
        link(world)
    monkeypatch.undo()
    link(world)
    assert not links.anything_waits()


def test_what_was_set_apart_is_compared_once_it_was_examined_anew(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, ours, theirs = Made(), Held.open(world, people[0]), Held.open(world, people[1])
    whole = made.video(made.rows(20))
    ours.keep(cut := replace(whole, frames=whole.frames[:9], refused=Refusal.OUT_OF_TIME))
    with monkeypatch.context() as patch:
        patch.setattr(likeness, "find_links", failing(InputError("odd"), {ours.item(cut)}))
        link(world)
    assert parked(ours.item(cut)) == "input"
    ours.bring(whole)
    assert parked(ours.item(whole)) is None
    theirs.bring(made.video([made.worn(one.fingerprint.data) for one in whole.frames]))
    overlap_between(ours, theirs)


class LostQueue:
    """What is deferred is lost, as where the process dies before it is done."""

    def defer(self, *_: Any) -> None:
        pass


def test_what_was_declared_benign_is_silenced_though_the_process_died_before(
    world: World, people: tuple[Person, ...]
) -> None:
    logo = Made().picture()
    ours, theirs = (Held.open(world, one).bring(copy(logo)) for one in people)
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    _declare_benign(world, people[0], logo)
    assert links.benign_unapplied() == {people[0].actor.agency_id}
    assert theirs.notice(overlap).revealed.summary == NOTHING
    assert not links.benign_unapplied()


def _declare_benign(world: World, person: Person, *examined: Examined) -> None:
    name = random_name("bank")
    open_bank(actor=person.actor, name=name, semantics=BankSemantics.BENIGN, legal_ground="a law", **world.parts)
    extend_bank(actor=person.actor, name=name, examined=examined, queue=LostQueue(), **world.parts)


def test_hits_of_an_overlap_are_read_again_only_where_somebody_is_shown_what_they_weigh(
    world: World, people: tuple[Person, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, read = Made(), []
    ours, theirs = (Held.open(world, one) for one in people)
    items = [made.picture() for _ in range(3)]
    ours.bring(*items)
    theirs.bring(copy(items[0]))
    overlap = overlap_between(ours, theirs)
    hits_of = overlaps.hits_of

    def watched(overlap_ids: Collection[Any]) -> list[Any]:
        read.append(set(overlap_ids))
        return hits_of(overlap_ids)

    monkeypatch.setattr(overlaps, "hits_of", watched)
    theirs.bring(copy(items[1]))
    assert not set().union(*read)
    ours.share(overlap)
    theirs.share(overlap)
    theirs.bring(copy(items[2]))
    assert overlap in read[-1]
    assert theirs.notice(overlap).revealed.summary.exact == 3

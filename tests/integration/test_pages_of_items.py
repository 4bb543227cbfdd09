"""Pages of an exhibit's items: whole, in order, each once, at a price that does not grow."""

from __future__ import annotations

import psycopg
from django.db import connection

from tsunagu.domain.case import HoldingSummary
from tsunagu.records import cases, holdings
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import list_holdings, page_holdings
from tsunagu.services.page import Page

from .counting import counting
from .linked import Held, Made
from .scene import OVERSEES, WORKS
from .world import World, now


def _page(world: World, held: Held, after: int, most: int) -> Page[HoldingSummary]:
    return page_holdings(
        actor=held.person.actor,
        reference=held.case.reference,
        exhibit="E1",
        after=after,
        most=most,
        **world.parts,
    )


def test_pages_one_after_the_other_give_every_item_once_in_the_order_they_came_in(world: World) -> None:
    (anna, _), made = world.found(WORKS, OVERSEES), Made()
    held = Held.open(world, anna).bring(*(made.file() for _ in range(7)))
    pages, after = [], 0
    while page := _page(world, held, after, 3):
        pages.append(page)
        assert world.entries()[-1]["details"]["holdings"] == len(page)
        after = page[-1].number
    assert [(len(page), page.has_more) for page in pages] == [(3, True), (3, True), (1, False)]
    assert [item for page in pages for item in page] == list(
        list_holdings(actor=anna.actor, reference=held.case.reference, **world.parts)
    )


def test_numbers_of_items_tell_nothing_of_what_others_bring_in_meanwhile(world: World) -> None:
    (anna, _), (ben, _), made = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES), Made()
    ours, other = Held.open(world, anna), Held.open(world, anna)
    for _ in range(2):
        ours.keep(made.file(), made.file())
        other.keep(made.file())
        Held.open(world, ben).keep(*(made.file() for _ in range(5)))
    assert [item.number for item in _page(world, ours, 0, 9)] == [1, 2, 3, 4]
    assert [item.number for item in _page(world, other, 0, 9)] == [1, 2]
    in_another = [(made.file(), 1)]
    with acting_for(anna.actor.agency_id):
        exhibit, _ = cases.exhibit_of(ours.case, "E2", registered_by=anna.actor.officer_id, now=now())
        holdings.keep(in_another, agency_id=anna.actor.agency_id, exhibit_id=exhibit)
    held = list_holdings(actor=anna.actor, reference=ours.case.reference, **world.parts)
    assert [item.number for item in held] == [1, 2, 3, 4, 5]


def test_what_comes_in_looks_up_what_it_refers_to_by_indexes_however_little_was_held_when_the_session_began(
    world: World, admin: psycopg.Connection
) -> None:
    (anna, _), made = world.found(WORKS, OVERSEES), Made()
    held = Held.open(world, anna).bring(made.picture())
    admin.execute("ANALYZE media_item")
    admin.commit()
    connection.close()  # what is looked up for each row is planned once a session
    with acting_for(anna.actor.agency_id):
        exhibit, _ = cases.exhibit_of(held.case, "E1", registered_by=anna.actor.officer_id, now=now())
        some = [(made.picture(), 1) for _ in range(3)]
        holdings.keep(some, agency_id=anna.actor.agency_id, exhibit_id=exhibit)
        with connection.cursor() as cursor:
            cursor.execute("SELECT seq_scan, idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'media_item'")
            scanned, looked_up = cursor.fetchone()
    assert (scanned, looked_up > 0) == (0, True)


def test_a_page_asks_the_database_as_often_however_many_items_there_are(world: World) -> None:
    (anna, _), made = world.found(WORKS, OVERSEES), Made()
    few = Held.open(world, anna).bring(made.file())
    many = Held.open(world, anna).bring(*(made.file() for _ in range(40)))
    counts = []
    for held in (few, many):
        with counting("default") as queries:
            _page(world, held, 0, 10)
        counts.append(queries["default"])
    assert counts[0] == counts[1]


def test_an_exhibit_that_is_not_there_has_no_items(world: World) -> None:
    anna, _ = world.found(WORKS, OVERSEES)
    held = Held.open(world, anna).bring(Made().file())
    assert not page_holdings(
        actor=anna.actor, reference=held.case.reference, exhibit="none", after=0, most=9, **world.parts
    )

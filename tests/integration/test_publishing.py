"""Series published to banks: only what circulates, by a co-ordinator, and gone from the bank with its ground."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.digest import Digests
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.look_up import DigestKind
from tsunagu.domain.media import Examined, MediaType
from tsunagu.domain.permission import Role
from tsunagu.domain.scheme import Grade
from tsunagu.records import bank_items, holdings
from tsunagu.records.banks import bank_of
from tsunagu.records.models import Exhibit, MediaItem
from tsunagu.records.new_items import NewItem, pack
from tsunagu.records.session import acting_for
from tsunagu.services.banks.ownership import open_bank
from tsunagu.services.cases.life import withdraw_exhibit
from tsunagu.services.series.schemes import load_scheme
from tsunagu.services.series.votes import cast_vote

from .scene import OVERSEES, WORKS
from .series_scene import hold
from .test_series import CONFLICT, FORBIDDEN, NOT_FOUND, WHY, Desk, case_of
from .world import World, now, random_name


@pytest.fixture
def desk(world: World) -> Desk:
    anna, adam = world.found(WORKS, OVERSEES)
    case = case_of(world, anna)
    return Desk(world, anna, adam, case, hold(world, anna, case, 4))


def bank(desk: Desk, semantics: BankSemantics = BankSemantics.ALERT) -> str:
    name = random_name("bank")
    open_bank(actor=desk.anna.actor, name=name, semantics=semantics, legal_ground="law", **desk.world.parts)
    return name


def known_in(desk: Desk, name: str) -> set[str]:
    """Return which of the desk's contents a bank knows."""
    with acting_for(desk.anna.actor.agency_id):
        digests = [(DigestKind.SHA256, bytes.fromhex(one)) for one in desk.items]
        found = bank_items.same_items(bank_of(name).bank_id, digests, most=len(desk.items))
    return {one.sha256.hex() for one in found if one.sha256}


def publish(desk: Desk, series: str, name: str) -> int:
    return desk.run("publish", series, "--bank", name, *WHY)


def circulating(desk: Desk, *items: str) -> str:
    series = desk.open(*items)
    assert desk.run("circulation", series, "yes") == 0
    return series


@pytest.mark.parametrize("word", ["no", "unknown"])
def test_what_is_not_said_to_circulate_is_never_published(desk: Desk, word: str) -> None:
    series, name = desk.open(desk.items[0]), bank(desk)
    assert desk.run("circulation", series, word) == 0
    assert publish(desk, series, name) == CONFLICT
    assert known_in(desk, name) == set()


def test_context_is_left_out_and_only_a_co_ordinator_publishes(desk: Desk) -> None:
    series, name = circulating(desk, desk.items[0]), bank(desk)
    assert desk.run("add", series, "--case", desk.case, "--context", desk.items[1]) == 0
    colleague = desk.world.enroll(desk.adam, Role.OFFICER)
    assert desk.world.run(desk.anna, "case", "join", desk.case, colleague.login).status == 0
    assert desk.run("publish", series, "--bank", name, *WHY, by=colleague) == FORBIDDEN
    assert publish(desk, series, name) == 0
    assert known_in(desk, name) == {desk.items[0]}
    assert desk.show(series)["published"] == [{"bank": name, "items": 1}]
    assert publish(desk, series, bank(desk, BankSemantics.BENIGN)) == CONFLICT
    assert publish(desk, series, "no such bank") == NOT_FOUND


def test_what_is_of_a_covert_case_is_left_out(desk: Desk) -> None:
    covert = case_of(desk.world, desk.anna, covert=True)
    [held] = [one["sha256"] for one in desk.world.json(desk.anna, "items", "--case", covert)]
    series, name = circulating(desk, desk.items[0]), bank(desk)
    assert desk.run("add", series, "--case", covert, held) == 0
    assert publish(desk, series, name) == 0
    desk.items.append(held)
    assert known_in(desk, name) == {desk.items[0]}


def _circulates_no_more(desk: Desk, series: str) -> None:
    assert desk.run("circulation", series, "unknown") == 0


def _lawful(desk: Desk, series: str) -> None:
    assert desk.run("status", series, "not_illegal", *WHY) == 0


def _taken_out(desk: Desk, series: str) -> None:
    assert desk.run("remove", series, "--case", desk.case, *desk.items[:2], *WHY) == 0


def _context(desk: Desk, series: str) -> None:
    assert desk.run("add", series, "--case", desk.case, "--context", *desk.items[:2]) == 0


def _undone(desk: Desk, series: str) -> None:
    assert desk.undo(series, "added") == 0


def _graded_lawful(desk: Desk, series: str) -> None:
    """Let one analyst grade both items as lawful; the scheme needs no other."""
    scheme = random_name("scheme")
    element = {"code": "place", "question": {"en": "Where?"}, "answers": ["in", "out"]}
    content = {"name": scheme, "version": 1, "needed": 1, "voters": 1, "elements": [element]}
    actor: dict[str, Any] = {"actor": desk.anna.actor, **desk.world.parts}
    load_scheme(content=json.dumps(content).encode(), **actor)
    for one in desk.items[:2]:
        graded = {"name": series, "case": desk.case, "item": one, "scheme": scheme, "answers": {"place": "in"}}
        cast_vote(grade=Grade.NOT_ILLEGAL, **graded, **actor)


def _withdrawn(desk: Desk, series: str) -> None:
    actor: dict[str, Any] = {"actor": desk.anna.actor, **desk.world.parts, "queue": desk.world.rooms.queue}
    withdraw_exhibit(reference=desk.case, exhibit="E1", ground=ErasureGround.WRONG_EXHIBIT, **actor)


@pytest.mark.parametrize(
    "happens", [_circulates_no_more, _lawful, _taken_out, _context, _undone, _withdrawn, _graded_lawful]
)
def test_what_loses_its_ground_leaves_the_bank_and_the_ledger_says_so(
    desk: Desk, happens: Callable[[Desk, str], None]
) -> None:
    series, name = circulating(desk, *desk.items[:2]), bank(desk)
    assert publish(desk, series, name) == 0
    assert known_in(desk, name) == set(desk.items[:2])
    before = len(desk.world.entries())
    happens(desk, series)
    assert known_in(desk, name) == set()
    acts = [entry for entry in desk.world.entries()[before:] if entry["act"] == "series:unpublished"]
    assert sum(entry["details"]["items"] for entry in acts) == 2


def test_what_others_speak_for_stays_when_one_series_is_withdrawn_from_the_bank(desk: Desk) -> None:
    series, other, name = circulating(desk, *desk.items[:2]), circulating(desk, desk.items[2]), bank(desk)
    with acting_for(desk.anna.actor.agency_id):
        own = NewItem(sha256=bytes.fromhex(desk.items[3]))
        agency_id = desk.anna.actor.agency_id
        bank_items.add_items(bank_of(name).bank_id, pack([own]), agency_id=agency_id, now=now())
    assert publish(desk, series, name) == publish(desk, other, name) == 0
    assert desk.run("unpublish", series, "--bank", name, *WHY) == 0
    assert known_in(desk, name) == set(desk.items[2:])
    assert desk.run("unpublish", series, "--bank", name, *WHY) == CONFLICT
    assert [one["did"] for one in desk.show(series)["history"]][:2] == ["unpublished", "published"]


def test_what_a_bank_knew_by_somebodys_own_decision_stays_though_a_series_had_it_too(desk: Desk) -> None:
    series, name = circulating(desk, desk.items[0]), bank(desk)
    with acting_for(desk.anna.actor.agency_id):
        member = MediaItem.objects.get(sha256=bytes.fromhex(desk.items[0]))
        own = NewItem(*(bytes(one) for one in (member.md5, member.sha1, member.sha256)))
        agency_id = desk.anna.actor.agency_id
        bank_items.add_items(bank_of(name).bank_id, pack([own]), agency_id=agency_id, now=now())
    assert publish(desk, series, name) == 0
    assert desk.run("circulation", series, "no") == 0
    assert known_in(desk, name) == {desk.items[0]}


def test_what_is_split_off_circulates_as_before_and_stays(desk: Desk) -> None:
    series, name, new = circulating(desk, *desk.items[:2]), bank(desk), random_name("series")
    assert publish(desk, series, name) == 0
    assert desk.run("split", series, new, "--case", desk.case, desk.items[1], *WHY) == 0
    assert known_in(desk, name) == set(desk.items[:2])
    assert desk.run("circulation", new, "no") == 0
    assert known_in(desk, name) == {desk.items[0]}


def test_a_series_of_which_another_speaks_for_everything_is_withdrawn_too(desk: Desk) -> None:
    second = case_of(desk.world, desk.anna)
    with acting_for(desk.anna.actor.agency_id):
        exhibit_id = Exhibit.objects.get(case__reference=second).id
        held = MediaItem.objects.get(sha256=bytes.fromhex(desk.items[0]))
        digests = Digests(*(bytes(one) for one in (held.md5, held.sha1, held.sha256)))
        examined = Examined(b"/again", held.size_bytes, MediaType.PNG, digests)
        holdings.keep([(examined, 1)], agency_id=desk.anna.actor.agency_id, exhibit_id=exhibit_id)
    series, name = circulating(desk, desk.items[0]), bank(desk)
    other = desk.open(desk.items[0], case=second)
    assert desk.run("circulation", other, "yes") == 0
    assert publish(desk, series, name) == publish(desk, other, name) == 0
    assert desk.run("unpublish", series, "--bank", name, *WHY) == 0
    assert known_in(desk, name) == {desk.items[0]}
    assert desk.show(series)["published"] == []
    assert desk.run("unpublish", other, "--bank", name, *WHY) == 0
    assert known_in(desk, name) == set()

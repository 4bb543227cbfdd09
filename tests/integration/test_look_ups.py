"""Looking up: who is told what of which bank, by the rules that count at that moment, and who learns of it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tsunagu.domain.bank import BankRules, BankSemantics, Opinion, Quarantine
from tsunagu.domain.errors import Exhausted, Forbidden, InputError, NotSignedIn, Unavailable
from tsunagu.domain.look_up import DigestKind, Known, Query
from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records import bank_corpus, bank_items, look_ups
from tsunagu.records.banks import bank_of
from tsunagu.records.ledger import book
from tsunagu.records.new_items import NewItem, pack
from tsunagu.records.session import acting_for
from tsunagu.services.banks.blast_radius import MOST_RECENT, quarantined
from tsunagu.services.banks.judging import judge_item, release_item, withdraw_item
from tsunagu.services.banks.ownership import change_bank, open_bank, view_bank
from tsunagu.services.look_ups import asking as service
from tsunagu.services.look_ups.asking import look_up
from tsunagu.services.look_ups.desk import LookUpDesk
from tsunagu.services.look_ups.hits import LookUp

from .banked import all_items
from .scene import WORKS
from .world import Person, World, now, random_name, remember

MD5 = DigestKind.MD5


def nearby(pdq: bytes, bits: int) -> bytes:
    """Return a fingerprint so many bits away."""
    return (int.from_bytes(pdq) ^ ((1 << bits) - 1)).to_bytes(32)


class Bank:
    """A bank of somebody, and ways to fill it and to ask."""

    def __init__(self, world: World, owner: Person, semantics: BankSemantics = BankSemantics.ALERT) -> None:
        self.world, self.owner, self.name = world, owner, random_name("bank")
        open_bank(actor=owner.actor, name=self.name, semantics=semantics, legal_ground="a law", **world.parts)

    def add(self, *items: NewItem) -> list[int]:
        agency_id = self.owner.actor.agency_id
        with acting_for(agency_id):
            bank_id = bank_of(self.name).bank_id
            before = {one.item_id for one in all_items(bank_id)}
            bank_items.add_items(bank_id, pack(items), agency_id=agency_id, now=now())
            return [one.item_id for one in all_items(bank_id) if one.item_id not in before]

    def rule(self, **changes: Any) -> None:
        change_bank(
            actor=self.owner.actor, name=self.name, changed=lambda rules: replace(rules, **changes), **self.world.parts
        )

    def act(self, act: Any, item: str, **more: Any) -> None:
        act(actor=self.owner.actor, name=self.name, item=item, **more, **self.world.parts)


def ask(world: World, person: Person, *queries: Query, **changes: Any) -> list[tuple[Known, ...]]:
    """Return what somebody is told of each query."""
    actor = replace(person.actor, **{"purpose": Purpose.INVESTIGATION, **changes})
    answered = look_up(actor=actor, queries=queries, known=world.rooms.known(), **world.parts)
    return [answer.known for answer in answered.answers]


def told(world: World, person: Person, pdq: bytes) -> tuple[Known, ...]:
    return ask(world, person, Query(pdq=(pdq,)))[0]


@pytest.fixture(scope="module")
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


@pytest.fixture(scope="module")
def adam(world: World, anna: Person) -> Person:
    return world.founders[anna.agency][1]


@pytest.fixture(scope="module")
def ben(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


@pytest.fixture
def pdq() -> bytes:
    return secrets.token_bytes(32)


def test_an_item_is_known_by_each_of_its_digests_and_by_what_is_near_its_fingerprint(
    world: World, anna: Person, pdq: bytes
) -> None:
    md5, sha1, sha256 = (secrets.token_bytes(size) for size in (16, 20, 32))
    bank = Bank(world, anna)
    bank.add(NewItem(md5, sha1, sha256, pdq))
    exact = [Query(digests=((kind, data),)) for kind, data in zip(DigestKind, (md5, sha1, sha256), strict=True)]
    near = [Query(pdq=(nearby(pdq, bits),)) for bits in (0, 31, 32)]
    found = ask(world, anna, *exact, *near)
    assert [[(one.is_exact, one.distance_bits) for one in known] for known in found] == [
        [(True, 0)], [(True, 0)], [(True, 0)], [(False, 0)], [(False, 31)], [],
    ]  # fmt: skip
    assert {(one.bank, one.owner.name, one.semantics) for known in found for one in known} == {
        (bank.name, anna.agency, BankSemantics.ALERT)
    }


def test_a_query_with_several_turns_is_as_near_as_its_nearest(world: World, anna: Person, pdq: bytes) -> None:
    Bank(world, anna).add(NewItem(pdq=pdq))
    turns = (secrets.token_bytes(32), nearby(pdq, 9), nearby(pdq, 4))
    [[known]] = ask(world, anna, Query(pdq=turns))
    assert known.distance_bits == 4


def test_a_bank_answers_others_only_while_it_is_open_and_its_owner_learns_who_asked(
    world: World, anna: Person, ben: Person, pdq: bytes
) -> None:
    bank = Bank(world, anna)
    bank.add(NewItem(pdq=pdq))
    assert told(world, ben, pdq) == ()
    bank.rule(is_open=True)
    [known] = told(world, ben, nearby(pdq, 3))
    assert (known.bank, known.owner.name, known.owner.contact) == (
        bank.name, anna.agency, f"{anna.agency}@example.org",
    )  # fmt: skip
    hits = view_bank(actor=anna.actor, name=bank.name, **world.parts).hits
    assert [(one.agency, one.item, one.distance_bits) for one in hits] == [(ben.agency, known.item, 3)]
    bank.rule(is_open=False)
    assert told(world, ben, pdq) == ()
    assert told(world, anna, pdq) != ()


def test_how_a_bank_answers_is_decided_at_each_look_up(world: World, anna: Person, pdq: bytes) -> None:
    bank = Bank(world, anna)
    bank.add(NewItem(pdq=pdq))
    today = now().date()
    for off, on in (
        ({"is_on": False}, {"is_on": True}),
        ({"expires_on": today - timedelta(days=2)}, {"expires_on": today + timedelta(days=2)}),
        ({"share_percent": 0}, {"share_percent": 100}),
        ({"radius_bits": 9}, {"radius_bits": 10}),
    ):
        bank.rule(**off)
        assert told(world, anna, nearby(pdq, 10)) == (), off
        bank.rule(**on)
        assert len(told(world, anna, nearby(pdq, 10))) == 1, on


def test_a_share_of_a_bank_is_always_the_same_items_and_about_as_many_as_it_says(world: World, anna: Person) -> None:
    bank, table = Bank(world, anna), [secrets.token_bytes(32) for _ in range(400)]
    bank.add(*(NewItem(pdq=one) for one in table))
    bank.rule(share_percent=50)
    queries = [Query(pdq=(one,)) for one in table]
    first, second = ([bool(known) for known in ask(world, anna, *queries)] for _ in range(2))
    assert first == second
    assert 140 < sum(first) < 260


def test_a_disputed_item_is_told_as_disputed(world: World, anna: Person, pdq: bytes) -> None:
    bank = Bank(world, anna)
    bank.add(NewItem(pdq=pdq))
    [known] = told(world, anna, pdq)
    for opinion, is_disputed in ((Opinion.DISPUTED, True), (Opinion.CONFIRMED, False), (None, False)):
        bank.act(judge_item, known.item, opinion=opinion)
        assert [one.is_disputed for one in told(world, anna, pdq)] == [is_disputed]


def test_an_item_in_quarantine_answers_nobody_until_it_is_released(world: World, anna: Person, pdq: bytes) -> None:
    bank = Bank(world, anna)
    bank.add(NewItem(pdq=pdq, quarantine=Quarantine(2, 7)))
    assert told(world, anna, pdq) == ()
    [(item, held)] = view_bank(actor=anna.actor, name=bank.name, **world.parts).held
    assert held.quarantine == Quarantine(2, 7)
    bank.act(release_item, item)
    assert [one.item for one in told(world, anna, pdq)] == [item]
    with pytest.raises(InputError, match="in no quarantine"):
        bank.act(release_item, item)


def test_what_lies_near_benign_things_or_near_much_that_was_asked_lately_is_too_wide(world: World, pdq: bytes) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    asked, rare = secrets.token_bytes(32), secrets.token_bytes(32)
    Bank(world, anna, BankSemantics.BENIGN).add(NewItem(pdq=nearby(pdq, 20)))
    remember(*((anna.actor.agency_id, nearby(asked, bits)) for bits in range(MOST_RECENT + 1)))
    remember(*((anna.actor.agency_id, nearby(rare, bits)) for bits in range(MOST_RECENT)))
    new = [NewItem(pdq=one) for one in (pdq, asked, rare, secrets.token_bytes(32))]
    with acting_for(anna.actor.agency_id):
        assert [one.quarantine for one in quarantined(new, 31, now=now())] == [
            Quarantine(1, 0), Quarantine(0, MOST_RECENT + 1), None, None,
        ]  # fmt: skip
        assert quarantined(new, 19, now=now())[0].quarantine is None


def test_what_nobody_knows_is_kept_as_recent_traffic_up_to_a_bound(
    world: World, pdq: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    Bank(world, anna).add(NewItem(pdq=pdq))
    monkeypatch.setattr(service, "REMEMBERED", 1)
    monkeypatch.setattr(look_ups, "RECENT_QUERIES", 3)
    asked = [secrets.token_bytes(32) for _ in range(5)]
    ask(world, anna, *(Query(pdq=(one,)) for one in (*asked, pdq)))
    service.forget_older_queries()
    with acting_for(anna.actor.agency_id):
        assert list(bank_corpus.recent_fingerprints()) == asked[:1:-1]


def test_a_withdrawn_item_is_gone_for_good_and_leaves_nothing_it_could_be_known_by(
    world: World, anna: Person, pdq: bytes
) -> None:
    bank = Bank(world, anna)
    md5 = secrets.token_bytes(16)
    [item_id] = bank.add(NewItem(md5=md5, pdq=pdq))
    [[known], [_]] = ask(world, anna, Query(pdq=(pdq,)), Query(digests=((MD5, md5),)))
    bank.act(withdraw_item, known.item)
    assert ask(world, anna, Query(pdq=(pdq,)), Query(digests=((MD5, md5),))) == [(), ()]
    with acting_for(anna.actor.agency_id):
        assert bank_of(bank.name).items == 0
        row = bank_items.Row.objects.get(id=item_id)
        assert (row.key, row.md5, row.pdq, row.details) == (None, None, None, None)
    bank.add(NewItem(md5=md5, pdq=pdq))
    assert len(told(world, anna, pdq)) == 1


def test_a_bank_keeps_what_it_has_already_once(world: World, anna: Person, pdq: bytes) -> None:
    bank = Bank(world, anna)
    assert len(bank.add(NewItem(pdq=pdq), NewItem(md5=bytes(15) + b"\1"))) == 2
    assert len(bank.add(NewItem(pdq=pdq), NewItem(md5=bytes(15) + b"\1", pdq=pdq))) == 1
    with acting_for(anna.actor.agency_id):
        assert bank_of(bank.name).items == 3


@pytest.mark.parametrize(
    ("queries", "changes", "error"),
    [
        ([Query(pdq=(bytes(32),))], {"purpose": None}, InputError),
        ([], {}, InputError),
        ([Query()], {}, InputError),
        ([Query(pdq=(bytes(32),))] * (service.MOST_QUERIES + 1), {}, InputError),
        ([Query(pdq=(bytes(32),))], {"is_certified": False}, Forbidden),
    ],
    ids=["no purpose", "nothing", "an empty query", "too much", "not certified"],
)
def test_what_cannot_be_asked_is_refused(
    world: World, anna: Person, queries: list[Query], changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask(world, anna, *queries, **changes)


def test_an_administrator_may_not_ask_and_the_denial_is_written_down(world: World, adam: Person) -> None:
    with pytest.raises(Forbidden):
        ask(world, adam, Query(pdq=(bytes(32),)))
    entry = world.last_entry()
    assert (entry["act"], entry["details"]["permission"]) == ("access:denied", Permission.MEDIA_LOOK_UP)


def test_more_than_the_budget_of_a_day_is_refused_and_other_officers_are_not_touched(
    world: World, ben: Person, pdq: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "OFFICER_A_DAY", 3)
    ann = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    query = Query(pdq=(pdq,))
    ask(world, ann, query, query, query)
    with pytest.raises(Exhausted):
        ask(world, ann, query)
    monkeypatch.setattr(service, "OFFICER_A_DAY", 10**9)
    assert ask(world, ann, query) == [()]


def test_a_question_for_which_too_little_is_left_uses_nothing_of_it_up(
    world: World, pdq: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "OFFICER_A_DAY", 10)
    ann, query = world.found(WORKS, {Role.ADMINISTRATOR})[0], Query(pdq=(pdq,))
    ask(world, ann, query)
    actor = replace(ann.actor, purpose=Purpose.INVESTIGATION)
    together = [LookUp(actor, [query] * count) for count in (50, 4, 6, 5)]
    answered = service.look_up_together(together, known=world.rooms.known(), **world.parts)
    assert [isinstance(one, Exhausted) for one in answered] == [True, False, True, False]
    with pytest.raises(Exhausted):
        ask(world, ann, query)


def test_who_has_too_little_left_only_when_it_is_counted_is_refused_and_the_others_are_answered(
    world: World, ben: Person, pdq: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, query = world.found(WORKS, {Role.ADMINISTRATOR})[0], Query(pdq=(pdq,))
    looked: list[object] = []
    real = look_ups.is_left

    def late(asked: look_ups.Asking, **how: Any) -> list[bool]:
        looked.append(how)
        return [True] * len(asked) if len(looked) == 1 else real(asked, **how)

    monkeypatch.setattr(look_ups, "is_left", late)
    monkeypatch.setattr(service, "_a_day", lambda actor: 5 if actor.officer_id == ann.actor.officer_id else 10**6)
    asked = [(ann, 6), (ann, 4), (ben, 1), (ann, 2)]
    together = [LookUp(replace(one.actor, purpose=Purpose.INVESTIGATION), [query] * count) for one, count in asked]
    answered = service.look_up_together(together, known=world.rooms.known(), **world.parts)
    assert [isinstance(one, Exhausted) for one in answered] == [True, False, False, True]
    assert len(looked) == 2
    ask(world, ann, query)
    with pytest.raises(Exhausted):
        ask(world, ann, query)


def test_a_look_up_is_written_down_with_its_counts_and_without_what_was_asked(
    world: World, anna: Person, pdq: bytes
) -> None:
    Bank(world, anna).add(NewItem(pdq=pdq))
    ask(world, anna, Query(pdq=(pdq,)), Query(pdq=(secrets.token_bytes(32),)))
    entry = world.last_entry()
    assert (entry["act"], entry["purpose"]) == ("media:looked_up", "investigation")
    assert {name: entry["details"][name] for name in ("queries", "known")} == {"queries": 2, "known": 1}
    assert pdq.hex() not in str(entry)


def test_what_the_ledger_takes_no_entry_of_is_not_told_nor_counted_nor_are_owners_told(
    world: World, pdq: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "OFFICER_A_DAY", 2)
    ann, query = world.found(WORKS, {Role.ADMINISTRATOR})[0], Query(pdq=(pdq,))
    bank = Bank(world, ann)
    bank.add(NewItem(pdq=pdq))
    before = world.entry_count()
    with monkeypatch.context() as patch:
        patch.setattr(book, "_APPEND", "SELECT no_such_book(%s)")
        with pytest.raises(Unavailable, match="no entry"):
            ask(world, ann, query, query)
    assert (world.entry_count(), view_bank(actor=ann.actor, name=bank.name, **world.parts).hits) == (before, ())
    [[_], [_]] = ask(world, ann, query, query)
    assert len(view_bank(actor=ann.actor, name=bank.name, **world.parts).hits) == 2


def test_the_name_of_an_item_and_of_the_index_tell_no_number(world: World, anna: Person, pdq: bytes) -> None:
    [item_id] = Bank(world, anna).add(NewItem(pdq=pdq))
    actor = replace(anna.actor, purpose=Purpose.INVESTIGATION)
    answered = look_up(actor=actor, queries=[Query(pdq=(pdq,))], known=world.rooms.known(), **world.parts)
    [known] = answered.answers[0].known
    assert str(item_id) not in {known.item, answered.index_version}
    assert f"{item_id:x}" not in known.item.split("-")


def test_rules_outside_their_range_are_refused(world: World, anna: Person) -> None:
    bank = Bank(world, anna)
    for wrong in ({"radius_bits": 32}, {"radius_bits": -1}, {"share_percent": 101}):
        with pytest.raises(InputError):
            bank.rule(**wrong)
    assert view_bank(actor=anna.actor, name=bank.name, **world.parts).bank.rules == BankRules()


def test_the_command_says_where_near_copies_could_not_be_looked_for(world: World, anna: Person, pdq: bytes) -> None:
    plain = world.run(anna, "ask", world.file(secrets.token_bytes(9)), "--purpose", "investigation")
    assert "Only the same content was looked for" in plain.stdout
    near = world.run(anna, "ask", pdq.hex(), "--type", "pdq", "--purpose", "investigation")
    assert "Only the same content" not in near.stdout
    [told] = world.json(anna, "ask", secrets.token_hex(16), "--type", "md5", "--purpose", "investigation")
    assert (told["known"], told["near_copies"]) == (False, False)


def test_a_desk_whose_index_cannot_be_opened_at_first_leaves_nobody_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> None:
        raise MemoryError

    monkeypatch.setattr(type(world.rooms.known()), "warm", lambda _: breaks())
    outcomes: list[Any] = []
    asked: dict[str, Any] = {"purpose": Purpose.INVESTIGATION, "queries": [Query(pdq=(bytes(32),))]}
    with LookUpDesk(rooms=lambda: world.rooms, now=now) as desk:
        desk.ask(token="no key", answered=outcomes.append, **asked)
    with pytest.raises(Unavailable):
        desk.ask(token="no key", answered=outcomes.append, **asked)
    assert [type(one) for one in outcomes] == [NotSignedIn]

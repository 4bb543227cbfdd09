"""Programs ask whether something is known anywhere; each answer is written down before it is given."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connections

from tsunagu.domain.bank import Opinion
from tsunagu.domain.look_up import Query
from tsunagu.domain.permission import Permission, Role
from tsunagu.records.ledger.book import Book
from tsunagu.records.new_items import NewItem
from tsunagu.services.agencies.api_keys import end_key, list_keys
from tsunagu.services.banks.judging import judge_item
from tsunagu.services.banks.known_index import KnownIndex
from tsunagu.services.house import Rooms
from tsunagu.services.look_ups import desk as look_up_desk
from tsunagu.services.look_ups.desk import LookUpDesk

from ..world import Person, World, now  # noqa: TID252 - tests are no package with a name
from .lanes import NATIVE, PURPOSE, Lanes, fill_bank, fingerprint, key_of, near
from .programs import Program

WORKS = {Role.OFFICER, Role.COORDINATOR}
SHAPE = {"code", "message", "fields", "reference"}


@pytest.fixture(scope="module")
def desk(rooms: Rooms) -> Iterator[LookUpDesk]:
    with LookUpDesk(rooms=lambda: rooms, now=now) as opened:
        yield opened


@pytest.fixture(scope="module")
def lanes(desk: LookUpDesk) -> Iterator[Lanes]:
    with closing(Lanes(desk)) as opened:
        yield opened


@pytest.fixture(scope="module")
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


@pytest.fixture(scope="module")
def ben(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


def test_an_answer_says_whose_it_is_whom_to_call_what_it_means_and_how_near_it_is(
    world: World, lanes: Lanes, anna: Person
) -> None:
    stored = fingerprint()
    bank = fill_bank(world, anna, NewItem(pdq=stored))
    before = world.entry_count()
    told = lanes.ask(key_of(world, anna), {"pdq": near(stored, 9).hex()}, {"pdq": fingerprint().hex()})
    assert told.status == 200
    [[hit], nothing] = [one["known"] for one in told.json["answers"]]
    assert nothing == []
    item = hit.pop("item")
    assert hit == {
        "bank": bank,
        "semantics": "alert",
        "exact": False,
        "distance_bits": 9,
        "disputed": False,
        "agency": {"name": anna.agency, "country": "DK", "contact": f"{anna.agency}@example.org"},
    }
    assert not item.isdecimal()
    assert (told.json["searched"], bool(told.json["index_version"])) == ("all", True)
    entry = world.last_entry()
    assert (entry["act"], entry["purpose"], world.entry_count() - before) == ("media:looked_up", "investigation", 2)
    assert (entry["details"]["queries"], entry["details"]["known"]) == (2, 1)
    assert entry["details"]["index"] == told.json["index_version"]


def test_a_digest_is_found_exactly_and_sixty_four_digits_are_what_they_are_said_to_be(
    world: World, lanes: Lanes, anna: Person
) -> None:
    content = secrets.token_bytes(30)
    digests = {name: getattr(hashlib, name)(content).digest() for name in ("md5", "sha1", "sha256")}
    fill_bank(world, anna, NewItem(**digests))
    key = key_of(world, anna)
    for name, digest in digests.items():
        [[hit]] = lanes.known(key, {name: digest.hex().upper()})
        assert (hit["exact"], hit["distance_bits"]) == (True, 0)
    assert lanes.known(key, {"pdq": digests["sha256"].hex()}) == [[]]
    refused = lanes.ask(key, digests["sha256"].hex())
    assert (refused.status, refused.json["fields"]) == (422, ["body.queries.0"])


def test_a_bank_of_others_answers_when_it_is_open_and_its_owner_learns_of_it(
    world: World, lanes: Lanes, anna: Person, ben: Person
) -> None:
    opened, closed = fingerprint(), fingerprint()
    bank = fill_bank(world, ben, NewItem(pdq=opened), is_open=True)
    fill_bank(world, ben, NewItem(pdq=closed))
    [[hit], nothing] = lanes.known(key_of(world, anna), {"pdq": opened.hex()}, {"pdq": closed.hex()})
    assert (hit["bank"], hit["agency"]["name"], nothing) == (bank, ben.agency, [])
    [[_], [_]] = lanes.known(key_of(world, ben), {"pdq": opened.hex()}, {"pdq": closed.hex()})
    [shown] = world.json(ben, "bank", "show", bank)
    assert anna.agency in json.dumps(shown)


def test_what_an_outsider_is_told_of_a_closed_bank_is_what_he_is_told_of_none(
    world: World, lanes: Lanes, anna: Person, ben: Person
) -> None:
    stored, digest = fingerprint(), secrets.token_bytes(16)
    fill_bank(world, ben, NewItem(md5=digest, pdq=stored))
    key = key_of(world, anna)
    of_others = lanes.ask(key, {"pdq": stored.hex(), "md5": digest.hex()})
    of_nobody = lanes.ask(key, {"pdq": fingerprint().hex(), "md5": secrets.token_hex(16)})
    assert (of_others.status, of_others.content) == (of_nobody.status, of_nobody.content)
    [[hit]] = lanes.known(key_of(world, ben), {"pdq": stored.hex(), "md5": digest.hex()})
    assert hit["exact"]


def test_a_key_that_is_limited_to_a_bank_asks_no_other(world: World, lanes: Lanes, anna: Person) -> None:
    one, other = fingerprint(), fingerprint()
    bank = fill_bank(world, anna, NewItem(pdq=one))
    fill_bank(world, anna, NewItem(pdq=other))
    asked = ({"pdq": one.hex()}, {"pdq": other.hex()})
    assert [len(each) for each in lanes.known(key_of(world, anna, only=[bank]), *asked)] == [1, 0]
    assert [len(each) for each in lanes.known(key_of(world, anna), *asked)] == [1, 1]


def test_a_key_without_the_scope_is_told_no_distance(world: World, lanes: Lanes, anna: Person) -> None:
    stored = fingerprint()
    fill_bank(world, anna, NewItem(pdq=stored))
    for scopes, distance in (((Permission.MEDIA_LOOK_UP,), None), ((), 5)):
        [[hit]] = lanes.known(key_of(world, anna, *scopes), {"pdq": near(stored, 5).hex()})
        assert hit["distance_bits"] == distance


def test_an_added_item_answers_at_once_and_a_withdrawn_or_switched_off_one_no_more(
    world: World, lanes: Lanes, anna: Person
) -> None:
    key, stored = key_of(world, anna), fingerprint()
    assert lanes.known(key, {"pdq": stored.hex()}) == [[]]
    bank = fill_bank(world, anna, NewItem(pdq=stored))
    [[hit]] = lanes.known(key, {"pdq": stored.hex()})
    judge_item(actor=anna.actor, name=bank, item=hit["item"], opinion=Opinion.DISPUTED, **world.parts)
    [[hit]] = lanes.known(key, {"pdq": stored.hex()})
    assert hit["disputed"]
    for switch, answers in (("--off", 0), ("--on", 1)):
        assert world.run(anna, "bank", "change", bank, switch).status == 0
        assert [len(one) for one in lanes.known(key, {"pdq": stored.hex()})] == [answers]
    assert world.run(anna, "bank", "withdraw", bank, hit["item"]).status == 0
    assert lanes.known(key, {"pdq": stored.hex()}) == [[]]


def test_a_purpose_is_stated_in_the_body_or_the_header_or_nothing_is_told(
    world: World, lanes: Lanes, anna: Person
) -> None:
    key, query = key_of(world, anna), {"pdq": fingerprint().hex()}
    refused = lanes.ask(key, query, purpose=None)
    assert (refused.status, set(refused.json), refused.json["code"]) == (422, SHAPE, "input")
    assert lanes.ask(key, query, purpose="curiosity").status == 422
    assert lanes.ask(key, query, purpose=None, HTTP_X_PURPOSE="curiosity").status == 422
    assert lanes.ask(key, query, purpose=None, HTTP_X_PURPOSE="deconfliction").status == 200
    assert world.last_entry()["purpose"] == "deconfliction"


def test_a_key_that_was_ended_is_refused_at_the_very_next_request(world: World, lanes: Lanes, anna: Person) -> None:
    key, query = key_of(world, anna), {"pdq": fingerprint().hex()}
    assert lanes.ask(key, query).status == 200
    [own] = [one for one in list_keys(actor=anna.actor, now=now()) if str(one.key_id) in key]
    end_key(actor=anna.actor, key_id=own.key_id, **world.parts)
    refused = lanes.ask(key, query)
    assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert world.last_entry()["act"] == "access:denied"
    never = lanes.ask(key[:-1] + "~", query)
    assert [REFERENCE.sub(b"", one.content) for one in (refused, never)].count(REFERENCE.sub(b"", never.content)) == 2


REFERENCE = re.compile(rb'"reference":"[0-9a-f]{8}"')


@pytest.mark.parametrize("body", [b"{", b"", b"[]", b'{"queries": []}', b'{"queries": [{"pdq": "00"}]}', b"\xff"])
def test_a_key_is_looked_at_before_what_it_asks(world: World, lanes: Lanes, anna: Person, body: bytes) -> None:
    for key in (None, "nonsense", key_of(world, anna)[:-2] + "~~"):
        assert lanes.send("POST", NATIVE, body, key=key).status == 401
    assert lanes.send("POST", NATIVE, body, key=key_of(world, anna)).status == 422


def test_a_key_that_was_not_lent_the_permission_is_denied_beside_one_that_was(
    world: World, lanes: Lanes, anna: Person
) -> None:
    query, before = {"pdq": fingerprint().hex()}, world.entry_count()
    denied = lanes.ask(key_of(world, anna, Permission.BANK_READ), query)
    assert (denied.status, denied.json["code"]) == (403, "forbidden")
    entry = world.last_entry()
    assert (entry["act"], entry["details"]["permission"]) == ("access:denied", "media:look_up")
    assert world.entry_count() - before == 2  # the key was made, and denied
    assert lanes.ask(key_of(world, anna), query).status == 200


def test_the_budget_of_a_day_counts_what_is_asked_and_then_closes_the_door(
    world: World, lanes: Lanes, anna: Person
) -> None:
    key, query = key_of(world, anna, look_ups=3), {"pdq": fingerprint().hex()}
    assert [lanes.ask(key, query, query).status, lanes.ask(key, query, query).status] == [200, 429]
    assert lanes.ask(key, query).status == 200  # what was refused was not counted
    assert lanes.ask(key, query).json["code"] == "exhausted"
    assert lanes.ask(key_of(world, anna, look_ups=1), query).status == 200


def test_nothing_is_searched_for_whose_budget_is_used_up(
    world: World, lanes: Lanes, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, search, searched = key_of(world, anna, look_ups=1), KnownIndex.search, []

    def seen(self: KnownIndex, queries: Any) -> Any:
        searched.append(queries.tobytes())
        return search(self, queries)

    monkeypatch.setattr(KnownIndex, "search", seen)
    first, second = (fingerprint() for _ in range(2))
    assert [lanes.ask(key, {"pdq": one.hex()}).status for one in (first, second)] == [200, 429]
    assert searched == [first]


def test_what_is_too_plain_is_not_hashable_and_never_unknown(world: World, lanes: Lanes, anna: Person) -> None:
    key, stored, md5 = key_of(world, anna), fingerprint(), secrets.token_bytes(16)
    fill_bank(world, anna, NewItem(md5=md5, pdq=stored))
    plain = {"pdq": stored.hex(), "quality": 49}
    told = lanes.ask(key, plain, {**plain, "md5": md5.hex()}, {**plain, "quality": 50})
    nothing, exact, close = told.json["answers"]
    assert nothing == {"known": None, "not_hashable": True}
    assert (len(exact["known"]), exact["not_hashable"]) == (1, True)
    assert (len(close["known"]), close["not_hashable"]) == (1, False)
    alone = lanes.ask(key, plain)
    assert (alone.status, "not hashable" in alone.json["message"]) == (422, True)


def test_nobody_is_told_anything_when_the_ledger_takes_no_entry(
    world: World, lanes: Lanes, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = fingerprint()
    bank = fill_bank(world, anna, NewItem(pdq=stored))
    key, query = key_of(world, anna), {"pdq": stored.hex()}

    def no_entry(*_: object, **__: object) -> None:
        raise OperationalError("the name of somebody")

    with monkeypatch.context() as patch:
        patch.setattr(Book, "write", no_entry)
        told = lanes.ask(key, query)
    assert (told.status, set(told.json), told.json["code"]) == (503, SHAPE, "unavailable")
    assert bank.encode() not in told.content
    assert lanes.known(key, query)[0][0]["bank"] == bank


def test_who_asks_at_the_same_moment_shares_a_search_and_each_has_his_own_answer(
    world: World, anna: Person, ben: Person, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = [fingerprint() for _ in range(6)]
    fill_bank(world, anna, *(NewItem(pdq=one) for one in stored))
    mine, other, ended = key_of(world, anna), key_of(world, ben), key_of(world, anna)[:-1] + "~"
    sizes: list[int] = []
    together = LookUpDesk._answer

    def counted(self: LookUpDesk, batch: Any, **parts: Any) -> None:
        sizes.append(len(batch))
        together(self, batch, **parts)

    monkeypatch.setattr(LookUpDesk, "_answer", counted)
    desk = LookUpDesk(rooms=lambda: rooms, now=now)
    lanes = Lanes(desk)
    before = world.entry_count()
    with ThreadPoolExecutor(18) as threads:
        asked = [(key, one) for one in stored for key in (mine, other, ended)]
        answers = [threads.submit(lanes.ask, key, {"pdq": one.hex()}) for key, one in asked]
        while len(desk._queue) < len(asked):
            pass
        with desk:
            told = [one.result() for one in answers]
    assert max(sizes) == len(asked)
    for (key, _), one in zip(asked, told, strict=True):
        assert one.status == (401 if key is ended else 200)
        if key is not ended:
            assert len(one.json["answers"][0]["known"]) == (key is mine)
    assert world.entry_count() - before == 12


def test_who_comes_while_an_answer_is_written_down_is_searched_for_meanwhile(
    world: World, lanes: Lanes, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (fingerprint() for _ in range(2))
    fill_bank(world, anna, NewItem(pdq=first), NewItem(pdq=second))
    key, write, search = key_of(world, anna), Book.write, KnownIndex.search
    is_written_down, is_searched = Event(), Event()
    writes: list[bool] = []

    def slow(self: Book, *deeds: Any, **how: Any) -> None:
        if deeds:
            is_written_down.set()
            writes.append(is_searched.wait(timeout=60))
        write(self, *deeds, **how)

    def seen(self: KnownIndex, queries: Any) -> Any:
        if queries.tobytes() == second:
            is_searched.set()
        return search(self, queries)

    monkeypatch.setattr(Book, "write", slow)
    monkeypatch.setattr(KnownIndex, "search", seen)
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(lanes.known, key, {"pdq": first.hex()})
        assert is_written_down.wait(timeout=60)
        [[after]] = lanes.known(key, {"pdq": second.hex()})
        [[before]] = answer.result()
    assert writes == [True, True]
    assert before["item"] != after["item"]


def test_what_breaks_one_asker_s_answer_breaks_nobody_else_s(
    world: World, anna: Person, ben: Person, rooms: Rooms, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    real, poison = look_up_desk.actors_by_keys, key_of(world, ben)

    def poisoned(*, tokens: set[str], **parts: Any) -> Any:
        if poison in tokens:
            raise ZeroDivisionError("the name of somebody")
        return real(tokens=tokens, **parts)

    monkeypatch.setattr(look_up_desk, "actors_by_keys", poisoned)
    desk = LookUpDesk(rooms=lambda: rooms, now=now)
    lanes, query, good = Lanes(desk), {"pdq": fingerprint().hex()}, key_of(world, anna)
    with ThreadPoolExecutor(2) as threads, caplog.at_level(logging.DEBUG):
        answers = [threads.submit(lanes.ask, key, query) for key in (good, poison)]
        while len(desk._queue) < 2:
            pass
        with desk:
            fine, broken = (one.result() for one in answers)
    assert (fine.status, broken.status, broken.json["code"]) == (200, 500, "bug")
    assert "the name of somebody" not in broken.content.decode() + "".join(
        one.getMessage() for one in caplog.records if one.name == "tsunagu.api"
    )


def test_nobody_waits_for_an_answer_and_a_budget_is_counted_exactly_however_many_ask_at_once(
    world: World, anna: Person, ben: Person, rooms: Rooms
) -> None:
    query, three, ended = {"pdq": fingerprint().hex()}, key_of(world, anna, look_ups=3), key_of(world, ben)
    [own] = [one for one in list_keys(actor=ben.actor, now=now()) if str(one.key_id) in ended]
    end_key(actor=ben.actor, key_id=own.key_id, **world.parts)
    desk = LookUpDesk(rooms=lambda: rooms, now=now)
    with closing(Lanes(desk)) as lanes:
        told = [lanes.hand_in(key, query) for key in (three, ended, three, three, three, key_of(world, ben))]
        assert all(one.empty() for one in told)
        with desk:
            assert [one.get(timeout=60).status for one in told] == [200, 401, 200, 200, 429, 200]


def test_an_answer_that_cannot_be_given_leaves_the_others_theirs(
    world: World, anna: Person, rooms: Rooms, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(_: object) -> None:
        raise ConnectionError("the name of somebody")

    desk, query, key = LookUpDesk(rooms=lambda: rooms, now=now), fingerprint(), key_of(world, anna)
    with closing(Lanes(desk)) as lanes, caplog.at_level(logging.DEBUG):
        desk.ask(token=key, purpose=PURPOSE, queries=[Query(pdq=(query,))], answered=gone)
        told = lanes.hand_in(key, {"pdq": query.hex()})
        with desk:
            assert told.get(timeout=60).status == 200
    assert "ConnectionError" in caplog.text
    assert "somebody" not in caplog.text


def test_a_connection_that_cannot_be_renewed_is_told_and_the_desk_stays_open(
    world: World, anna: Person, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the name of somebody")

    desk, query, key = LookUpDesk(rooms=lambda: rooms, now=now), {"pdq": fingerprint().hex()}, key_of(world, anna)
    with closing(Lanes(desk)) as lanes:
        told = [lanes.hand_in(key, query) for _ in range(2)]
        with monkeypatch.context() as patch:
            patch.setattr(look_up_desk, "connections_renewed", broken)
            with desk:
                assert [one.get(timeout=60).status for one in told] == [500, 500]
                patch.undo()
                assert lanes.ask(key, query).status == 200


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_who_was_taken_by_a_thread_that_ends_is_told_so_and_not_that_his_key_is_none(
    world: World, anna: Person, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(**_: object) -> None:
        raise SystemExit

    monkeypatch.setattr(look_up_desk, "actors_by_keys", ended)
    desk, query, key = LookUpDesk(rooms=lambda: rooms, now=now), {"pdq": fingerprint().hex()}, key_of(world, anna)
    with closing(Lanes(desk)) as lanes:
        told = lanes.hand_in(key, query)
        with desk:
            assert told.get(timeout=60).status == 503


def test_who_comes_when_very_much_is_asked_for_already_is_let_in_later(
    world: World, anna: Person, rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_up_desk, "MOST_WAITING", 2)
    desk, query, key = LookUpDesk(rooms=lambda: rooms, now=now), {"pdq": fingerprint().hex()}, key_of(world, anna)
    with closing(Lanes(desk)) as lanes, ThreadPoolExecutor(1) as threads:
        told = lanes.hand_in(key, query, query)
        later = threads.submit(lanes.ask, key, query)
        with pytest.raises(TimeoutError):
            later.result(timeout=0.2)
        assert len(desk._queue) == 1
        with desk:
            assert (told.get(timeout=60).status, later.result(timeout=60).status) == (200, 200)


def test_a_desk_that_is_closing_answers_nobody_new(world: World, anna: Person, rooms: Rooms) -> None:
    with LookUpDesk(rooms=lambda: rooms, now=now) as desk:
        lanes = Lanes(desk)
        assert lanes.ask(key_of(world, anna), {"pdq": fingerprint().hex()}).status == 200
    assert lanes.ask(key_of(world, anna), {"pdq": fingerprint().hex()}).status == 503


def test_both_ways_to_the_operation_tell_the_same(world: World, lanes: Lanes, anna: Person) -> None:
    stored = fingerprint()
    fill_bank(world, anna, NewItem(pdq=stored))
    key = key_of(world, anna)
    bodies = (
        {"purpose": "investigation", "queries": [{"pdq": near(stored, 3).hex()}, {"md5": "0" * 32}]},
        {"purpose": "investigation", "queries": [{}]},
        {"purpose": "investigation", "queries": [{"pdq": "x"}]},
        {"queries": [{"pdq": stored.hex()}]},
    )
    for body in bodies:
        fast, slow = lanes.send("POST", NATIVE, body, key=key), Program(world, key).send("POST", NATIVE, body)
        assert fast.status == slow.status_code
        ours, theirs = fast.json, slow.json()
        for one in (ours, theirs):
            one.pop("reference", None)
        assert ours == theirs


def test_headers_let_nobody_keep_an_answer_and_each_request_is_counted(
    world: World, lanes: Lanes, anna: Person
) -> None:
    lanes.counted.clear()
    fast = lanes.ask(key_of(world, anna), {"pdq": fingerprint().hex()})
    slow = Program(world, key_of(world, anna)).send("GET", "/api/whoami")
    for name in ("Cache-Control", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options"):
        assert fast.headers[name] == slow[name]
    assert "default-src 'none'" in fast.headers["Content-Security-Policy"]
    assert lanes.counted == [("api:look_up", 200)]
    elsewhere = lanes.ask(None, HTTP_HOST="elsewhere.example")
    assert (elsewhere.status, elsewhere.json["code"]) == (400, "bad-request")


def test_everything_else_goes_on_to_the_framework(world: World, lanes: Lanes, anna: Person) -> None:
    key = key_of(world, anna)
    assert lanes.send("GET", "/api/whoami", key=key).json["login"] == anna.login
    refused = lanes.send("GET", NATIVE, key=key)
    assert (refused.status, refused.headers["Allow"]) == (405, "POST")
    assert lanes.send("GET", "/healthz").status == 200


def test_a_locked_out_officer_s_key_opens_nothing_until_he_is_in_again(
    world: World, lanes: Lanes, anna: Person
) -> None:
    key, query = key_of(world, anna), {"pdq": fingerprint().hex()}
    with connections["owner"].cursor() as cursor:
        set_lock = "UPDATE officer SET locked_until = %s WHERE id = %s"
        cursor.execute("ALTER TABLE officer NO FORCE ROW LEVEL SECURITY")
        cursor.execute(set_lock, [now() + timedelta(hours=1), anna.actor.officer_id])
        assert lanes.ask(key, query).status == 401
        cursor.execute(set_lock, [None, anna.actor.officer_id])
        cursor.execute("ALTER TABLE officer FORCE ROW LEVEL SECURITY")
    assert lanes.ask(key, query).status == 200

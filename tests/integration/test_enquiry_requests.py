"""One force asks another before the gate: the least that it needs, answered once, or erased at both."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from threading import Timer
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, transaction

from tsunagu.domain.enquiry_request import MOST_ASKED, RequestDraft, Wanted
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.errors import NotFound
from tsunagu.domain.permission import Role
from tsunagu.exchange.enquiry_form import text_of
from tsunagu.records.models import EnquiryRequestRow, EnquiryRequestSourceRow, ListedPersonRow
from tsunagu.records.session import acting_for
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion
from tsunagu.services.gate import request_asking as enquiry_asking
from tsunagu.services.gate import requests as service
from tsunagu.services.gate.request_asking import ask_force
from tsunagu.services.gate.request_erasing import erase_unanswered
from tsunagu.services.referrals.views import view_referral

from .gated import BUYER, Force, Gated, assign
from .referred import be_of, refer_one
from .seized import fillers
from .world import Person, World, now

NOT_FOUND, CONFLICT, REFUSED = 4, 6, 2
WORDS_OF_GUILT = ("suspect", "offender", "crime", "被疑者", "容疑", "犯罪", "児童ポルノ", "CSAM", "記録集")


@pytest.fixture(scope="module")
def nagasaki(world: World) -> Person:
    one, _ = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
    be_of(world, one, "JP-42")
    return one


@pytest.fixture(scope="module")
def force(world: World) -> Force:
    return Force.found(world)


@pytest.fixture
def gated(world: World, force: Force, nagasaki: Person, tmp_path: Path) -> Gated:
    """Give a list of three, the first of whom lives in Nagasaki."""
    others = [(*one, *("",) * (len(BUYER) - len(one))) for one in fillers(2)]
    return Gated.of(world, force, tmp_path, BUYER, *others)


def ask(gated: Gated, *wanted: str, status: int = 0, days: int = 30) -> str:
    day = f"{now().date() + timedelta(days=days)}"
    typed = [word for one in wanted or ("residence",) for word in ("--want", one)]
    made = gated.run(
        "enquiry", "ask", "--person", "1", *typed, "--authority", "規則第4条", "--until", day, status=status
    )
    return str(made[0]["request"]) if made else ""


def read(gated: Gated, by: Person, request: str) -> dict[str, Any]:
    [told] = gated.desk.world.json(by, "enquiry", "request", request)
    return told


def do(gated: Gated, by: Person, *typed: str) -> int:
    return gated.desk.world.run(by, "enquiry", *typed).status


def delete(gated: Gated) -> None:
    world, reference = gated.desk.world, gated.desk.case
    propose_deletion(actor=gated.desk.one.actor, reference=reference, ground=ErasureGround.ORDERED, **world.parts)
    confirm_deletion(actor=gated.desk.other.actor, reference=reference, queue=world.rooms.queue, **world.parts)


def test_the_force_of_where_he_lives_is_told_what_is_needed_and_nothing_of_the_list(
    gated: Gated, nagasaki: Person
) -> None:
    request = ask(gated, "residence")
    asks = read(gated, nagasaki, request)["asks"]
    assert asks["person"] == {
        "name": ["江頭 佐江"], "kana": ["エガシラ サエ"], "postcode": ["811-5301"], "address": ["長崎県壱岐市"],
    }  # fmt: skip
    assert (asks["wanted"], asks["not_known"]) == (["residence"], [])
    letter = text_of(asks)
    told = json.dumps(asks, ensure_ascii=False) + letter
    assert not [word for word in (*WORDS_OF_GUILT, gated.desk.case, "1980-01-02", "sae@example.jp") if word in told]
    assert "江頭 佐江" in letter
    born = RequestDraft((Wanted.BORN,), "規則第4条", now().date())
    assert {one.value for one in born.fields} == {"name", "kana", "postcode", "address", "born"}


def test_it_is_answered_once_and_as_it_was_asked_and_nothing_enters_the_gate_by_itself(
    gated: Gated, nagasaki: Person
) -> None:
    request = ask(gated, "identity", "residence")
    assert ask(gated, status=CONFLICT) == "", "he is asked about already"
    tell = ("tell", request, "--found", "identity=not-known")
    assert do(gated, nagasaki, *tell) == REFUSED
    assert do(gated, nagasaki, *tell, "--found", "residence=confirmed", "--found", "born=confirmed") == REFUSED
    assert do(gated, gated.desk.one, *tell, "--found", "residence=confirmed") == CONFLICT, "it is not his to answer"
    assert do(gated, nagasaki, *tell, "--found", "residence=confirmed", "--words", "since 2019") == 0
    assert do(gated, nagasaki, *tell, "--found", "residence=confirmed") == CONFLICT
    told = read(gated, gated.desk.one, request)
    assert (told["state"], told["words"]) == ("answered", "since 2019")
    assert told["answer"] == {"identity": "not-known", "residence": "confirmed"}
    [person] = gated.gate("show")
    assert (person["stands"] if "stands" in person else person["standing"]) == "lead"


def test_both_sides_have_it_in_their_ledger_and_nobody_else_is_told(
    world: World, gated: Gated, nagasaki: Person
) -> None:
    request = ask(gated)
    other, _ = world.found({Role.OFFICER}, {Role.ADMINISTRATOR})
    assert do(gated, other, "request", request) == NOT_FOUND
    assert do(gated, other, "tell", request, "--found", "residence=confirmed") == NOT_FOUND
    assert do(gated, nagasaki, "tell", request, "--found", "residence=not-confirmed") == 0
    about = [one for one in world.entries() if one.get("details", {}).get("request") == request]
    sides = {(one["act"], one["agency"]) for one in about}
    own, theirs = (str(one.actor.agency_id) for one in (gated.desk.one, nagasaki))
    assert sides == {
        ("enquiry-request:asked", own), ("enquiry-request:arrived", theirs),
        ("enquiry-request:answered", theirs), ("enquiry-request:informed", own),
    }  # fmt: skip


def test_past_the_gate_and_where_nobody_knows_where_he_lives_no_force_is_asked(gated: Gated) -> None:
    gated.person = 2
    day = f"{now().date()}"
    asks = ("enquiry", "ask", "--want", "born", "--authority", "a", "--until", day)
    gated.run(*asks, "--person", "2", status=CONFLICT)
    gated.person = 1
    gated.take_up()
    ask(gated, days=61, status=REFUSED)
    ask(gated, days=-1, status=REFUSED)
    gated.show_all()
    gated.promote()
    ask(gated, status=CONFLICT)


def test_what_is_not_answered_in_time_is_erased_at_both_and_leaves_that_it_was(
    world: World, gated: Gated, nagasaki: Person
) -> None:
    before = now() - timedelta(days=3)
    draft = RequestDraft((Wanted.RESIDENCE,), "規則第4条", before.date() + timedelta(days=1))
    at = {"actor": gated.desk.one.actor, "reference": gated.desk.case, "number": None, "person": 1}
    request_id = ask_force(draft=draft, **at, **(world.parts | {"now": before}))
    answered = ask(gated, status=CONFLICT)
    assert answered == ""
    assert read(gated, nagasaki, str(request_id))["asks"] is None, "its last day has passed"
    assert do(gated, nagasaki, "tell", str(request_id), "--found", "residence=confirmed") == CONFLICT
    parts = {"now": now(), "ledger": world.rooms.ledger}
    assert [erase_unanswered(**parts), erase_unanswered(**parts)] == [1, 0]
    for side in (gated.desk.one, nagasaki):
        told = read(gated, side, str(request_id))
        assert (told["state"], told["asks"], told["answer"]) == ("erased", None, None)
    with acting_for(nagasaki.actor.agency_id):
        row = EnquiryRequestRow.objects.get(id=request_id)
        assert (row.key, row.sealed, row.answer) == (None, None, None)
    erased = [one["agency"] for one in world.entries() if one["act"] == "enquiry-request:erased"]
    assert {str(one.actor.agency_id) for one in (gated.desk.one, nagasaki)} <= set(erased)
    ask(gated)


def test_nobody_erases_or_changes_a_request_before_and_it_goes_with_its_list(
    world: World, gated: Gated, nagasaki: Person
) -> None:
    request = ask(gated)
    changes: tuple[dict[str, Any], ...] = (
        {"key": None, "sealed": None, "erased_at": now()},
        {"sealed": b"another"},
        {"answer": b"forged", "answered_at": now()},
    )
    for side in (gated.desk.one, nagasaki):
        with acting_for(side.actor.agency_id):
            for change in changes[: 3 if side is gated.desk.one else 2]:  # it is the other side that answers
                with pytest.raises(DatabaseError), transaction.atomic():
                    EnquiryRequestRow.objects.filter(id=request).update(**change)
            assert EnquiryRequestSourceRow.objects.filter(request_id=request).delete()[0] == 0
    delete(gated)
    assert read(gated, nagasaki, request)["state"] == "erased"
    told = [one["agency"] for one in world.entries() if one.get("details", {}).get("request") == request
            and one["act"] == "enquiry-request:erased"]  # fmt: skip
    assert set(told) == {str(one.actor.agency_id) for one in (gated.desk.one, nagasaki)}


def test_a_list_is_sent_away_row_by_row_by_nobody_however_fast_it_is_answered(
    gated: Gated, nagasaki: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ASKED == 20
    monkeypatch.setattr(enquiry_asking, "MOST_ASKED", 2)
    for _ in range(2):
        assert do(gated, nagasaki, "tell", ask(gated), "--found", "residence=confirmed") == 0
    ask(gated, status=CONFLICT)
    monkeypatch.setattr(enquiry_asking, "WITHIN", timedelta())
    ask(gated)


def test_a_force_without_tsunagu_gets_a_letter_and_its_answer_is_entered_by_a_document(
    world: World, gated: Gated, nagasaki: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ask(gated)
    monkeypatch.setattr(service, "speaks_for", lambda *_: True)
    out = gated.desk.folder / "letter.pdf"
    assert do(gated, gated.desk.one, "request-letter", request, "--out", str(out)) == 0
    assert out.read_bytes().startswith(b"%PDF")
    found = ("tell", request, "--found", "residence=confirmed")
    assert do(gated, gated.desk.one, *found) == REFUSED
    assert do(gated, gated.desk.one, *found, "--document", world.file(b"what they wrote")) == 0
    delete(gated)
    with acting_for(nagasaki.actor.agency_id):
        row = EnquiryRequestRow.objects.get(id=request)
        assert (row.key, row.sealed, row.answer, row.document) == (None, None, None, None)


def test_what_was_sent_of_somebody_is_told_to_who_handles_juveniles_alone_once_he_goes_their_way(
    gated: Gated, nagasaki: Person
) -> None:
    world, one, other = gated.desk.world, gated.desk.one, gated.desk.other
    sent = str(refer_one(world, one, gated.desk.case, nagasaki, 1, is_received=False))
    gated.take_up()
    asked = ask(gated)
    assert do(gated, nagasaki, "tell", asked, "--found", "residence=confirmed") == 0
    assert world.run(one, "referral", "withdraw", sent, "--reason", "he is a juvenile").status == 0

    def told(who: Person) -> list[bool]:
        """Whether he is told of the package and of the request, each in its list and opened by itself."""
        opened = [view_referral, service.view_enquiry_request]
        lists = [("referral", "list"), ("enquiry", "requests")]
        found = []
        for view, typed, name, key in zip(opened, lists, (sent, asked), ("referral_id", "request_id"), strict=True):
            is_listed = name in world.run(who, *typed, "--json").text
            if is_listed:
                view(actor=who.actor, **{key: UUID(name)}, **world.parts)
            else:
                with pytest.raises(NotFound):
                    view(actor=who.actor, **{key: UUID(name)}, **world.parts)
            found.append(is_listed)
        return found

    assert told(one) == [True, True]
    gated.gate("age", "--as", "juvenile", "--evidence", "E-1=the family register")
    gated.gate("juvenile", "--age-at-act", "15", "--age-now", "16", "--reason", "the register")
    assert [told(who) for who in (one, other)] == [[False, False]] * 2
    assert told(assign(gated)) == [True, True]


def go_the_way_of_juveniles(gated: Gated) -> None:
    gated.gate("age", "--as", "juvenile", "--evidence", "E-1=the family register")
    gated.gate("juvenile", "--age-at-act", "15", "--age-now", "16", "--reason", "the register")


def erased_entries(world: World, request: str) -> list[str]:
    """The agencies whose ledgers tell that a request was erased, each as often as it is told."""
    return sorted(
        one["agency"]
        for one in world.entries()
        if one["act"] == "enquiry-request:erased" and one["details"]["request"] == request
    )


def both_of(gated: Gated, nagasaki: Person) -> list[str]:
    return sorted(str(one.actor.agency_id) for one in (gated.desk.one, nagasaki))


def test_who_was_asked_about_a_juvenile_is_asked_no_longer_once_he_goes_their_way(
    gated: Gated, nagasaki: Person
) -> None:
    gated.take_up()
    asked = ask(gated)
    assert read(gated, nagasaki, asked)["state"] == "asked"
    go_the_way_of_juveniles(gated)
    told = read(gated, nagasaki, asked)
    assert (told["state"], told["asks"], told["answer"]) == ("erased", None, None)
    assert erased_entries(gated.desk.world, asked) == both_of(gated, nagasaki)
    assert do(gated, nagasaki, "tell", asked, "--found", "residence=confirmed") == CONFLICT


def test_an_answer_that_comes_while_he_goes_their_way_stays(
    gated: Gated, nagasaki: Person, admin: psycopg.Connection
) -> None:
    gated.take_up()
    asked = ask(gated)
    admin.execute("SELECT set_config('tsunagu.agency', %s, true)", [str(nagasaki.actor.agency_id)])
    said = "UPDATE enquiry_request SET answer = 'sealed', answered_at = now() WHERE id = %s"
    admin.execute(said, [asked])
    committed = Timer(3, admin.commit)
    committed.start()
    try:
        go_the_way_of_juveniles(gated)
        assert committed.finished.is_set(), "it has waited for the answer"
    finally:
        committed.join()
    assert admin.execute("SELECT erased_at FROM enquiry_request WHERE id = %s", [asked]).fetchone() == (None,)
    assert erased_entries(gated.desk.world, asked) == []


def test_who_is_handed_over_while_somebody_asks_about_him_is_asked_about_by_nobody(
    gated: Gated, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated.take_up()
    person, lock = person_of(gated), enquiry_asking.enquiry_requests.lock_asking

    def lock_once_he_is_apart(list_id: UUID) -> None:
        set_apart(admin, person)
        lock(list_id)

    monkeypatch.setattr(enquiry_asking.enquiry_requests, "lock_asking", lock_once_he_is_apart)
    assert ask(gated, status=CONFLICT) == ""
    with acting_for(gated.desk.one.actor.agency_id):
        assert not EnquiryRequestSourceRow.objects.filter(person_id=person).exists()


def test_who_went_their_way_before_others_were_let_off_is_asked_about_for_an_hour_at_most(
    gated: Gated, nagasaki: Person, admin: psycopg.Connection
) -> None:
    gated.take_up()
    asked = ask(gated)
    set_apart(admin, person_of(gated))
    parts = {"now": now(), "ledger": gated.desk.world.rooms.ledger}
    assert [erase_unanswered(**parts), erase_unanswered(**parts)] == [1, 0]
    assert read(gated, nagasaki, asked)["state"] == "erased"
    assert erased_entries(gated.desk.world, asked) == both_of(gated, nagasaki)


def set_apart(admin: psycopg.Connection, person: UUID) -> None:
    """Leave of a person what the way of juveniles leaves, in a transaction of its own."""
    admin.execute("UPDATE listed_person SET apart = true WHERE id = %s", [person])
    admin.execute("DELETE FROM gate_step WHERE person_id = %s", [person])
    admin.commit()


def person_of(gated: Gated) -> UUID:
    """The id of the one whom the gate looks into."""
    with acting_for(gated.desk.one.actor.agency_id):
        row = ListedPersonRow.objects.get(list__exhibit__case__reference=gated.desk.case, rows__contains=[1])
    return row.id

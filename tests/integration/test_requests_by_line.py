"""A force asks one at another installation, before the gate: the least that it needs, answered or erased at both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tsunagu.domain.enquiry_request import Confirmed, RequestAnswer, RequestDraft, RequestSummary, Wanted
from tsunagu.domain.hub import MessageKind
from tsunagu.federation.request_messages import (
    ToldRequest,
    ToldRequestStep,
    asked_stream,
    request_in,
    request_said,
    step_in,
    step_said,
)
from tsunagu.federation.sealed_said import opened_said
from tsunagu.records import enquiry_requests
from tsunagu.records.models import EnquiryRequestRow, HubOutgoing
from tsunagu.records.session import acting_for
from tsunagu.services.gate import request_inbox
from tsunagu.services.gate.request_asking import ask_force
from tsunagu.services.gate.request_erasing import erase_unanswered

from .gated import BUYER, Gated
from .lined import Line, keep, own_keys
from .seized import fillers
from .test_enquiry_requests import WORDS_OF_GUILT, ask, delete, read
from .world import now

CONFLICT, REFUSED = 6, 2
MOVED = (*BUYER[:4], "060-0001", "北海道札幌市中央区北一条西", *BUYER[6:])
"""The same buyer, who once lived in Hokkaido."""
MANY = [(*one, *("",) * (len(BUYER) - len(one))) for one in fillers(40)]
OTHERS = MANY[:2]


@pytest.fixture
def gated(line: Line, tmp_path: Path) -> Iterator[Gated]:
    """Give a list whose first person lives in Nagasaki, at the installation of who asks, where we are."""
    with line.here.here() as world:
        yield Gated.of(world, line.force, tmp_path, BUYER, *OTHERS)


def there(line: Line, request: str) -> dict[str, Any]:
    [found] = line.do(line.nagasaki, "enquiry", "request", request)
    return found


def test_a_request_goes_over_the_line_and_its_answer_comes_back(line: Line, gated: Gated) -> None:
    request = ask(gated, "residence", "born")
    assert (read(gated, gated.desk.one, request)["by_line"], there_is(line, request)) == (True, False)
    found = ("--found", "residence=confirmed", "--found", "born=not-known")
    done = gated.desk.world.run(gated.desk.one, "enquiry", "tell", request, *found)
    assert done.status == CONFLICT, "the force answers it itself"
    line.carry()
    asks = there(line, request)["asks"]
    assert asks["wanted"] == ["residence", "born"]
    assert asks["person"]["name"] == [BUYER[0]]
    assert not any(word in str(asks) for word in (*WORDS_OF_GUILT, gated.desk.case, BUYER[2], BUYER[3]))
    line.do(line.nagasaki, "enquiry", "tell", request, *found, "--words", "at the register")
    line.carry()
    answered = read(gated, gated.desk.one, request)
    assert answered["answer"] == {"residence": "confirmed", "born": "not-known"}
    assert answered["words"] == "at the register"
    times = [answered[one] for one in ("asked_at", "arrived_at", "answered_at", "informed_at")]
    assert None not in times
    assert times == sorted(times)
    told = there(line, request)
    assert (told["state"], told["informed_at"]) == ("answered", None)
    assert (told["arrived_at"], told["answered_at"]) == (answered["arrived_at"], answered["answered_at"])


def there_is(line: Line, request: str) -> bool:
    return any(one["request"] == request for one in line.do(line.nagasaki, "enquiry", "requests"))


def test_what_came_from_elsewhere_is_erased_after_its_last_day_answered_or_not(line: Line, gated: Gated) -> None:
    today, sides = now().date(), (line.force.one.actor.agency_id, line.nagasaki.actor.agency_id)
    with line.there.here():
        made = [RequestSummary(uuid4(), *sides, now(), today - timedelta(days=1), None, None, by_line=True)]
        made.append(replace(made[0], request_id=uuid4()))
        with acting_for(sides[0]):
            for one in made:
                enquiry_requests.add_told(one, {"person": {}}, key=bytes(32), sealed_key=b"sealed")
    with line.there.here() as world:
        erase_unanswered(now=now(), ledger=world.rooms.ledger)
        with acting_for(sides[1]):
            left = EnquiryRequestRow.objects.filter(id__in=[one.request_id for one in made], key__isnull=False)
            assert not left.exists()
            erased = [one["details"]["request"] for one in world.entries() if one["act"] == "enquiry-request:erased"]
    assert {str(one.request_id) for one in made} <= set(erased)


def test_with_its_list_a_request_is_erased_there_too(line: Line, gated: Gated) -> None:
    first = ask(gated)
    line.carry()
    line.do(line.nagasaki, "enquiry", "tell", first, "--found", "residence=confirmed")
    line.carry()
    delete(gated)
    line.carry()
    told = there(line, first)
    assert (told["state"], told["asks"], told["answer"]) == ("erased", None, None)
    with line.there.here() as world:
        erased = [one for one in world.entries() if one["act"] == "enquiry-request:erased"]
    assert first in {one["details"]["request"] for one in erased}


def test_who_goes_the_way_of_juveniles_is_asked_about_there_no_longer(line: Line, gated: Gated) -> None:
    gated.take_up()
    request = ask(gated)
    line.carry()
    gated.gate("age", "--as", "juvenile", "--evidence", "E-1=the family register")
    gated.gate("juvenile", "--age-at-act", "15", "--age-now", "16", "--reason", "the register")
    line.carry()
    told = there(line, request)
    assert (told["state"], told["asks"]) == ("erased", None)


def test_only_his_address_where_the_force_is_goes_out_or_those_that_were_chosen(line: Line, tmp_path: Path) -> None:
    with line.here.here() as world:
        gated = Gated.of(world, line.force, tmp_path, BUYER, MOVED, *MANY)
        gated.run("list", "prefecture", "--rows", "1,2", "--is", "42", "--reason", "he moved back")
        request = ask(gated)
        person = read(gated, gated.desk.one, request)["asks"]["person"]
        assert (person["address"], person["postcode"]) == ([BUYER[5]], [BUYER[4]])
        day = f"{now().date() + timedelta(days=9)}"
        typed = ("enquiry", "ask", "--person", "1", "--want", "residence", "--authority", "規則第4条", "--until", day)
        line.carry()
        line.do(line.nagasaki, "enquiry", "tell", request, "--found", "residence=confirmed")
        line.carry()
        gated.run(*typed, "--address-of", "9", status=REFUSED)
        [made] = gated.run(*typed, "--address-of", "2", "--address-of", "1")
        person = read(gated, gated.desk.one, made["request"])["asks"]["person"]
        assert person["address"] == [BUYER[5], MOVED[5]]


def test_a_request_that_says_more_than_it_needs_or_is_not_theirs_is_refused(line: Line, gated: Gated) -> None:
    request = UUID(ask(gated, "residence"))
    member_id = line.there.installation_id
    assert member_id
    with acting_for(member_id):
        [waiting] = HubOutgoing.objects.filter(stream=asked_stream(request))
    assert set(waiting.body) == {"sealed"}, "no outbox shows whom it is about"
    said = opened_said(waiting.body["sealed"], own_keys(line.there))
    told = request_in(said)
    assert request_said(told) == said

    def refuses(one: ToldRequest, by: UUID | None = None) -> str | None:
        member_id = by or line.here.installation_id
        return keep(line.there, request_inbox.keep, MessageKind.REQUEST, request_said(one), by=member_id)

    def saying(**other: Any) -> ToldRequest:
        return replace(told, content={**told.content, **other})

    person = dict(told.content["person"])
    assert refuses(saying(person={**person, "mail": ["x@example.jp"]})) == "malformed"
    assert refuses(saying(person={**person, "born": ["1980-01-02"]})) == "malformed", "nobody asks for it"
    assert refuses(saying(person={**person, "name": ["n" * 2000]})) == "malformed"
    assert refuses(saying(list="a shop")) == "malformed"
    assert refuses(saying(wanted=["everything"])) == "malformed"
    assert refuses(replace(told, request_id=uuid4())) == "malformed"
    assert refuses(replace(told, last_day=told.last_day + timedelta(days=1))) == "malformed"
    past, far = now().date() - timedelta(days=1), now().date() + timedelta(days=90)
    assert refuses(replace(saying(last_day=f"{past}"), last_day=past)) == "expired"
    assert refuses(replace(saying(last_day=f"{far}"), last_day=far)) == "malformed"
    assert refuses(replace(told, asked_at=now() + timedelta(hours=1))) == "from-the-future"
    assert refuses(replace(told, receiver_id=line.force.one.actor.agency_id)) == "not-theirs"
    assert refuses(told, by=line.three.nordic.installation_id) in {None, "not-theirs"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request_inbox, "MOST_A_DAY", 0)
        assert refuses(told) == "too-many"
    assert refuses(told) is refuses(told) is None, "the same again changes nothing"
    assert refuses(saying(authority="another ground")) == "contradicts"
    assert refuses(told, by=line.three.nordic.installation_id) == "not-theirs"


def test_an_answer_counts_from_the_force_that_was_asked_and_once(line: Line, gated: Gated) -> None:
    request = UUID(ask(gated, "residence"))
    line.carry()
    answer = RequestAnswer({Wanted.RESIDENCE: Confirmed.YES})
    mark = ToldRequestStep(request, line.nagasaki.actor.agency_id, now(), answer)
    assert step_in(step_said(mark)) == mark

    def refuses(
        one: ToldRequestStep, by: UUID | None = None, kind: MessageKind = MessageKind.REQUEST_STEP
    ) -> str | None:
        member_id = by or line.there.installation_id
        return keep(line.here, request_inbox.keep, kind, step_said(one), by=member_id)

    assert refuses(mark, by=line.three.nordic.installation_id) == "not-theirs"
    assert refuses(replace(mark, agency_id=line.fukuoka.actor.agency_id)) == "not-theirs"
    assert refuses(replace(mark, agency_id=line.force.one.actor.agency_id)) == "not-theirs"
    assert refuses(replace(mark, request_id=uuid4())) == "not-theirs"
    assert refuses(replace(mark, at=now() + timedelta(hours=1))) == "from-the-future"
    assert refuses(replace(mark, answer=RequestAnswer({Wanted.BORN: Confirmed.YES}))) == "malformed"
    assert refuses(mark) is refuses(mark) is None
    assert refuses(replace(mark, answer=RequestAnswer({Wanted.RESIDENCE: Confirmed.NO}))) == "contradicts"
    over = replace(mark, agency_id=line.nagasaki.actor.agency_id, answer=None)
    assert refuses(over, kind=MessageKind.REQUEST_OVER) is None, "who was asked withdraws nothing"
    assert read(gated, gated.desk.one, str(request))["answer"] == {"residence": "confirmed"}
    delete(gated)
    assert refuses(mark) == "expired", "it is erased"


def test_what_is_erased_unanswered_before_it_has_left_leaves_no_more(line: Line, gated: Gated) -> None:
    before = now() - timedelta(days=3)
    draft = RequestDraft((Wanted.RESIDENCE,), "規則第4条", before.date() + timedelta(days=1))
    at: dict[str, Any] = {"actor": gated.desk.one.actor, "reference": gated.desk.case, "number": None, "person": 1}
    with line.here.here() as world:
        request = ask_force(draft=draft, **at, **(world.parts | {"now": before}))
        erase_unanswered(now=now(), ledger=world.rooms.ledger)
    line.carry()
    member_id = line.there.installation_id
    assert member_id
    with acting_for(member_id):
        assert [one.body for one in HubOutgoing.objects.filter(stream=asked_stream(request))] == [{}]
    with line.there.here(), acting_for(line.nagasaki.actor.agency_id):
        assert not EnquiryRequestRow.objects.filter(id=request).exists()

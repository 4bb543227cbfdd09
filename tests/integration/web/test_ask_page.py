"""The quick question in the browser: known or not, whose, whom to call; by digits, or by a file that is not kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from html import unescape

import pytest
from django.http import HttpResponse
from django.urls import reverse

from tsunagu.domain.bank import Opinion
from tsunagu.domain.permission import Role
from tsunagu.services.banks.judging import judge_item
from tsunagu.services.look_ups.asking import OFFICER_A_DAY
from tsunagu.web.pages import ask as page

from ..lists import bank_of, examined, near  # noqa: TID252 - tests are no package with a name
from ..scene import OVERSEES, WORKS  # noqa: TID252 - likewise
from ..world import Person, World  # noqa: TID252 - likewise
from .pictures import encoded, picture
from .visitors import Visitor

Visitors = Callable[[], Visitor]
WHY = {"purpose": "investigation"}
NOT_KNOWN = "No bank that answers you knows it. All of them were searched."


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, ...]:
    """Anna and her auditor; Ben of another agency."""
    return (*world.found(WORKS, OVERSEES), *world.found(WORKS, {Role.ADMINISTRATOR}))


@pytest.fixture
def desk(people: tuple[Person, ...], visitor: Visitors) -> Visitor:
    return visitor().sits_down_as(people[0])


def said(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.content
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", unescape(answer.content.decode())))


def ask_file(desk: Visitor, content: bytes, purpose: str = "investigation") -> HttpResponse:
    return desk.client.put(
        "/ask/file/", content, content_type="application/octet-stream", headers={"x-purpose": purpose}
    )


def test_what_a_bank_of_another_agency_knows_is_told_with_whom_to_call(
    desk: Visitor, world: World, people: tuple[Person, ...]
) -> None:
    ben, pdq = people[2], secrets.token_bytes(32)
    shut, bank = bank_of(world, ben, examined(pdq)), bank_of(world, ben, examined(pdq), is_open=True)
    told = said(desk.post("/ask/", what=near(pdq, 6).hex(), type="pdq", **WHY))
    for one in (bank, "alert", "6 bits", ben.agency, f"{ben.agency}@example.org", "A hit is no match"):
        assert one in told
    assert shut not in told
    assert NOT_KNOWN not in told


def test_a_disputed_item_is_told_as_such(desk: Visitor, world: World, people: tuple[Person, ...]) -> None:
    anna, sha256 = people[0], secrets.token_bytes(32)
    bank = bank_of(world, anna, examined(sha256=sha256))
    found = desk.post(reverse("bank_find", args=[bank]), what=sha256.hex(), type="sha256").content.decode()
    item = re.findall(r"/items/([0-9a-f-]{36})/", found)[0]
    judge_item(actor=anna.actor, name=bank, item=item, opinion=Opinion.DISPUTED, **world.parts)
    told = said(desk.post("/ask/", what=sha256.hex(), type="sha256", **WHY))
    assert "same digest" in told
    assert "disputed" in told


def test_not_known_says_that_everything_was_searched_and_which_state_of_it(desk: Visitor, world: World) -> None:
    told = said(desk.post("/ask/", what=secrets.token_hex(16), type="md5", **WHY))
    assert NOT_KNOWN in told
    assert f"State of the index: {world.last_entry()['details']['index']}" in told
    assert world.last_entry()["act"] == "media:looked_up"
    assert world.last_entry()["purpose"] == "investigation"


def test_a_picture_is_asked_for_by_its_file_however_it_lies(
    desk: Visitor, world: World, people: tuple[Person, ...]
) -> None:
    drawn = picture(secrets.randbelow(10**6))
    content = encoded(drawn, "PNG")
    known = hashlib.sha256(content).digest()
    exact = bank_of(world, people[0], examined(sha256=known))
    assert "same digest" in said(ask_file(desk, content))
    assert exact in said(ask_file(desk, content))
    assert NOT_KNOWN in said(ask_file(desk, encoded(drawn.rotate(90, expand=True), "PNG")))


def test_a_file_that_is_no_media_is_asked_for_by_its_digests_and_an_archive_too(
    desk: Visitor, world: World, people: tuple[Person, ...]
) -> None:
    for content in (secrets.token_bytes(50), b"PK\x05\x06" + bytes(18)):
        bank = bank_of(world, people[0], examined(sha256=hashlib.sha256(content).digest()))
        assert bank in said(ask_file(desk, content))


def test_a_file_that_is_empty_or_too_long_is_refused(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask_file(desk, b"").status_code == 422
    monkeypatch.setattr(page, "MOST_FILE_BYTES", 9)
    assert ask_file(desk, b"x" * 10).status_code == 422
    assert ask_file(desk, b"x" * 9).status_code == 200


@pytest.mark.parametrize(
    "typed",
    [
        {"what": "", "type": "md5"} | WHY,
        {"what": "xyz", "type": "md5"} | WHY,
        {"what": "00" * 16, "type": "sha1"} | WHY,
        {"what": "00" * 16, "type": "crc"} | WHY,
        {"what": "00" * 32, "type": ""} | WHY,
        {"what": "00" * 32, "type": "md5"} | WHY,
        {"what": "00" * 16, "type": "md5", "purpose": ""},
        {"what": "00" * 16, "type": "md5", "purpose": "curiosity"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_place_and_what_was_typed_stands_there(
    desk: Visitor, world: World, typed: dict[str, str]
) -> None:
    before = world.last_entry()
    answer = desk.post("/ask/", **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'class="digits" value="{typed["what"]}"' in page
    assert ('<option value="investigation" selected>' in page) is (typed.get("purpose") == "investigation")
    assert re.search(r'role="alert">[^<]{10,}\.</p>', page), "it says why"
    assert world.last_entry() == before, "nothing was looked up"


@pytest.mark.parametrize("digits", [32, 40])
def test_digits_whose_number_leaves_one_kind_need_no_name(desk: Visitor, digits: int) -> None:
    assert NOT_KNOWN in said(desk.post("/ask/", what=secrets.token_hex(digits // 2), type="", **WHY))


def test_without_a_purpose_no_file_is_read(desk: Visitor) -> None:
    assert ask_file(desk, b"x", purpose="").status_code == 422


def test_who_may_not_look_up_is_refused_and_that_is_written_down(
    world: World, people: tuple[Person, ...], visitor: Visitors
) -> None:
    audra = visitor().sits_down_as(people[1])
    for answer in (audra.get("/ask/"), audra.post("/ask/", **WHY), ask_file(audra, b"x")):
        assert answer.status_code == 403
        assert world.last_entry()["details"]["permission"] == "media:look_up"
    assert 'href="/ask/"' not in audra.get("/my-ledger/").content.decode()


def test_when_the_day_s_budget_is_used_up_nothing_more_is_told(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert OFFICER_A_DAY > 1
    monkeypatch.setattr("tsunagu.services.look_ups.asking.OFFICER_A_DAY", 0)
    assert desk.post("/ask/", what="00" * 16, type="md5", **WHY).status_code == 429

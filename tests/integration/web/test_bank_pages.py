"""Banks in the browser: how they answer is seen and changed, what is in quarantine decided, what they hold found."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from tsunagu.domain.bank import BankRules, BankSemantics, Opinion
from tsunagu.domain.look_up import Query
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.services.banks.ownership import view_bank
from tsunagu.services.look_ups.asking import look_up

from ..lists import bank_of, examined, near  # noqa: TID252 - tests are no package with a name
from ..scene import WORKS  # noqa: TID252 - likewise
from ..world import Person, World, now, random_name  # noqa: TID252 - likewise
from .visitors import Visitor

Visitors = Callable[[], Visitor]


@pytest.fixture(scope="module")
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


@pytest.fixture
def desk(anna: Person, visitor: Visitors) -> Visitor:
    return visitor().sits_down_as(anna)


def page_of(desk: Visitor, bank: str) -> str:
    answer = desk.get(reverse("bank", args=[bank]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def texts(page: str) -> str:
    """Return what a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def knows(world: World, person: Person, pdq: bytes) -> bool:
    """Whether any bank that answers somebody knows a fingerprint."""
    actor = replace(person.actor, purpose=Purpose.INVESTIGATION)
    found = look_up(actor=actor, queries=[Query(pdq=(pdq,))], known=world.rooms.known(), **world.parts)
    return bool(found.answers[0].known)


def test_a_bank_is_opened_with_all_its_rules_and_the_list_tells_them(desk: Visitor, world: World, anna: Person) -> None:
    name = random_name("bank")
    last = now().date() + timedelta(days=30)
    opened = desk.post(
        "/banks/",
        name=name,
        legal_ground="§ 9",
        semantics="alert",
        radius="20",
        share="50",
        expires=str(last),
        open="on",
    )
    assert (opened.status_code, opened["Location"]) == (302, reverse("bank", args=[name]))
    rules = view_bank(actor=anna.actor, name=name, **world.parts).bank.rules
    assert rules == BankRules(20, is_on=True, is_open=True, share_percent=50, expires_on=last)
    [row] = [one for one in desk.get("/banks/").content.decode().split("<tr>") if name in one]
    said = texts(unescape(row))
    for word in ("alert", "open to other agencies", "50 % of its items", "20", str(last), "§ 9"):
        assert word in said


@pytest.mark.parametrize(
    "wrong", [{"radius": "32"}, {"radius": "-1"}, {"share": "101"}, {"share": "x"}, {"expires": "soon"}]
)
def test_a_rule_outside_its_range_is_refused_and_nothing_changes(
    desk: Visitor, world: World, anna: Person, wrong: dict[str, str]
) -> None:
    bank = bank_of(world, anna)
    sent = {"radius": "31", "share": "100", "expires": "", "on": "on"} | wrong
    assert desk.post(reverse("bank_rules", args=[bank]), **sent).status_code == 422
    assert view_bank(actor=anna.actor, name=bank, **world.parts).bank.rules == BankRules()


def test_a_bank_that_is_switched_off_or_has_expired_says_so_and_answers_nobody(
    desk: Visitor, world: World, anna: Person
) -> None:
    pdq = secrets.token_bytes(32)
    bank = bank_of(world, anna, examined(pdq))
    path, usual = reverse("bank_rules", args=[bank]), {"radius": "31", "share": "100"}
    assert knows(world, anna, pdq)
    assert desk.post(path, **usual, expires="").status_code == 302
    assert ">off<" in page_of(desk, bank)
    assert not knows(world, anna, pdq)
    assert desk.post(path, **usual, expires=str(now().date() - timedelta(days=1)), on="on").status_code == 302
    for page in (page_of(desk, bank), desk.get("/banks/").content.decode()):
        assert ">expired<" in page
    assert not knows(world, anna, pdq)
    assert desk.post(path, **usual, expires=str(now().date()), on="on").status_code == 302
    assert ">expired<" not in page_of(desk, bank)
    assert knows(world, anna, pdq)


def test_what_is_in_quarantine_is_shown_with_its_figures_and_answers_once_it_is_let(
    desk: Visitor, world: World, anna: Person
) -> None:
    logo = secrets.token_bytes(32)
    bank_of(world, anna, examined(logo), examined(near(logo, 3)), semantics=BankSemantics.BENIGN)
    wide = near(logo, 7)
    bank = bank_of(world, anna, examined(wide), examined(secrets.token_bytes(32)))
    [(held, _)] = view_bank(actor=anna.actor, name=bank, **world.parts).held
    quarantine = page_of(desk, bank).partition('id="quarantine"')[2].partition("</section>")[0]
    assert "In quarantine 1 " in texts(quarantine)
    assert re.search(r'class="number">2</td><td class="number">0</td>', quarantine)
    done = desk.post(reverse("bank_judge", args=[bank, held]), opinion="release")
    assert done.status_code == 302
    assert "Nothing is in quarantine." in page_of(desk, bank)
    assert desk.post(reverse("bank_judge", args=[bank, held]), opinion="release").status_code == 422


def test_an_item_is_withdrawn_for_good_after_a_new_proof(desk: Visitor, world: World, anna: Person) -> None:
    logo = secrets.token_bytes(32)
    bank_of(world, anna, examined(logo), semantics=BankSemantics.BENIGN)
    bank = bank_of(world, anna, examined(logo))
    [(held, _)] = view_bank(actor=anna.actor, name=bank, **world.parts).held
    path = reverse("bank_withdraw", args=[bank, held])
    assert "reauthenticate" in Visitor(world).sits_down_as(anna, proven_s=3600).post(path)["Location"]
    assert desk.post(path)["Location"] == reverse("bank", args=[bank])
    assert view_bank(actor=anna.actor, name=bank, **world.parts).bank.items == 0
    assert desk.get(reverse("bank_item", args=[bank, held])).status_code == 404


def test_an_item_is_found_by_its_name_by_a_digest_and_by_what_is_near_its_fingerprint(
    desk: Visitor, world: World, anna: Person
) -> None:
    pdq, sha256 = secrets.token_bytes(32), secrets.token_bytes(32)
    bank = bank_of(world, anna, examined(pdq, sha256), examined(secrets.token_bytes(32)))
    path = reverse("bank_find", args=[bank])
    found = texts(desk.post(path, what=sha256.hex(), type="sha256").content.decode())
    assert "under it 1 " in found
    assert "same digest" in found
    found = desk.post(path, what=near(pdq, 5).hex().upper(), type="pdq").content.decode()
    assert "5 bits" in texts(found)
    [item_id] = set(re.findall(r"/items/([0-9a-f-]{36})/", found))
    one = desk.post(path, what=item_id, type="name").content.decode()
    assert pdq.hex() in one
    assert sha256.hex() in one
    for absent in (str(uuid4()), "no name"):
        assert desk.post(path, what=absent, type="name").status_code == 404
    assert "This bank holds nothing under it." in desk.post(path, what="00" * 16, type="md5").content.decode()


@pytest.mark.parametrize(
    ("what", "kind"), [("xyz", "md5"), ("00", "sha1"), ("00" * 20, "pdq"), ("ten", "crc"), ("00", "crc")]
)
def test_what_can_be_no_item_is_refused_with_the_way_back(
    desk: Visitor, world: World, anna: Person, what: str, kind: str
) -> None:
    bank = bank_of(world, anna)
    answer = desk.post(reverse("bank_find", args=[bank]), what=what, type=kind)
    assert answer.status_code == 422
    assert f'class="back" href="{reverse("bank", args=[bank])}"' in answer.content.decode()


def test_an_item_is_disputed_confirmed_and_that_taken_back(desk: Visitor, world: World, anna: Person) -> None:
    sha256 = secrets.token_bytes(32)
    bank = bank_of(world, anna, examined(sha256=sha256))
    found = desk.post(reverse("bank_find", args=[bank]), what=sha256.hex(), type="sha256").content.decode()
    [item_id] = set(re.findall(r"/items/([0-9a-f-]{36})/", found))
    path = reverse("bank_judge", args=[bank, item_id])
    for said, shown in ((Opinion.DISPUTED, ">disputed<"), (Opinion.CONFIRMED, ">confirmed<"), ("none", ">no opinion")):
        answer = desk.post(path, opinion=said)
        assert answer["Location"] == reverse("bank_item", args=[bank, item_id])
        assert shown in desk.get(answer["Location"]).content.decode()
    assert desk.post(path, opinion="hidden").status_code == 422
    assert world.last_entry()["details"]["item"] == item_id


def test_the_owner_sees_who_asked_for_what_is_in_his_bank(desk: Visitor, world: World, anna: Person) -> None:
    pdq = secrets.token_bytes(32)
    bank = bank_of(world, anna, examined(pdq), is_open=True)
    assert "Nobody has asked for what is in it." in page_of(desk, bank)
    ben = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    assert knows(world, ben, near(pdq, 2))
    asked = page_of(desk, bank).partition("Who asked for what is in it")[2]
    assert ben.agency in asked
    assert "2 bits" in texts(asked)


def test_a_bank_may_have_any_printable_name_and_its_page_still_opens(desk: Visitor) -> None:
    for name in ("DK/2026", "..", "a~1b", "100 % sûr?", "#1", "銀行-3", random_name("find")):
        answer = desk.post("/banks/", name=f"{name} {random_name('b')}", legal_ground="a law", semantics="known")
        assert answer.status_code == 302
        assert desk.get(answer["Location"]).status_code == 200

"""Packages and requests in their lists: a page opens what it shows, and nobody is told of what is left out of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest

from tsunagu.domain.permission import Role
from tsunagu.records.enquiry_requests import KeptRequest
from tsunagu.records.models import Officer
from tsunagu.records.referral_packages import SignedBody
from tsunagu.records.session import acting_for
from tsunagu.services.gate.requests import list_enquiry_requests
from tsunagu.services.referrals.answers import write_referral_letter
from tsunagu.services.referrals.lists import ReferralView, browse_referrals, list_referrals
from tsunagu.services.referrals.sending import withdraw_referral

from ..asked import ask_one  # noqa: TID252 - tests are no package with a name
from ..referred import refer_one  # noqa: TID252 - likewise
from ..seized import Desk, table  # noqa: TID252 - likewise
from ..world import Person, World  # noqa: TID252 - likewise
from .visitors import Visitor

A_PAGE = 3
OWN = "江頭 佐江"
"""How the officers of these tests are called, so that they are told of nobody who is called so."""
CALLED = ("", "", OWN, "", "", OWN, OWN, "", "", "")
"""How whom each package is about is called, the oldest first."""
LINK = re.compile(r'rel="next"[^>]*href="([^"#]+)#?(\w*)"')


@dataclass
class Told:
    """Two agencies, and what one has sent the other, the newest first; the last package was printed and withdrawn."""

    world: World
    sender: Person
    receiver: Person
    packages: list[str]
    requests: list[str]
    hidden: UUID

    @property
    def by_sender(self) -> dict[str, Any]:
        return {"actor": self.sender.actor, **self.world.parts}

    @property
    def by_receiver(self) -> dict[str, Any]:
        return {"actor": self.receiver.actor, **self.world.parts}


@pytest.fixture(scope="module")
def told(world: World, tmp_path_factory: pytest.TempPathFactory) -> Told:
    sender, other = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.OFFICER})
    receiver, _ = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.OFFICER})
    for one in (sender, receiver):
        with acting_for(one.actor.agency_id):
            Officer.objects.filter(pk=one.actor.officer_id).update(name=OWN)
    desk = Desk.of(world, (sender, other), tmp_path_factory.mktemp("list"))
    desk.bring_in(table(("Sato Taro", "", "a@example.jp"), ("Ito Jiro", "", "b@example.jp")))
    desk.resolve()
    printed = refer_one(world, sender, desk.case, receiver, 1, is_received=True)
    write_referral_letter(actor=receiver.actor, referral_id=printed, **world.parts)
    withdraw_referral(actor=sender.actor, referral_id=printed, words="w", **world.parts)
    made = Told(world, sender, receiver, [str(printed)], [], printed)
    for called in CALLED:
        sent = refer_one(world, sender, desk.case, receiver, 2, is_received=False, called=called)
        asked = ask_one(world, sender, desk.case, receiver, {"authority": "a", "name": called or "Ito Jiro"})
        if called:
            made.hidden = sent
        else:
            made.packages.insert(0, str(sent))
            made.requests.insert(0, asked)
    return made


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was opened: each package and request, as often as it was."""
    found = list[str]()
    opened, content = SignedBody.opened, KeptRequest.content

    def open_package(package: Any, key: bytes) -> SignedBody:
        found.append(str(package.referral_id))
        return opened(package, key)

    def open_request(kept: KeptRequest, key: bytes) -> dict[str, Any]:
        found.append(str(kept.summary.request_id))
        return content(kept, key)

    monkeypatch.setattr(SignedBody, "opened", open_package)
    monkeypatch.setattr(KeptRequest, "content", open_request)
    return found


def test_a_page_opens_what_it_shows_and_what_it_leaves_out_on_the_way_once(told: Told, openings: list[str]) -> None:
    found = browse_referrals(most=A_PAGE, **told.by_receiver)
    assert ids(found.came) == told.packages[:A_PAGE]
    assert found.came.has_more
    assert found.sent == ()
    newest = CALLED[::-1]
    on_the_way = [place for place, called in enumerate(newest) if not called][A_PAGE] + 1
    assert len(openings) == len(set(openings)) == on_the_way + 1, "and the one with prints"
    assert len(openings) < len(CALLED)


def test_pages_are_full_together_whole_and_as_the_whole_list(told: Told, openings: list[str]) -> None:
    found, after = list[list[str]](), None
    while True:
        page = browse_referrals(most=A_PAGE, came_after=after, **told.by_receiver).came
        found.append(ids(page))
        if not page.has_more:
            break
        after = page[-1].kept.package.referral_id
    assert [len(one) for one in found] == [3, 3, 2]
    assert [one for page in found for one in page] == ids(list_referrals(**told.by_receiver)) == told.packages


def test_what_is_hidden_is_no_place_to_go_on_after_as_what_is_not_there(told: Told) -> None:
    first, absent, hidden = (
        browse_referrals(most=A_PAGE, sent_after=one, **told.by_sender) for one in (None, uuid4(), told.hidden)
    )
    assert hidden == absent == first


def test_requests_are_opened_as_far_as_they_are_listed(told: Told, openings: list[str]) -> None:
    first = list_enquiry_requests(most=A_PAGE, **told.by_receiver)
    assert [str(one.summary.request_id) for one in first] == told.requests[:A_PAGE]
    assert len(openings) == len(set(openings)) < len(CALLED), "as far as one beyond those listed"
    assert (told.world.entries()[-1]["details"], first.has_more) == ({"requests": A_PAGE}, True)
    rest = list_enquiry_requests(after=first[-1].summary.request_id, **told.by_receiver)
    assert [str(one.summary.request_id) for one in rest] == told.requests[A_PAGE:]


@pytest.mark.parametrize("path", ["/referrals/", "/enquiries/requests/"])
def test_the_pages_lead_on_to_everything_that_is_shown(
    told: Told, path: str, visitor: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("referrals", "enquiry_requests"):
        monkeypatch.setattr(f"tsunagu.web.pages.{module}.ROWS_A_PAGE", A_PAGE)
    seated, following, found = visitor().sits_down_as(told.receiver), path, list[list[str]]()
    while following:
        text = seated.client.get(following).content.decode()
        listed = text.partition('id="came"')[2] or text
        found.append(re.findall(rf'class="digest" href="{path}([0-9a-f-]+)/"', listed))
        on = LINK.search(text)
        following = path + unescape(on[1]) if on else ""
    wanted = told.packages if path == "/referrals/" else told.requests
    assert [len(one) for one in found] == [3, 3, len(wanted) - 6]
    assert [one for page in found for one in page] == wanted


def test_prints_of_what_is_withdrawn_are_told_on_every_page(told: Told) -> None:
    for after in (None, UUID(told.packages[0])):
        came = browse_referrals(most=A_PAGE, came_after=after, **told.by_receiver)
        assert (ids(came.own_prints), came.recalled) == (told.packages[-1:], ())
        sent = browse_referrals(most=A_PAGE, sent_after=after, **told.by_sender)
        assert (ids(sent.recalled), sent.own_prints) == (told.packages[-1:], ())


def test_prints_to_destroy_and_prints_to_call_back_have_each_their_own_bound_and_mark(
    world: World,
    tmp_path_factory: pytest.TempPathFactory,
    visitor: Callable[[], Visitor],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tsunagu.services.referrals.lists.MOST_PRINTS", 2)
    one, other = (world.found({Role.OFFICER, Role.COORDINATOR}, {Role.OFFICER}) for _ in range(2))

    def prints_of(sender: tuple[Person, Person], receiver: Person, count: int) -> None:
        desk = Desk.of(world, sender, tmp_path_factory.mktemp("list"))
        desk.bring_in(table(("Sato Taro", "", "a@example.jp")))
        desk.resolve()
        for _ in range(count):
            printed = refer_one(world, sender[0], desk.case, receiver, 1, is_received=True)
            write_referral_letter(actor=receiver.actor, referral_id=printed, **world.parts)
            withdraw_referral(actor=sender[0].actor, referral_id=printed, words="w", **world.parts)

    def counts() -> list[tuple[str, str]]:
        text = visitor().sits_down_as(one[0]).get("/referrals/").content.decode()
        return re.findall(r'id="(destroy|recall)"><h2>[^<]*<span class="count">([^<]*)<', text)

    prints_of(one, other[0], 2)
    prints_of(other, one[0], 1)
    assert counts() == [("destroy", "1"), ("recall", "2")]
    prints_of(other, one[0], 2)
    assert counts() == [("destroy", "2+"), ("recall", "2")]


def ids(views: Sequence[ReferralView]) -> list[str]:
    return [str(one.kept.package.referral_id) for one in views]

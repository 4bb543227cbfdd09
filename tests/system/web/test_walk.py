"""The whole way of two officers of two agencies, from invitation to judgement, by mouse and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ..conftest import PASSWORD  # noqa: TID252 - tests are no package with a name
from .conftest import Workplace
from .seats import Seat

REFUSED_INPUT = 2


def sign_in(seat: Seat, workplace: Workplace, login: str) -> None:
    """Sign in by both steps."""
    seat.open("/account/login/")
    seat.fill("login", login)
    seat.fill("password", PASSWORD)
    seat.button("Sign in")
    seat.fill("code", workplace.code(login))
    seat.button("Sign In")
    assert "/account/" not in seat.path


def _invite(seat: Seat, login: str) -> str:
    seat.go("f", "Officers of your agency")
    seat.fill("login", login)
    seat.fill("name", "Somebody New")
    seat.tick("roles", "officer")
    seat.button("Invite")
    return seat.page.locator("#invitation-link").inner_text()


def _accept(seat: Seat, workplace: Workplace, link: str, login: str) -> None:
    """Accept an invitation: password, second factor, recovery codes."""
    seat.open(link)
    seat.fill("password", PASSWORD)
    seat.fill("again", PASSWORD)
    seat.button("Set the password")
    seat.fill("login", login)
    seat.fill("password", PASSWORD)
    seat.button("Sign in")
    secret = seat.page.locator("#authenticator_secret").input_value()
    seat.fill("code", workplace.enrolled(login, secret))
    seat.button("Activate")
    assert len(seat.page.locator("#recovery_codes").input_value().split()) == 10
    seat.open("/")


def _open_case(seat: Seat, reference: str) -> None:
    seat.go("c", "Your cases")
    seat.fill("reference", reference)
    seat.button("Open")
    assert reference in seat.text
    assert seat.barriers() == []


def _share(seat: Seat) -> None:
    seat.go("n", "Notices")
    assert seat.barriers() == []
    seat.button("Acknowledge")
    seat.button("Share")


def _judge(seat: Seat) -> None:
    """Judge one hit by its buttons and the next by single keys."""
    seat.use(seat.page.locator("tbody.hit").first.get_by_role("button", name="same file"))
    assert "same file" in seat.page.locator("tbody.hit .tag").first.inner_text()
    before = seat.page.evaluate("document.activeElement.id")
    assert before.startswith("hit-")  # where one was before the answer was sent
    seat.page.keyboard.press("j")
    assert seat.page.evaluate("document.activeElement.id") != before
    with seat.page.expect_navigation():
        seat.page.keyboard.press("d")
    assert seat.page.locator("tbody.hit .tag").nth(1).inner_text() == "different"


@pytest.mark.parametrize("by_keyboard", [False, True], ids=["mouse", "keyboard"])
def test_two_officers_go_from_invitation_to_judgement(
    by_keyboard: bool, workplace: Workplace, sit_down: Callable[..., Seat], tmp_path: Path
) -> None:
    hand = "keys" if by_keyboard else "mouse"
    for number in (1, 2):
        (tmp_path / f"same-{number}.txt").write_bytes(f"both sides hold this, {hand} {number}".encode())
    officers = {}
    for side, name in (("anna", f"dora-{hand}"), ("ben", f"emil-{hand}")):
        administrator, officer = sit_down(by_keyboard=by_keyboard), sit_down(by_keyboard=by_keyboard)
        sign_in(administrator, workplace, f"{side}-admin")
        _accept(officer, workplace, _invite(administrator, name), name)
        assert "What waits for you" in officer.text
        reference = f"{name}/1"
        _open_case(officer, reference)
        workplace.signs_in_at_the_terminal(name)
        ingest = ("ingest", "--case", reference, "--exhibit", "E1", tmp_path)
        workplace.house.run(*ingest, officer=name, status=REFUSED_INPUT)
        officers[name] = officer
        administrator.button("Sign out")
    dora, emil = officers.values()
    for one in (dora, emil):
        _share(one)
    for one, other in ((dora, "Agency of Ben"), (emil, "Agency of Anna")):
        one.go("o", "Overlaps")
        one.link(other)
        assert one.page.locator("tbody.hit").count() == 2
        assert one.barriers() == []
        _judge(one)
        one.go("h", "What waits for you")
        assert other in one.text
        assert one.barriers() == []
        one.button("Sign out")
        one.open("/cases/")
        assert one.path.startswith("/account/login/")

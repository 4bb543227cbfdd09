"""The whole way of two officers of two agencies, from invitation to judgement, by mouse and by keyboard alone.

Every way is walked in both languages, three of the four in the soak.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from ..conftest import PASSWORD  # noqa: TID252 - tests are no package with a name
from .conftest import Workplace
from .seats import ENGLISH, JAPANESE, Seat

NARROW = 700


def draw(folder: Path, name: str, seed: int) -> tuple[Path, Path]:
    """Draw a picture, and make a smaller copy of it as somebody else might hold it."""
    grain = Image.frombytes("L", (9, 12), random.Random(seed).randbytes(9 * 12))
    drawn = grain.resize((900, 1200), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2)).convert("RGB")
    whole, copy = folder / f"{name}.png", folder / f"{name}-copy.jpg"
    drawn.save(whole)
    drawn.resize((NARROW, NARROW * 4 // 3)).save(copy, quality=80)
    return whole, copy


def sign_in(seat: Seat, workplace: Workplace, login: str) -> None:
    """Sign in by both steps."""
    seat.open("/account/login/")
    seat.fill("login", login)
    seat.fill("password", PASSWORD)
    seat.button("Sign in")
    seat.fill("code", workplace.code(login))
    seat.button("Sign In")
    assert "/account/" not in seat.path


def _propose(seat: Seat, login: str) -> None:
    seat.go("f", "Officers of your agency")
    seat.fill("login", login)
    seat.fill("name", "Somebody New")
    seat.tick("roles", "officer")
    seat.button("Propose")
    assert login in seat.text
    assert seat.page.get_by_role("button", name=seat.say("Confirm"), exact=True).count() == 0


def _confirm(seat: Seat) -> str:
    """Confirm the one proposal that waits, and return the link of the invitation."""
    seat.go("w", "What waits for a second person")
    assert seat.barriers() == []
    seat.button("Confirm")
    return seat.page.locator("#invitation-link").inner_text()


def _certify(seat: Seat, login: str) -> None:
    seat.go("f", "Officers of your agency")
    assert seat.barriers() == []
    row = seat.page.locator("tr").filter(has_text=login)
    seat.use(row.get_by_role("button", name=seat.say("Certify for a year")))
    assert seat.say("not certified") not in row.inner_text()


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
    seat.use(seat.page.locator("tbody.hit").first.get_by_role("button", name=seat.say("same file")))
    assert seat.say("same file") in seat.page.locator("tbody.hit .tag").first.inner_text()
    before = seat.page.evaluate("document.activeElement.id")
    assert before.startswith("hit-")  # where one was before the answer was sent
    seat.page.keyboard.press("j")
    assert seat.page.evaluate("document.activeElement.id") != before
    with seat.page.expect_navigation():
        seat.page.keyboard.press("d")
    assert seat.page.locator("tbody.hit .tag").nth(1).inner_text() == seat.say("different")


@pytest.mark.parametrize(
    ("by_keyboard", "locale"),
    [
        pytest.param(False, ENGLISH, id="mouse-english", marks=pytest.mark.soak),
        pytest.param(True, JAPANESE, id="keyboard-japanese"),
        pytest.param(False, JAPANESE, id="mouse-japanese", marks=pytest.mark.soak),
        pytest.param(True, ENGLISH, id="keyboard-english", marks=pytest.mark.soak),
    ],
)
def test_two_officers_go_from_invitation_to_judgement(
    by_keyboard: bool, locale: str, workplace: Workplace, sit_down: Callable[..., Seat], tmp_path: Path
) -> None:
    hand = f"{'keys' if by_keyboard else 'mouse'}-{locale[:2]}"
    same, _ = draw(tmp_path, "same", seed=len(workplace.spent))
    near = draw(tmp_path, "near", seed=len(workplace.spent) + 1)
    officers = {}
    for side, name, own in (("anna", f"dora-{hand}", near[0]), ("ben", f"emil-{hand}", near[1])):
        administrator, officer = (sit_down(by_keyboard=by_keyboard, locale=locale) for _ in range(2))
        sign_in(administrator, workplace, f"{side}-admin")
        _propose(administrator, name)
        coordinator = sit_down(by_keyboard=by_keyboard, locale=locale)
        sign_in(coordinator, workplace, side)
        _accept(officer, workplace, _confirm(coordinator), name)
        assert officer.has("You are not certified yet")
        _certify(administrator, name)
        officer.open("/")
        assert officer.has("What waits for you")
        _open_case(officer, f"{name}/1")
        officer.upload("E1", [same, own])
        assert officer.barriers() == []
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

"""Second factors in a real browser: a passkey, recovery codes, one-time codes shared with the command line."""

from __future__ import annotations

from collections.abc import Callable

from ..conftest import PASSWORD  # noqa: TID252 - tests are no package with a name
from .conftest import Workplace
from .seats import Seat
from .test_walk import sign_in

FORBIDDEN = 5


def test_a_passkey_is_added_and_then_signs_in_without_a_code(
    workplace: Workplace, sit_down: Callable[..., Seat]
) -> None:
    seat = sit_down()
    devices = seat.page.context.new_cdp_session(seat.page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    sign_in(seat, workplace, "anna")
    seat.open("/account/2fa/webauthn/add/")
    seat.fill("name", "the key on my desk")
    with seat.page.expect_navigation():
        seat.page.locator("#mfa_webauthn_add").click()
    seat.open("/account/2fa/webauthn/")
    assert "the key on my desk" in seat.text
    seat.button("Sign out")
    seat.open("/account/login/")
    seat.fill("login", "anna")
    seat.fill("password", PASSWORD)
    seat.button("Sign in")
    with seat.page.expect_navigation():
        seat.page.locator("#mfa_webauthn_authenticate").click()
    assert seat.path == "/"
    assert "What waits for you" in seat.text


def test_a_code_that_was_used_at_the_terminal_opens_no_browser(
    workplace: Workplace, sit_down: Callable[..., Seat]
) -> None:
    seat = sit_down()
    seat.open("/account/login/")
    seat.fill("login", "ben")
    seat.fill("password", PASSWORD)
    seat.button("Sign in")
    code = workplace.code("ben")
    workplace.house.run("sign-in", "ben", lines=(PASSWORD, code))
    seat.fill("code", code)
    seat.button("Sign In")
    assert seat.path == "/account/2fa/authenticate/"
    seat.fill("code", workplace.code("ben"))
    seat.button("Sign In")
    assert seat.path == "/"
    workplace.house.run("sign-in", "ben", lines=(PASSWORD, code), status=FORBIDDEN)

"""The whole story by two officers of two agencies at once, each at his own browser: from an overlap to the outcome.

By turns: both bring the same in and share; one puts a series together and invites the other to look at it, which a
colleague confirms; he answers; countries are weighed and signed; the alert goes to his agency, on to one that has no
Tsunagu, comes back refused, is taken, and its outcome goes home.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator
from pyotp.totp import TOTP

from ..conftest import PASSWORD  # noqa: TID252 - tests are no package with a name
from .conftest import Workplace
from .seats import ENGLISH, JAPANESE, Seat
from .test_walk import draw, sign_in

ANNAS, BENS = "Agency of Anna", "Agency of Ben"
SECOND, WITHOUT = "abe", "Force without Tsunagu"
LAST_DAY = (datetime.now(UTC) + timedelta(days=30)).date()


def prepare(workplace: Workplace, folder: Path) -> None:
    """Let Ben's agency stand beneath Anna's and an agency without Tsunagu beneath his; let Anna have a colleague."""
    house = workplace.house
    if SECOND in house.secrets:
        return
    house.run("agency", "place", BENS, "--under", ANNAS, "--kind", "national-police")
    house.run("agency", "confirm", BENS, officer="anna")
    listed = folder / "agencies.tsv"
    head, row = (
        "name\tlocal_name\tkind\tcode\tcountry\tparent\tcontact",
        f"{WITHOUT}\t\tregional-police\t\tAU\t\ta desk",
    )
    listed.write_text(f"{head}\n{row}\n")
    house.run("agency", "load", listed, "--under", BENS)
    house.run("agency", "confirm", WITHOUT, officer="ben")
    [proposed] = house.json("officer", "invite", SECOND, "--name", "Abe", "--role", "officer", officer="anna-admin")
    [invited] = house.json("officer", "confirm", proposed["proposal"], officer="anna")
    house.run("accept", lines=(invited["invitation"], PASSWORD))
    factor = json.loads(house.run("second-factor", SECOND, "--json", lines=(PASSWORD,)).stdout)
    house.secrets[SECOND] = factor["totp_secret"]
    house.run("sign-in", SECOND, lines=(PASSWORD, TOTP(factor["totp_secret"]).now()))
    house.run("officer", "certify", SECOND, officer="anna-admin")
    workplace.spent[SECOND] = int(time.time()) // 30


def form(seat: Seat, marked: str) -> Locator:
    """Return the form that has this in it."""
    return seat.page.locator(f"main form:has({marked})").first


def enter(seat: Seat, within: Locator, **values: str) -> None:
    """Enter values into the fields of a form, whatever kind they are."""
    for name, value in values.items():
        field = within.locator(f"[name={name}]").first
        kind = field.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
        if not seat.by_keyboard:
            field.select_option(value) if kind == "select" else field.fill(value)
            continue
        seat._tab_to(field)
        if kind == "select":
            _choose_by_keys(seat, field, value)
        elif kind == "date":
            year, month, day = value.split("-")
            seat.page.keyboard.type(f"{month}{day}{year}")
        else:
            seat.page.keyboard.press("Control+a")
            seat.page.keyboard.type(value)
        assert field.input_value() in {value, field.input_value() if kind == "select" else value}


def _choose_by_keys(seat: Seat, field: Locator, value: str) -> None:
    wanted = "(one, value) => [...one.options].findIndex(each => each.value === value || each.text === value)"
    steps = field.evaluate(f"(one, value) => ({wanted})(one, value) - one.selectedIndex", value)
    for _ in range(abs(steps)):
        seat.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
    assert field.evaluate("one => one.selectedIndex") == field.evaluate(wanted, value)


def press(seat: Seat, within: Locator, button: str) -> None:
    """Press a button of a form; nothing on the page that follows bars anybody."""
    seat.use(within.get_by_role("button", name=seat.say(button), exact=True).first)
    assert not seat.complaints, seat.text
    assert seat.barriers() == []


def prove_again(seat: Seat) -> None:
    """Prove once more who one is, as grave acts ask for every five minutes, and come back."""
    here = seat.path
    seat.open(f"/account/reauthenticate/?next={here}")
    seat.fill("password", PASSWORD)
    seat.use(seat.page.locator("main form:has([name=password]) button").first)
    assert seat.path == here


def bring_in(seat: Seat, reference: str, picture: Path) -> None:
    """Open a case, and bring a picture into it."""
    seat.go("c", "Your cases")
    seat.fill("reference", reference)
    seat.button("Open")
    seat.upload("E1", [picture])
    assert seat.barriers() == []


def share(seat: Seat) -> None:
    """Take note of the one overlap that is new, and share it."""
    seat.go("n", "Notices")
    seat.button("Acknowledge")
    seat.button("Share")
    assert seat.barriers() == []


def put_together(seat: Seat, series: str, case: str) -> None:
    """Open a series, put the picture into it, and say that the other agency may be given it."""
    seat.go("s", "Series")
    opening = form(seat, "[name=name]")
    enter(seat, opening, name=series, case=case)
    press(seat, opening, "Open")
    adding = form(seat, "[name=items]")
    enter(seat, adding, case=case, items="1")
    press(seat, adding, "Put in")
    handling = form(seat, "[value=handling]")
    enter(
        seat, handling, to=BENS, purpose="victim-identification", until=LAST_DAY.isoformat(), reason="they know bells"
    )
    press(seat, handling, "Say who may be given it")
    assert BENS in seat.page.locator("dl.facts").inner_text()


def look_at_comparisons(seat: Seat, series: str, case: str) -> None:
    """Look at where the series and the case were compared, and at all that was asked; then back to the series."""
    seat.link("Compared at other installations")
    assert seat.barriers() == []
    seat.open("/comparisons/")
    assert seat.barriers() == []
    seat.go("c", "Your cases")
    seat.link(case)
    seat.link("Compared at other installations")
    assert seat.barriers() == []
    seat.go("s", "Series")
    seat.link(series)


def invite(seat: Seat, second: Seat, case: str) -> None:
    """Propose the other officer as a guest; a colleague, who is let into the case first, confirms."""
    prove_again(seat)
    seat.link("Guests: specialists of other agencies who look at it")
    assert seat.barriers() == []
    guests = seat.path
    inviting = form(seat, "[value=propose]")
    enter(seat, inviting, to=BENS, login="ben", words="Whose bell is it?", until=LAST_DAY.isoformat())
    press(seat, inviting, "Propose him")
    assert seat.page.get_by_role("button", name=seat.say("Confirm"), exact=True).count() == 0
    seat.go("c", "Your cases")
    seat.link(case)
    staffing = form(seat, "[name=login]")
    enter(seat, staffing, login=SECOND)
    press(seat, staffing, "Let work on this case")
    second.open("/")
    assert second.has("Guests of your series to be confirmed")
    second.open(guests)
    prove_again(second)
    press(second, form(second, "[value=confirm]"), "Confirm")


def look_and_answer(seat: Seat, series: str, case: str) -> None:
    """Find the invitation on the first page, accept it, and say what is to be seen."""
    seat.open("/")
    seat.use(seat.page.locator("ul.waits a[href='/visits/']"))
    assert seat.barriers() == []
    seat.use(seat.page.locator("main tbody a").first)
    assert series not in seat.text
    press(seat, form(seat, "[value=accept]"), "Accept")
    assert series in seat.text
    assert case not in seat.text
    digest = seat.page.locator("td.digest").first.inner_text()
    answering = form(seat, "[value=answer]")
    about = {"item": digest, "words": "a bell of the coast", "reliability": "B", "information": "2"}
    enter(seat, answering, **about, bearing="supports", countries="SE, NO", support="strong")
    press(seat, answering, "Send the answer")
    assert "B2" in seat.page.locator("#answers").inner_text()


def weigh_and_sign(seat: Seat, series: str, case: str) -> None:
    """Read the guest's answer, enter it as a clue, and sign the countries."""
    seat.go("s", "Series")
    seat.link(series)
    seat.link("Guests: specialists of other agencies who look at it")
    assert "a bell of the coast" in seat.text
    seat.go("c", "Your cases")
    seat.link(case)
    seat.link("Clues to where it was made")
    clue = seat.page.locator("form#clue")
    enter(seat, clue, item="1", kind="sound", text="a bell, as a guest hears it", bearing="supports", countries="SE NO")
    press(seat, clue, "Enter")
    signing = form(seat, "[name=statement]")
    enter(seat, signing, state="probable", statement="by the bell")
    press(seat, signing, "Sign this list")
    assert "by the bell" in seat.page.locator("#signed").inner_text()


def raise_alert(seat: Seat, case: str) -> None:
    """Raise an alert from the case; the list that was signed is its ground."""
    prove_again(seat)
    seat.go("c", "Your cases")
    seat.link(case)
    seat.link("Raise an alert")
    assert seat.barriers() == []
    raising = form(seat, "[name=finding]")
    assert {"NO=", "SE="} <= {part.strip()[:3] for part in raising.locator("[name=grounds]").input_value().split(",")}
    enter(seat, raising, finding="a bell on the coast", to=BENS, priority="high", reason="it goes on")
    press(seat, raising, "Raise the alert")


def find_the_way(seat: Seat, folder: Path, case: str) -> str:
    """Acknowledge, pass on to an agency without Tsunagu, enter its refusal, take it, and tell the outcome."""
    prove_again(seat)
    seat.go("t", "Alerts")
    seat.use(seat.page.locator("main tbody a").first)
    alert = seat.path
    press(seat, form(seat, "[value=acknowledge]"), "Acknowledge")
    passing = form(seat, "[value=pass]")
    enter(seat, passing, to=WITHOUT, words="the coast is theirs")
    press(seat, passing, "Pass on")
    letter = folder / "letter.txt"
    letter.write_text("no such bell here")
    refusing = form(seat, "[value=refuse]")
    refusing.locator("[name=document]").set_input_files(letter)
    enter(seat, refusing, because="wrong-place", words="no such bell here")
    press(seat, refusing, "Refuse")
    taking = form(seat, "[value=take]")
    enter(seat, taking, case=case)
    press(seat, taking, "Take it")
    telling = form(seat, "[value=outcome]")
    enter(seat, telling, safeguarded="3", words="they are safe")
    press(seat, telling, "Tell the outcome")
    return alert


@pytest.mark.soak
@pytest.mark.parametrize(
    ("by_keyboard", "locale"),
    [pytest.param(False, JAPANESE, id="mouse-japanese"), pytest.param(True, ENGLISH, id="keyboard-english")],
)
def test_two_officers_at_once_go_from_an_overlap_to_children_safe(
    by_keyboard: bool, locale: str, workplace: Workplace, sit_down: Callable[..., Seat], tmp_path: Path
) -> None:
    prepare(workplace, tmp_path)
    hand = f"{'keys' if by_keyboard else 'mouse'}-{locale[:2]}"
    picture, _ = draw(tmp_path, "common", seed=len(hand) + 77)
    annas, bens, series = f"A/{hand}", f"B/{hand}", f"Harbour {hand}"
    seats = {name: sit_down(by_keyboard=by_keyboard, locale=locale) for name in ("anna", "ben", SECOND)}
    for name, seat in seats.items():
        sign_in(seat, workplace, name)
    anna, ben, second = seats.values()
    for seat, case in ((anna, annas), (ben, bens)):
        bring_in(seat, case, picture)
    for seat in (anna, ben):
        share(seat)
    put_together(anna, series, annas)
    look_at_comparisons(anna, series, annas)
    invite(anna, second, annas)
    look_and_answer(ben, series, annas)
    weigh_and_sign(anna, series, annas)
    raise_alert(anna, annas)
    alert = find_the_way(ben, tmp_path, bens)
    anna.open(alert)
    assert anna.page.locator("ol.hops").inner_text().count(BENS) >= 1
    assert WITHOUT in anna.page.locator("ol.hops").inner_text()
    assert f"3 {anna.say_of('code', 'safeguarded')}" in anna.text
    anna.open("/counter/")
    assert anna.barriers() == []
    anna.go("c", "Your cases")
    anna.link(annas)
    assert f"3 {anna.say_of('code', 'safeguarded')}" in anna.page.locator("#alerts").inner_text()

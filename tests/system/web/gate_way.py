"""The way of one lead through the gate and of his package to two forces, in a browser."""

from __future__ import annotations

import json
import time
from pathlib import Path

from pyotp.totp import TOTP

from ..conftest import PASSWORD, Installation  # noqa: TID252 - tests are no package with a name
from .conftest import Workplace
from .seats import Seat

RULE, DAY = "JP-CP-03", "2016-05-01"
NAGASAKI, FUKUOKA = "Nagasaki Prefectural Police", "Fukuoka Prefectural Police"
RECEIVER, COUNSEL = "nagako", "lotte"
SHOWN = (("E-1", "the family register"), ("E-2", "a carrier"))
DRAFT = {"authority": "規則第11条", "handling": "捜査以外に用いない", "deconfliction": "該当なし"}


def found_forces(workplace: Workplace, folder: Path) -> None:
    """Enter the forces of Japan, let one of them work here, and let counsel review the rule on possession."""
    house = workplace.house
    if RECEIVER in house.secrets:
        return
    house.run("agency", "load", "japan")
    house.found(NAGASAKI, "JP", RECEIVER)
    rules = folder / "rules.tsv"
    rules.write_text(house.run("law", "file").stdout)
    house.run("law", "propose", rules, officer="anna")
    proposed = house.run("law", "proposals", officer="anna-admin").stdout
    [named] = [one for one in proposed.split() if one.count("-") == 4]
    house.run("law", "confirm", named, officer="anna-admin")
    _enrol_counsel(house)
    [rule] = house.json("law", "show", RULE, "--agency", officer=COUNSEL)
    house.run("law", "review", rule["sha256"], "--as", "Lotte, counsel", officer=COUNSEL)
    workplace.spent[RECEIVER] = int(time.time()) // 30


def _enrol_counsel(house: Installation) -> None:
    [proposed] = house.json("officer", "invite", COUNSEL, "--name", "Lotte", "--role", "counsel", officer="anna-admin")
    [invited] = house.json("officer", "confirm", proposed["proposal"], officer="anna")
    house.run("accept", lines=(invited["invitation"], PASSWORD))
    factor = json.loads(house.run("second-factor", COUNSEL, "--json", lines=(PASSWORD,)).stdout)
    house.secrets[COUNSEL] = factor["totp_secret"]
    house.run("sign-in", COUNSEL, lines=(PASSWORD, TOTP(factor["totp_secret"]).now()))
    house.tokens[COUNSEL] = house.token_file.read_text()


def pass_the_gate(seat: Seat, list_path: str) -> None:
    """Open the first lead of a list, enter and assess what he bought, record all, and decide that he is a suspect."""
    page = seat.page
    seat.open(list_path)
    seat.link("Persons at the gate")
    assert seat.barriers() == []
    seat.use(page.locator("tbody a").first)
    person = seat.path
    assert seat.barriers() == []
    code, title = _bought(seat)
    seat.open(list_path)
    seat.link("Titles")
    seat.fill("title", title)
    seat.fill("code", code)
    seat.button("Enter")
    seat.put(page.locator("[name=value]"), "illegal")
    seat.put(page.locator("[name=from_on]"), "2015-07-15")
    seat.fill("reason", "seen by two")
    seat.button("Say so")
    assert seat.barriers() == []
    seat.open(person)
    seat.put(page.locator("[name=act_on]"), DAY)
    seat.put(page.locator("form:has([value=take-up]) [name=reason]"), "the parcel arrived")
    seat.button("Take him up as a person of interest")
    assert seat.has("It is not confirmed that he is an adult.")
    _record(seat, "risk", tool="a tool", version="2", assessed_on="2026-11-01", band="high", assessor="A. B., no. 7")
    for point in ("identity", "payment", "delivery", "item", "day"):
        _record(seat, "found", point, showing="shown", **({"title": "1"} if point == "item" else {}))
    _record(seat, "age", majority="adult")
    _record(seat, "residence", prefecture="42")
    _record(seat, "welfare", suicide="a physician is told", children="the centre is told")
    assert seat.barriers() == []
    seat.put(page.locator("form:has([value=promote]) [name=reason]"), "all five are shown")
    seat.button("Decide that he is a suspect")
    assert seat.has("An officer has decided that he is a suspect, on the points below. Nobody has found him guilty.")


def send(seat: Seat, receiver: str) -> str:
    """Look at the package about the suspect whose page is open, send it, and return where the referral is."""
    for name, text in DRAFT.items():
        seat.put(seat.page.locator(f"#packages [name={name}]"), text)
    seat.button("Look at the package")
    assert receiver in seat.text
    assert seat.barriers() == []
    seat.button("Sign it and send it")
    assert seat.path.startswith("/referrals/")
    return seat.path


def confirm_move(seat: Seat, person: str) -> None:
    """Record that he lives elsewhere, as people confirmed it."""
    seat.open(person)
    _record(seat, "residence", prefecture="40")


def receive_and_return(seat: Seat, referral: str) -> None:
    """Find a package in the inbox, say that it has arrived, and return it."""
    page = seat.page
    seat.go("e", "Referrals")
    assert seat.barriers() == []
    seat.use(page.locator(f'a[href="{referral}"]').first)
    assert DRAFT["authority"] in seat.text
    seat.button("It has arrived")
    assert seat.barriers() == []
    seat.press(page.get_by_text(seat.say("Return it")).first)
    seat.put(page.locator("[name=because]"), "moved")
    seat.button("Return it")
    assert DRAFT["authority"] not in seat.text
    assert seat.has("Your agency is not told any more what it says.")


def print_form(seat: Seat, folder: Path) -> bytes:
    """Download the form of the referral whose page is open."""
    with seat.page.expect_download() as download:
        seat.press(seat.page.get_by_role("button", name=seat.say("The Japanese form (PDF)")))
    path = folder / "form.pdf"
    download.value.save_as(path)
    return path.read_bytes()


def stage(seat: Seat, list_path: str, name: str) -> int:
    """Return what a stage of the list's funnel counts."""
    seat.open(list_path)
    return stage_shown(seat, name)


def stage_shown(seat: Seat, name: str) -> int:
    """Return what a stage of the funnel that is shown counts."""
    head = seat.page.locator("table.funnel").get_by_role("rowheader", name=seat.say(name), exact=True)
    return int(head.locator("xpath=following-sibling::td").first.inner_text().replace(",", ""))


def _bought(seat: Seat) -> tuple[str, str]:
    """Return the code and the title that the first row of the person who is shown names."""
    heads = seat.page.locator("#rows thead th").all_inner_texts()
    cells = seat.page.locator("#rows tbody tr").first.locator("td").all_inner_texts()
    row = dict(zip(heads, cells, strict=True))
    return row[seat.say_of("seized list", "Code of the title")], row[seat.say_of("seized list", "Title")]


def _record(seat: Seat, fact: str, point: str = "", **typed: str) -> None:
    """Open the form of a fact, fill it in, and send it."""
    place = f"form:has([name=fact][value={fact}]){f':has([name=point][value={point}])' if point else ''}"
    form = seat.page.locator(place)
    seat.press(form.locator("xpath=ancestor::details/summary"))
    for name, text in typed.items():
        seat.put(form.locator(f"[name={name}]"), text)
    if form.locator("[name=evidence]").count():
        for at, pair in enumerate(SHOWN):
            for name, text in zip(("evidence", "source"), pair, strict=True):
                seat.put(form.locator(f"[name={name}]").nth(at), text)
    seat.use(form.get_by_role("button", name=seat.say("Record"), exact=True))

"""A seized list from its file to a referral that comes back, in a browser, by whoever does each part."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import typst
from openpyxl import Workbook

from tsunagu.exchange.typesetting import FONTS
from tsunagu.resolution.invented.writing import write_list

from . import gate_way
from .conftest import Workplace
from .seats import ENGLISH, JAPANESE, Seat
from .test_walk import sign_in

ROWS, ANSWERED = 1500, 10
COMPARED_WITHIN_MS = 180_000


def _file(folder: Path, rows: int, ending: str) -> Path:
    """Write an invented list as Excel does in Japan: as text in cp932 with commas, or as a workbook."""
    out = io.BytesIO()
    write_list(rows, 7, out=out, truth=io.BytesIO(), encoding="cp932")
    path = folder / f"orders.{ending}"
    if ending == "csv":
        path.write_bytes(out.getvalue())
        return path
    book = Workbook(write_only=True)
    sheet = book.create_sheet("orders")
    for row in csv.reader(io.StringIO(out.getvalue().decode("cp932"), newline="")):
        sheet.append(row)
    book.save(path)
    return path


def _bring_in(seat: Seat, path: Path) -> None:
    """Look at a file, correct what is proposed, and bring it in.

    How a browser lets somebody choose a file is its own affair: it is chosen for him.
    """
    page = seat.page
    page.set_input_files("main [name=file]", path)
    seat.press(page.get_by_role("button", name=seat.say("Look at it")))
    kana = page.locator('tr[data-column="フリガナ"] [name=field]')
    kana.wait_for()
    assert kana.input_value() == "kana"
    encoding = page.locator('tr[data-column="氏名"] [name=encoding]').input_value()
    assert encoding == {".csv": "cp932", ".xlsx": "utf-8"}[path.suffix]
    assert seat.barriers() == []
    seat.put(page.locator('tr[data-column="備考"] [name=field]'), "")
    with page.expect_response("**/look/"):
        seat.press(page.get_by_role("button", name=seat.say("Show it again so")))
    page.locator("[data-bring-in]:enabled").wait_for()
    assert page.locator('tr[data-column="備考"] [name=field]').input_value() == ""
    seat.use(page.get_by_role("button", name=seat.say("Seal it and bring it in")))


def _answer(seat: Seat) -> None:
    """Answer pairs by single keys: each answer leads on to the next pair, and the reason is typed once."""
    page = seat.page
    assert seat.barriers() == []
    for number in range(ANSWERED):
        here = page.evaluate("document.activeElement.id")
        assert here.startswith("pair-")
        page.keyboard.press("sdu"[number % 3])
        page.locator(f"tbody.hit:focus:not(#{here})").wait_for()
    page.locator("tbody.hit:not(.answered)").first.wait_for()  # the next ones come by themselves


@pytest.mark.soak
@pytest.mark.parametrize(("locale", "by_keyboard", "ending"), [(ENGLISH, True, "csv"), (JAPANESE, False, "xlsx")])
def test_a_list_is_brought_in_and_answered_and_one_lead_passes_the_gate_and_is_referred_in_the_browser(
    locale: str,
    by_keyboard: bool,
    ending: str,
    workplace: Workplace,
    sit_down: Callable[..., Seat],
    tmp_path: Path,
) -> None:
    seat, case = sit_down(locale=locale, by_keyboard=by_keyboard), f"list {locale}"
    page = seat.page
    sign_in(seat, workplace, "anna")
    seat.go("c", "Your cases")
    seat.fill("reference", case)
    seat.button("Open")
    seat.link("Seized lists")
    seat.link("Bring in a seized list")
    _bring_in(seat, _file(tmp_path, ROWS, ending))
    page.get_by_text(seat.say("Persons whom they name")).first.wait_for(timeout=COMPARED_WITHIN_MS)
    assert seat.barriers() == []
    asked = gate_way.stage_shown(seat, "Pairs that people are asked about")
    assert asked > ANSWERED
    seat.link("Review pairs")
    assert page.locator("h1 .count").inner_text() == str(asked)
    _answer(seat)
    page.reload()
    assert page.locator("h1 .count").inner_text() == str(asked - ANSWERED)
    page.go_back()
    seat.open(seat.path.partition("review/")[0])
    seat.link("Decide prefectures")
    first = page.locator("section.person").first
    choice = first.locator("[name=prefecture]")
    seat.put(choice, choice.evaluate("one => one.options[1].value"))
    seat.put(first.locator("[name=reason]"), "as seen")
    seat.use(first.get_by_role("button"))
    assert seat.say("decided") in page.locator("section.person").first.inner_text()
    assert seat.barriers() == []
    gate_way.found_forces(workplace, tmp_path)
    other = sit_down(locale=locale, by_keyboard=by_keyboard)
    _refer(seat, workplace, other, seat.path.partition("prefectures/")[0], tmp_path)


def _refer(seat: Seat, workplace: Workplace, other: Seat, list_path: str, folder: Path) -> None:
    """Let one lead pass the gate, and his package go to one force, come back and go to another."""
    sent, returned = "Persons of whom a package was sent", "Persons whose package was returned"
    assert gate_way.stage(seat, list_path, sent) == 0
    gate_way.pass_the_gate(seat, list_path)
    person = seat.path
    referral = gate_way.send(seat, gate_way.NAGASAKI)
    if set(FONTS) & set(typst.Fonts().families()):
        assert gate_way.print_form(seat, folder).startswith(b"%PDF")
    sign_in(other, workplace, gate_way.RECEIVER)
    gate_way.receive_and_return(other, referral)
    assert gate_way.stage(seat, list_path, returned) == gate_way.stage(seat, list_path, sent) == 1
    gate_way.confirm_move(seat, person)
    again = gate_way.send(seat, gate_way.FUKUOKA)
    assert again != referral
    assert seat.barriers() == []
    assert gate_way.stage(seat, list_path, "Packages sent") == 2
    seat.link("Packages")
    assert seat.page.locator("#all tbody tr").count() == 2
    assert seat.barriers() == []

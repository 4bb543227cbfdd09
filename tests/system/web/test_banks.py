"""A bank in the browser, by the keyboard alone: a list imported, quarantine decided, disputed, switched, expired."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from .conftest import Workplace
from .seats import ENGLISH, JAPANESE, Seat
from .test_walk import draw, sign_in

IMPORTED_WITHIN_MS = 180_000
ROWS = 120_000


def _lists(folder: Path, wide: bytes) -> tuple[Path, Path]:
    """Write a list of something benign that `wide` is near to, and a long one that has it, and one row that is none."""
    logo = (int.from_bytes(wide) ^ 7).to_bytes(len(wide))
    benign, long = folder / "logos.csv", folder / "long.csv"
    benign.write_text(f"pdq\n{logo.hex()}\n")
    rows = "".join(f"{secrets.token_hex(20)},\n" for _ in range(ROWS))
    long.write_text(f"sha1,pdq\n{rows},{wide.hex()}\nnothing,\n")
    return benign, long


def _open_bank(seat: Seat, name: str, semantics: str) -> None:
    seat.go("b", "Banks")
    seat.fill("name", name)
    seat.fill("legal_ground", "a law")
    seat.page.select_option("main [name=semantics]", semantics)
    seat.button("Open")
    assert seat.has("Nothing is in quarantine.")


def _import(seat: Seat, path: Path) -> None:
    """Import a list, and see it on its way. How a browser lets somebody choose a file is its own affair."""
    seat.page.set_input_files("main [name=list]", path)
    seat.button("Import")
    lists = seat.page.locator("#lists")
    if path.stat().st_size > 1 << 20:
        lists.locator("progress").wait_for(timeout=IMPORTED_WITHIN_MS)
        assert seat.barriers() == []
    lists.get_by_text(seat.say("done"), exact=True).wait_for(timeout=IMPORTED_WITHIN_MS)


def _ask(seat: Seat, fingerprint: bytes) -> None:
    seat.go("a", "Ask the banks")
    seat.fill("what", fingerprint.hex())
    seat.page.select_option("main [name=type]", "pdq")
    seat.page.select_option("main [name=purpose]", "investigation")
    seat.button("Ask")


def _answers_so(seat: Seat, bank: str, *, on: bool, last: str = "") -> None:
    """Open the page of a bank, and change how it answers."""
    seat.go("b", "Banks")
    seat.link(bank)
    seat.page.set_checked("#rules [name=on]", on)
    seat.page.fill("#rules [name=expires]", last)
    seat.button("Let it answer so")


@pytest.mark.soak
@pytest.mark.parametrize("locale", [ENGLISH, JAPANESE])
def test_a_list_is_imported_decided_on_disputed_switched_and_expires(
    locale: str, workplace: Workplace, sit_down: Callable[..., Seat], tmp_path: Path
) -> None:
    seat = sit_down(by_keyboard=True, locale=locale)
    sign_in(seat, workplace, "anna")
    wide = secrets.token_bytes(32)
    benign, long = _lists(tmp_path, wide)
    logos, alert = f"Logos {locale}", f"Alert {locale}"
    _open_bank(seat, logos, "benign")
    _import(seat, benign)
    _open_bank(seat, alert, "alert")
    _import(seat, long)
    # The figures come without the page being loaded anew.
    held = seat.page.locator("#quarantine tbody tr")
    assert held.locator("td.number").all_inner_texts() == ["1", "0"]
    assert f"{ROWS + 2:,}" in seat.page.locator("#lists").inner_text()
    assert seat.barriers() == []
    seat.use(held.get_by_role("link"))
    seat.button("Dispute")
    assert seat.has("disputed")
    assert seat.barriers() == []
    seat.link(alert)
    seat.button("Let it answer")
    assert seat.has("Nothing is in quarantine.")
    _ask(seat, wide)
    answer = seat.page.locator("#answer")
    assert alert in answer.inner_text()
    assert seat.say("disputed") in answer.inner_text()
    assert seat.barriers() == []
    _answers_so(seat, alert, on=False)
    _ask(seat, wide)
    assert alert not in answer.inner_text()
    _answers_so(seat, alert, on=True, last=str(datetime.now(UTC).date() - timedelta(days=1)))
    assert seat.page.locator("h1 .tag.warn").count() == 1
    _ask(seat, wide)
    assert alert not in answer.inner_text()
    _answers_so(seat, alert, on=True)
    _ask(seat, wide)
    assert alert in answer.inner_text()
    seat.page.fill("[name=what]", "")
    seat.page.set_input_files("main [name=file]", draw(tmp_path, "unknown", seed=1)[0])
    seat.page.get_by_role("button", name=seat.say("Ask"), exact=True).press("Enter")
    seat.page.get_by_text(seat.say("No bank that answers you knows it. All of them were searched.")).wait_for()

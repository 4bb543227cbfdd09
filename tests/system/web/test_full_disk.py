"""The page of an upload while the server's disk is full says so at once, and goes on by itself when there is room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from .conftest import Workplace
from .seats import ENGLISH, JAPANESE, Seat
from .test_walk import draw, sign_in

MIB, GIB = 1 << 20, 1 << 30
SPARE_BYTES = GIB
"""What uploads leave free of a disk, where no setting says otherwise."""
FULL = "the disk is full: nothing more can be uploaded, and what is here is kept"
STOPPED = "The upload stopped. Choose the same files again: it goes on where it stopped."


@pytest.mark.soak
@pytest.mark.parametrize("locale", [ENGLISH, JAPANESE])
def test_a_full_disk_is_told_on_the_page_and_the_upload_goes_on_when_there_is_room(
    workplace: Workplace, sit_down: Callable[..., Seat], small_disk: Any, tmp_path: Path, locale: str
) -> None:
    seat = sit_down(locale=locale)
    picture, _ = draw(tmp_path, "picture", seed=1)
    with picture.open("ab") as file:
        file.write(bytes(9 * MIB))  # three parts
    uploads = workplace.house.home / "uploads"
    uploads.mkdir(mode=0o700, exist_ok=True)
    small_disk(uploads, SPARE_BYTES + 16 * MIB)
    workplace.house.run("case", "open", f"FULL-{locale}", officer="anna", status=None)
    sign_in(seat, workplace, "anna")
    seat.open(f"/cases/FULL-{locale}/intake/")
    complaint, button = seat.page.locator("#upload .errors"), seat.page.locator("#upload button")
    told = seat.say(FULL)
    told = told if locale == JAPANESE else f"{told[0].upper()}{told[1:]}."

    # Full before the first part: nothing is sent.
    ballast = _fill(uploads, 8 * MIB)
    seat.fill("exhibit", "E1")
    seat.page.set_input_files("main [name=files]", [picture])
    button.click()
    expect(complaint).to_have_text(f"{told} {seat.say(STOPPED)}")
    expect(button).to_be_enabled()
    ballast.unlink()

    # Full before the second: it waits, and says for what.
    def fills(route: Route) -> None:
        _fill(uploads, 12 * MIB)
        route.continue_()

    seat.page.route("**/files/1/4194304/", fills, times=1)
    button.click()
    expect(complaint).to_have_text(told)
    ballast.unlink()
    done = seat.say("All that could be read has been compared with what is held.")
    seat.page.get_by_text(done).wait_for(timeout=60_000)
    assert {one.partition("status of ")[2][:3] for one in seat.complaints} == {"503"}
    seat.complaints.clear()


def _fill(folder: Path, size_bytes: int) -> Path:
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(size_bytes))
    return ballast

"""A home whose only disk is full: uploads and the database stop and say so; when there is room, all goes on."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.officers import Browser

from .serving import CHUNK_BYTES, Made, Served, Upload
from .test_uploads import digests_of

MIB = 1 << 20
ROOM_BYTES = 100 * MIB
MOST_CASES = 40
UPLOADS_STOP = "The disk is full: nothing more can be uploaded, and what is here is kept."
DATABASE_STOPS = "The database&#x27;s disk is full: what was committed is kept, and nothing more until there is room."


@pytest.fixture
def home() -> Iterator[Path]:
    # Not pytest's own folder: that one is closed to the users that the database and the decoder run as.
    home = Path(tempfile.mkdtemp(prefix="tsunagu-test-", dir="/tmp"))
    home.chmod(0o711)
    yield home
    home.rmdir()


def moved(house: Any, home: Path, small_disk: Any) -> tuple[Any, Any]:
    """Return a home on a disk of its own, of which uploads may take the last byte, and the disk."""
    used = sum(one.lstat().st_blocks for one in house.home.rglob("*")) * 512
    disk = small_disk(home, used + ROOM_BYTES)
    subprocess.run(["cp", "-a", f"{house.home}/.", home], check=True)
    known = {"secrets": dict(house.secrets), "tokens": dict(house.tokens)}
    return replace(house, home=home, extra_environ={"TSUNAGU_UPLOAD_SPARE_GIB": "0"}, **known), disk


def cases_until_refused(browser: Browser) -> tuple[list[str], str]:
    """Open one case after another; return those that were acknowledged, and the page that refused the next."""
    opened: list[str] = []
    for number in range(MOST_CASES):
        status, page = browser.ask("POST", "/cases/", form={"reference": f"C-{number}", "purpose": "investigation"})
        if status != 302:
            assert status == 503, status
            return opened, page
        opened.append(f"C-{number}")
    raise AssertionError("a full disk takes everything")


def opens_for_ever(browser: Browser, path: str) -> bool:
    """Whether a page never stops being shown: a page already on the disk may have room for some more entries."""
    return all(browser.opens(path) for _ in range(MOST_CASES))


@pytest.mark.soak
def test_where_the_only_disk_is_full_all_stops_and_says_so_and_goes_on_when_there_is_room(
    two_agencies: Any, home: Path, small_disk: Any
) -> None:
    house, disk = moved(two_agencies, home, small_disk)
    house.run("case", "open", "DK-1", officer="anna")
    file = Made("disk.img", 40 * MIB + 5, 1)
    with Served.at(house) as served:
        upload = Upload(served.sit_down("anna"), "DK-1", "E1", [file])
        browser = upload.browser
        assert not upload.send(most_chunks=3)
        some = disk.fill(CHUNK_BYTES - 1)
        status, page = upload.put(1, 3 * CHUNK_BYTES, file.part(3 * CHUNK_BYTES, CHUNK_BYTES))
        assert (status, UPLOADS_STOP in page) == (503, True)
        assert browser.opens("/cases/")
        rest = disk.fill(0, "rest")
        opened, page = cases_until_refused(browser)
        assert DATABASE_STOPS in page
        # No entry, no answer: not a page is shown while the ledger takes none. The process itself lives.
        assert (opens_for_ever(browser, "/cases/"), browser.opens("/healthz")) == (False, True)
        rest.unlink()
        some.unlink()
        _, page = browser.ask("GET", "/cases/")
        assert [one for one in opened if f">{one}<" not in page] == []
        assert len(opened) == page.count(">C-")
        assert upload.send()
        upload.finish()
        upload.wait_until_examined(60)
        browser.hang_up()
    assert digests_of(house) == [(file.digest(), 1)]
    assert house.json("ledger", "verify")[0]["ledger_ok"] is True

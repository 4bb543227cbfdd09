# ruff: noqa: INP001 - a script, no module
"""Draws docs/pictures/pages: every page of the demonstration's workplace, as Debian's Chromium shows it.

Run it as `.venv/bin/python make/page_pictures.py`; TSUNAGU_HOME may name a demonstration's home.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures" / "pages"
PROGRAM = Path(sys.executable).with_name("tsunagu")
PORT = 8799
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
OFFICERS = 8
"""How many the demonstration has: its links are printed before the server answers."""
SIZE = {"width": 1280, "height": 800}
COLORS = 128
"""The pages have few: a picture with a palette is a fifth as large."""
LIST = "/cases/JP-R8-0101/lists/1/"
CASE = "/cases/DK-2026-0117/"
SERIES = "/series/The%20room%20with%20the%20blue%20door/"
PAGES: dict[str, dict[str, tuple[str, str]]] = {
    "sato": {
        "home": ("/", ""),
        "cases": ("/cases/", ""),
        "reports": ("/reports/", ""),
        "report": ("/reports/", "tbody a"),
        "report-new": ("/reports/new/", ""),
        "enquiries": ("/cases/JP-R8-0101/enquiries/", ""),
        "lists": ("/cases/JP-R8-0101/lists/", ""),
        "list": (LIST, ""),
        "list-new": ("/cases/JP-R8-0101/lists/new/", ""),
        "list-review": (LIST + "review/", ""),
        "list-prefectures": (LIST + "prefectures/", ""),
        "titles": (LIST + "titles/", ""),
        "title": (LIST + "titles/1/", ""),
        "persons": (LIST + "persons/?standing=person-of-interest", ""),
        "person": (LIST + "persons/?standing=person-of-interest", "tbody a"),
        "referrals": ("/referrals/", ""),
        "law": ("/law/?deed=JP:possession_own_interest&on=2015-07-14", ""),
    },
    "jensen": {
        "overlaps": ("/overlaps/", ""),
        "overlap": ("/overlaps/", "tbody tr:last-child a"),
        "compare": ("/overlaps/", "tbody tr:last-child a then tbody.hit:has-text('turned left') a"),
        "notices": ("/notices/", ""),
        "banks": ("/banks/", ""),
        "bank": ("/banks/Demonstration:%20known%20photographs/", ""),
        "ask": ("/ask/", ""),
        "second-factors": ("/account/2fa/", ""),
        "not-found": ("/cases/none/", ""),
        "keys": ("/keys/", ""),
        "my-ledger": ("/my-ledger/", ""),
        "password": ("/account/password/", ""),
        "case": (CASE, ""),
        "graph": (CASE + "graph/", ""),
        "items": (CASE, "tbody a"),
        "intake": (CASE + "intake/", ""),
        "delete": (CASE + "delete/", ""),
        "withdraw": (CASE + "withdraw/?exhibit=laptop", ""),
        "case-persons": (CASE + "persons/", ""),
        "case-person": (CASE + "persons/child-1/", ""),
        "case-recalls": (CASE + "persons/recalls/", ""),
        "clues": (CASE + "clues/", ""),
        "alert-draft": (CASE + "alert/", ""),
        "alerts": ("/alerts/", ""),
        "alert": ("/alerts/", "tbody tr:last-child a"),
        "series-board": ("/series/", ""),
        "series": ("/series/", "tbody a"),
        "series-guests": (SERIES + "guests/", ""),
        "series-submissions": (SERIES + "submissions/", ""),
        "counter": ("/counter/", ""),
        "statistics": ("/statistics/", ""),
    },
    "nguyen": {
        "submissions": ("/submissions/", ""),
        "submission": ("/submissions/", "tbody a"),
    },
    "jensen-admin": {
        "officers": ("/officers/", ""),
        "proposals": ("/proposals/", ""),
        "ledger": ("/ledger/", ""),
        "permissions": ("/permissions/", ""),
        "retention": ("/retention/", ""),
    },
}
"""By the login of who opens them: the address, and which links are followed from there, one "then" another."""
VARIED = ("home", "overlap", "report", "person", "alert", "case", "case-persons", "graph")
"""Taken in dark and in Japanese too."""


@contextmanager
def _demonstration() -> Iterator[dict[str, str]]:
    """Serve the demonstration, and return the link of each of its officers, by his login."""
    command = (PROGRAM, "serve", "--demo", "--no-worker", "--port", str(PORT))
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    links: dict[str, str] = {}
    try:
        for line in server.stdout or ():
            links |= dict(re.findall(r"(\S+): (http://\S+/demonstration/\S+)", line))
            if len(links) == OFFICERS and _answers(next(iter(links.values()))):
                break
        yield links
    finally:
        server.terminate()
        server.wait(timeout=60)


def _take(page: Page, name: str) -> None:
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLORS).save(PICTURES / f"{name}.png", optimize=True)


def _answers(link: str) -> bool:
    """Wait until the server answers, and return that it does."""
    health = link.partition("demonstration")[0] + "healthz"
    for _ in range(100):
        with contextlib.suppress(OSError), urllib.request.urlopen(health, timeout=5):  # noqa: S310 - it is ours
            return True
        time.sleep(0.2)
    return False


def _signed_in(browser: Browser, link: str, *, scheme: str = "light") -> Page:
    context = browser.new_context(viewport=SIZE, color_scheme=scheme, locale="en-US")
    page = context.new_page()
    page.goto(link)
    return page


def _take_all(browser: Browser, links: dict[str, str]) -> None:
    """Take every page as whoever may open it, and some of them also in dark and in Japanese."""
    address = next(iter(links.values())).partition("demonstration")[0].rstrip("/")
    opened = browser.new_page(viewport=SIZE, locale="en-US")
    opened.goto(address + "/account/login/")
    _take(opened, "sign-in")
    for login, pages in PAGES.items():
        page = _signed_in(browser, links[login])
        found = {name: _open(page, address + path, follow) for name, (path, follow) in pages.items()}
        for name, place in found.items():
            page.goto(place)
            _take(page, name)
        varied = {name: place for name, place in found.items() if name in VARIED}
        page.emulate_media(color_scheme="dark")
        _take_as("dark", page, varied)
        page.emulate_media(color_scheme="light")
        page.get_by_role("button", name="日本語").click()
        _take_as("japanese", page, varied)


def _open(page: Page, address: str, follow: str) -> str:
    """Open a page, follow a link of it where one is named, and return where that led."""
    page.goto(address)
    for link in filter(None, follow.split(" then ")):
        page.locator(link).first.click()
        page.wait_for_load_state()
    return page.url


def _take_as(variant: str, page: Page, places: dict[str, str]) -> None:
    for name, place in places.items():
        page.goto(place)
        _take(page, f"{name}-{variant}")


def main() -> None:
    """Draw all pictures anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _demonstration() as links, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        _take_all(browser, links)
        browser.close()


if __name__ == "__main__":
    main()

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
OFFICERS = 6
"""How many the demonstration has: its links are printed before the server answers."""
SIZE = {"width": 1280, "height": 800}
COLORS = 128
"""The pages have few: a picture with a palette is a fifth as large."""
PAGES = {
    "home": "/",
    "cases": "/cases/",
    "overlaps": "/overlaps/",
    "notices": "/notices/",
    "banks": "/banks/",
    "bank": "/banks/Demonstration:%20known%20photographs/",
    "ask": "/ask/",
    "second-factors": "/account/2fa/",
    "not-found": "/cases/none/",
    "officers": "/officers/",
    "proposals": "/proposals/",
    "ledger": "/ledger/",
    "permissions": "/permissions/",
    "keys": "/keys/",
    "my-ledger": "/my-ledger/",
    "retention": "/retention/",
    "password": "/account/password/",
}


@contextmanager
def _demonstration() -> Iterator[list[str]]:
    """Serve the demonstration, and return the links of its officers."""
    command = (PROGRAM, "serve", "--demo", "--no-worker", "--port", str(PORT))
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    links: list[str] = []
    try:
        for line in server.stdout or ():
            links += re.findall(r"http://\S+/demonstration/\S+", line)
            if len(links) == OFFICERS and _answers(links[0]):
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


def _take_all(browser: Browser, links: list[str]) -> None:
    """Take every page as whoever may open it, and home and an overlap also in dark and in Japanese."""
    address = links[0].partition("demonstration")[0].rstrip("/")
    opened = browser.new_page(viewport=SIZE, locale="en-US")
    opened.goto(address + "/account/login/")
    _take(opened, "sign-in")
    taken: set[str] = set()
    for link in links:
        page = _signed_in(browser, link)
        for name, path in PAGES.items():
            answer = page.goto(address + path)
            is_there = answer is not None and (answer.ok or name == "not-found") and page.url == address + path
            if is_there and name not in taken:
                _take(page, name)
                taken.add(name)
        for name in ("case", "overlap"):
            page.goto(f"{address}/{name}s/")
            inner = page.locator("tbody a")
            if name not in taken and page.url.endswith(f"/{name}s/") and inner.count():
                (inner.first if name == "case" else inner.last).click()  # the last overlap shares a video
                page.wait_for_load_state()
                _take(page, name)
                taken.add(name)
                _take_parts(page, name)


def _take_parts(page: Page, name: str) -> None:
    """Take what a case or an overlap leads to, and home and the overlap in dark and in Japanese."""
    own = page.url
    if name == "case":
        page.locator("tbody a").first.click()
        page.wait_for_load_state()
        _take(page, "items")
        for part, path in (("intake", "intake/"), ("delete", "delete/"), ("withdraw", "withdraw/?exhibit=laptop")):
            page.goto(own + path)
            _take(page, part)
        return
    home = own.partition("/overlaps/")[0] + "/"
    for variant in ("dark", "japanese"):
        page.emulate_media(color_scheme="dark" if variant == "dark" else "light")
        if variant == "japanese":
            page.get_by_role("button", name="日本語").click()
        for part, path in (("home", home), ("overlap", own)):
            page.goto(path)
            _take(page, f"{part}-{variant}")
    page.get_by_role("button", name="English").click()


def main() -> None:
    """Draw all pictures anew."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _demonstration() as links, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        _take_all(browser, links)
        browser.close()


if __name__ == "__main__":
    main()

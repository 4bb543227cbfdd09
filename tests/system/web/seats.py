"""An officer at a browser, with a mouse or without, in his language."""

from __future__ import annotations

import gettext
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Locator, Page, Request
from playwright.sync_api import TimeoutError as NotInTime

MOST_TABS = 150
BARS_SOMEBODY = {"serious", "critical"}
ENGLISH, JAPANESE = "en-US", "ja-JP"
SPEAK_TO_OFFICERS = ("tsunagu.web", "allauth")
EXAMINED_WITHIN_MS = 180_000


@cache
def _translations(locale: str) -> gettext.NullTranslations:
    """Return what the pages say in a language, ours before that of others."""
    found = gettext.NullTranslations()
    for package in reversed(SPEAK_TO_OFFICERS) if locale != ENGLISH else ():
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        own = gettext.translation("django", Path(spec.origin).with_name("locale"), [locale.partition("-")[0]])
        own.add_fallback(found)
        found = own
    return found


class Seat:
    """One browser, which takes down every complaint of its pages and every request to elsewhere."""

    def __init__(self, page: Page, address: str, *, by_keyboard: bool, locale: str) -> None:
        self.page = page
        self.address = address
        self.by_keyboard = by_keyboard
        self._translations = _translations(locale)
        self.say = self._translations.gettext
        self.complaints: list[str] = []
        page.set_default_timeout(15_000)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("request", self._request)

    def say_of(self, context: str, text: str) -> str:
        """Return what the pages say for a text where it stands for one thing of several."""
        return self._translations.pgettext(context, text)

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(path if path.startswith("http") else self.address + path)

    def go(self, key: str, heading: str) -> None:
        """Go to a page, by the bar on top or by its two keys."""
        if self.by_keyboard:
            with self.page.expect_navigation():
                self.page.keyboard.press("g")
                self.page.keyboard.press(key)
        else:
            with self.page.expect_navigation():
                self.page.locator(f"nav [data-key={key}]").click()
        self.page.get_by_role("heading", level=1).filter(has_text=self.say(heading)).wait_for()

    def use(self, target: Locator) -> None:
        """Follow a link or press a button that leads to a page."""
        with self.page.expect_navigation():
            if self.by_keyboard:
                self._tab_to(target)
                self.page.keyboard.press("Enter")
            else:
                target.click()

    def button(self, name: str) -> None:
        """Press the first button of this name."""
        self.use(self.page.get_by_role("button", name=self.say(name), exact=True).first)

    def link(self, name: str) -> None:
        """Follow the first link of this name."""
        self.use(self.page.get_by_role("link", name=self.say(name), exact=True).first)

    def upload(self, exhibit: str, files: Sequence[Path]) -> None:
        """Bring files into an exhibit of the case that is shown, and wait until they have been compared.

        How a browser lets somebody choose files is its own affair: they are chosen for him.
        """
        self.link("Bring in an exhibit")
        self.fill("exhibit", exhibit)
        self.page.set_input_files("main [name=files]", files)
        self.button("Upload")
        done = self.say("All that could be read has been compared with what is held.")
        try:
            self.page.get_by_text(done).wait_for(timeout=EXAMINED_WITHIN_MS)
        except NotInTime as error:
            raise AssertionError(f"not compared in time: {self.text}") from error

    def has(self, text: str) -> bool:
        """Return whether the page says this, in its language."""
        return self.say(text) in self.text

    def fill(self, name: str, text: str) -> None:
        """Type into the field of this name attribute."""
        target = self.page.locator(f"main [name={name}]").first
        if self.by_keyboard:
            self._tab_to(target)
            self.page.keyboard.type(text)
        else:
            target.fill(text)

    def put(self, target: Locator, text: str) -> None:
        """Type into a field, or choose what has this value."""
        is_choice = target.evaluate("one => one.tagName") == "SELECT"
        if not self.by_keyboard:
            _ = target.select_option(text) if is_choice else target.fill(text)
            return
        self._tab_to(target)
        if is_choice:
            self._step_to(target, text)
        elif target.get_attribute("type") == "date":
            year, month, day = text.split("-")
            self.page.keyboard.type(f"{month}{day}{year}")  # as American browsers order a day
        else:
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)

    def press(self, target: Locator) -> None:
        """Press what leads to no other page."""
        if self.by_keyboard:
            self._tab_to(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def tick(self, name: str, value: str) -> None:
        """Tick a box."""
        target = self.page.locator(f"main [name={name}][value={value}]")
        if self.by_keyboard:
            self._tab_to(target)
            self.page.keyboard.press("Space")
        else:
            target.check()
        assert target.is_checked()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.address)

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def barriers(self) -> list[tuple[str, str, str]]:
        """Return what axe finds serious: page, rule, element. Without axe nothing: `test_accessible` says so."""
        with suppress(ImportError):
            from axe_playwright_python.sync_playwright import Axe

            # What is well is not described: it would be most of the answer.
            violations = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
            return [
                (self.path, one["id"], one["nodes"][0]["html"]) for one in violations if one["impact"] in BARS_SOMEBODY
            ]
        return []

    def is_too_wide(self, width_px: int) -> bool:
        """Return whether who has a window of this width has to scroll the page sideways."""
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": width_px, "height": 800})
        wide = self.page.evaluate("document.documentElement.scrollWidth") > width_px
        if before:
            self.page.set_viewport_size(before)
        return bool(wide)

    def _step_to(self, target: Locator, value: str) -> None:
        """Go through the options of a choice that has the focus until this one is chosen."""
        places = target.evaluate("one => [...one.options].map(each => each.value)")
        far = places.index(value) - target.evaluate("one => one.selectedIndex")
        for _ in range(abs(far)):
            self.page.keyboard.press("ArrowDown" if far > 0 else "ArrowUp")
        assert target.input_value() == value

    def _tab_to(self, target: Locator) -> None:
        element = target.element_handle()  # looked for once: by its name and role that takes longer than the key
        for _ in range(MOST_TABS):
            if element.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("what is wanted cannot be reached by the keyboard")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address + "/", "data:", "blob:")):
            self.complaints.append(f"request to {request.url}")

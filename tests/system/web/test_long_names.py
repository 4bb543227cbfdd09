"""A name of two hundred letters fits into the page, and a field that holds more is refused by the browser, uncut."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

WEB = Path(__file__).parents[3] / "src/tsunagu/web"
WIDTH = 1280
PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><style>{css}</style><main><h1>{name}</h1>
<table><tbody><tr><td><a href="#">{name}</a></td><td>victim identification</td><td class="when">2026-01-01 10:00</td>
</tr></tbody></table><input pattern=".{{1,200}}"></main></html>"""


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_long_name_wraps_and_a_longer_one_is_refused(language: str, chromium: Browser) -> None:
    css = (WEB / "static/web/tsunagu.css").read_text(encoding="utf-8")
    page = chromium.new_page(viewport={"width": WIDTH, "height": 800})
    page.set_content(PAGE.format(language=language, css=css, name="X" * 200))
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    for typed, is_taken in (("y" * 201, False), ("事" * 200, True)):
        page.fill("input", typed)
        assert page.evaluate("document.querySelector('input').value") == typed
        assert page.evaluate("document.querySelector('input').checkValidity()") is is_taken
    page.close()

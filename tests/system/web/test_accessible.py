"""No page bars anybody: neither what axe finds serious, in light, dark and both languages, nor scrolling sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .conftest import Workplace
from .seats import Seat
from .test_walk import sign_in

OPEN = ("/account/login/", "/nothing-here/")
OF_OFFICERS = ("/", "/cases/", "/overlaps/", "/notices/", "/ask/", "/banks/", "/account/2fa/", "/account/password/")
MORE_OF_OFFICERS = (
    "/alerts/", "/alerts/overdue/", "/comparisons/", "/counter/", "/enquiries/", "/enquiries/requests/",
    "/keys/", "/law/", "/my-ledger/", "/permissions/", "/referrals/", "/reports/", "/reports/new/",
    "/reports/passed-on/", "/series/", "/statistics/", "/submissions/", "/visits/",
)  # fmt: skip
"""Tried in the long round alone."""
NARROW_PX = 400
OF_ADMINISTRATORS = ("/officers/", "/proposals/", "/ledger/")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
def test_axe_finds_nothing_serious_on_any_page(
    scheme: str, workplace: Workplace, sit_down: Callable[..., Seat]
) -> None:
    pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="MISSING: axe-playwright-python. No page is tried for who sees or moves differently.",
    )
    found = []
    of_officers = OF_OFFICERS + (MORE_OF_OFFICERS if scheme == "dark" else ())
    for login, pages in ((None, OPEN), ("anna", of_officers), ("anna-admin", OF_ADMINISTRATORS)):
        for locale in ("en-US", "ja-JP") if login is None else ("en-US",):
            seat = sit_down(locale=locale)
            seat.page.emulate_media(color_scheme=scheme)
            if login:
                sign_in(seat, workplace, login)
            for path in pages:
                seat.open(path)
                found += seat.barriers() + ([(path, "scrolls sideways", "")] if seat.is_too_wide(NARROW_PX) else [])
            if login:
                keys = seat.page.locator("nav [data-key]").evaluate_all("all => all.map(one => one.dataset.key)")
                seat.page.keyboard.press("?")
                told = seat.page.locator("dialog[open] tbody tr:visible").all_inner_texts()
                assert {f"g {key}" for key in keys} <= {one.partition("\t")[0] for one in told}
                found += seat.barriers()
            seat.complaints = [one for one in seat.complaints if "404" not in one]
    assert found == []

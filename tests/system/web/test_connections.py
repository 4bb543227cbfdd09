"""Browsers keep their connections between two clicks; nobody waits for those of others."""

from __future__ import annotations

import time

import pytest

from bench.officers import Browser

from .conftest import Workplace

OFFICERS, A_BROWSERS_CONNECTIONS = 50, 6
SOON_S = 10


@pytest.mark.soak
def test_as_many_as_fifty_browsers_keep_open_hold_up_nobody(workplace: Workplace) -> None:
    port = int(workplace.address.rpartition(":")[2])
    browsers = [Browser(port) for _ in range(OFFICERS * A_BROWSERS_CONNECTIONS)]
    began = time.monotonic()
    try:
        assert {one.ask("GET", "/healthz")[0] for one in browsers} == {200}
        assert time.monotonic() - began < SOON_S
    finally:
        for one in browsers:
            one.hang_up()

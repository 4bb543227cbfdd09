"""Large uploads through the served workplace: broken off, killed in their middle; all arrives, once."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from ..conftest import ROOM_BYTES  # noqa: TID252 - tests are no package with a name
from .serving import CHUNK_BYTES, Made, Served, Upload
from .test_worker import admin_of

MIB, GIB = 1 << 20, 1 << 30
SIZES = [
    pytest.param([30 * MIB + 5, 19 * MIB, 1], 1, id="50 MB"),
    pytest.param([110 * MIB, 90 * MIB + 5], 3, marks=pytest.mark.soak, id="200 MB"),
    pytest.param([8 * GIB, 7 * GIB + 3, 5 * GIB], 12, marks=pytest.mark.soak, id="20 GB"),
]
EXAMINED_WITHIN_S = 1800
MOST_MEMORY_BYTES = GIB
"""Of the process that answers and the worker together: 350 MiB for 200 MB, 720 MiB for 20 GB. No file is held whole."""


def digests_of(house: Any) -> list[tuple[str, int]]:
    """Digest of each content that is held, with how many places hold it."""
    with admin_of(house) as admin:
        found = admin.execute(
            "SELECT encode(sha256, 'hex'), count(*) FROM media_item JOIN holding ON item_id = media_item.id "
            "GROUP BY media_item.id ORDER BY 1"
        )
        return [(digest, count) for digest, count in found.fetchall()]


@pytest.mark.parametrize(("sizes", "times"), SIZES)
def test_an_upload_outlasts_broken_connections_and_killed_servers_and_nothing_is_doubled(
    two_agencies: Any, sizes: list[int], times: int
) -> None:
    files = [Made(f"disk/{number}.img", size, number) for number, size in enumerate(sizes)]
    chunks, rng = sum(size // CHUNK_BYTES for size in sizes), random.Random(1)
    with two_agencies.copied(room_bytes=ROOM_BYTES + 2 * sum(sizes)) as house:
        house.run("case", "open", "DK-1", officer="anna")
        with Served.at(house) as served:
            upload = Upload(served.sit_down("anna"), "DK-1", "E1", files)
            began, peak = time.monotonic(), 0
            for _ in range(times):
                assert not upload.send(most_chunks=rng.randint(1, chunks // (2 * times)))
                upload.break_off()
                assert not upload.send(most_chunks=1)
                peak = max(peak, served.peak_bytes())
                served.kill_and_start()
                upload.browser.hang_up()
            assert upload.send()
            uploaded = time.monotonic()
            upload.finish()
            upload.wait_until_examined(EXAMINED_WITHIN_S)
            upload.browser.hang_up()
            peak = max(peak, served.peak_bytes())
            rates = [sum(sizes) / 1e6 / taken for taken in (uploaded - began, time.monotonic() - uploaded)]
            print("uploaded, with every restart, and examined:", *(f"{one:.0f} MB/s" for one in rates))
            print(f"memory: {peak / MIB:.0f} MiB")
            assert peak < MOST_MEMORY_BYTES
        assert digests_of(house) == sorted((one.digest(), 1) for one in files)
        assert [one for one in (house.home / "uploads").rglob("*") if one.is_file()] == []
        assert house.json("ledger", "verify")[0]["ledger_ok"] is True

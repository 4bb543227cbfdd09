"""How long it takes to compare new items with all that is held: by a published snapshot, and read from the tables.

Both ways find the same, which is checked. The second is what is done where no snapshot is published, and what is
compared grows with all that is held.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ITEMS = 1_000_000
AT_ONCE = (1, 100)
"""What one upload brings, and what a small seizure does."""


def measure(items: int, rounds: int) -> dict[str, Any]:
    """Fill a home, and return the figures: medians over the rounds."""
    from bench.workplace import make_workplace  # noqa: PLC0415 - Django is set up by now
    from tsunagu.config.application import Application  # noqa: PLC0415
    from tsunagu.services.overlaps.held_index import HeldIndex  # noqa: PLC0415
    from tsunagu.services.overlaps.likeness import load_kernels  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="tsunagu-bench-", dir="/tmp") as name:
        home = Path(name) / "home"
        Path(name).chmod(0o711)
        home.mkdir(mode=0o711)
        make_workplace(home, officers=2, items=items, now=datetime.now(UTC))  # noqa: TID251
        load_kernels()
        with Application({"TSUNAGU_HOME": str(home)}).open():
            index = HeldIndex.here()
            publish_s, _ = _timed(index.publish_if_due)
            size = sum(path.stat().st_size for path in (home / "index" / "held").glob("*.tsi"))
            figures = {str(count): _compared(index, count, rounds) for count in AT_ONCE}
    return {
        "held": items,
        "publish_s": round(publish_s, 1),
        "bytes_per_item": round(size / items),
        "items_at_once": figures,
    }


def _compared(index: Any, count: int, rounds: int) -> dict[str, float]:
    """Return how long it takes to compare so many items, each time others, either way."""
    from tsunagu.records.models import MediaItem  # noqa: PLC0415 - as above
    from tsunagu.records.session import LINKER, linking  # noqa: PLC0415
    from tsunagu.services.overlaps.likeness import Benign, find_links  # noqa: PLC0415

    took: dict[bool, list[float]] = {True: [], False: []}
    ids = MediaItem.objects.using(LINKER).order_by("-id").values_list("id", flat=True)
    with linking():
        benign = Benign.declared()
        for begin in range(0, rounds * count, count):
            asked = list(ids[begin : begin + count])
            found = []
            for with_snapshot in (True, False):
                began = time.perf_counter()
                held = index.held() if with_snapshot else None
                found.append({(one.item_a, one.item_b, one.evidence) for one in find_links(asked, benign, held)})
                took[with_snapshot].append(time.perf_counter() - began)
            if found[0] != found[1]:
                raise SystemExit("the two ways do not find the same")
    ours, tables = (statistics.median(took[one]) for one in (True, False))
    return {"snapshot_s": round(ours, 4), "tables_s": round(tables, 3), "ratio": round(tables / ours, 1)}


def _timed(do: Callable[[], object]) -> tuple[float, object]:
    began = time.perf_counter()
    done = do()
    return time.perf_counter() - began, done


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    figures = measure(given.items, given.rounds)
    if given.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>16}  {value}")


if __name__ == "__main__":
    main()

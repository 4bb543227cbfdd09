"""How well and how fast an invented list of customers is read and linked, and people's prefectures are told.

The truth comes from the generator, under a seed that nothing was tuned on. `link_s` is all from cells to clusters:
normal forms, comparisons, the weight of each field of each pair, clusters. What is sealed is not put into a database.
The list is invented by another process.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tsunagu.config.children import table_child
from tsunagu.domain.seized import ListMapping
from tsunagu.exchange.seized.delimited import SeizedRow
from tsunagu.exchange.seized.mapping import proposed_columns
from tsunagu.exchange.seized.oddities import Oddities
from tsunagu.exchange.seized.opening import opened
from tsunagu.records.kept_rows import KeptRow, rows_bytes
from tsunagu.records.seized_seals import ListSeal
from tsunagu.resolution.linking.linking import link
from tsunagu.resolution.linking.observed import Said, observed
from tsunagu.resolution.residence import residence_of

CHUNK_ROWS = 4000
SEED = 20_261
"""Nothing was tuned on it."""
COLUMNS = ("氏名", "フリガナ", "メールアドレス", "電話番号", "郵便番号", "住所", "生年月日")
INVENT = """
import sys
from tsunagu.resolution.invented.writing import write_list
with open(sys.argv[3], "wb") as out, open(sys.argv[4], "wb") as truth:
    write_list(int(sys.argv[1]), int(sys.argv[2]), out=out, truth=truth)
"""


def read(path: Path) -> tuple[list[Said], float]:
    """Return what each row of a list says, and the rows a second at which it was digested, read and sealed."""
    began = time.perf_counter()
    seal, said = ListSeal(UUID(int=0), bytes(32)), []
    with path.open("rb") as stream:
        hashlib.file_digest(stream, "sha256")
        stream.seek(0)
        found = opened(stream, ListMapping({}), readers=table_child)
        oddities = Oddities(found.columns, proposed_columns(found.columns), twice=found.twice)
        places = [found.columns.index(title) for title in COLUMNS]
        while chunk := [one for one in islice(found.rows, CHUNK_ROWS) if isinstance(one, SeizedRow)]:
            for one in chunk:
                oddities.take(one.cells, one.lossy)
                said.append(Said(*(one.cells[at] for at in places)))
            kept = [KeptRow(1, one.line, one.offset, one.raw, one.cells, one.lossy, "") for one in chunk]
            seal.sealed("rows", rows_bytes(kept))
    return said, len(said) / (time.perf_counter() - began)


def pairs_in(labels: NDArray[Any]) -> int:
    """Return how many pairs of rows have one label."""
    counts = np.unique(labels, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def quality(labels: NDArray[np.int32], people: NDArray[np.int64]) -> dict[str, float]:
    """Return the precision and the recall of the pairs that clusters put together, against the truth."""
    right = pairs_in(labels.astype(np.int64) * (int(people.max()) + 1) + people)
    return {
        "pair_precision": round(right / max(pairs_in(labels), 1), 5),
        "pair_recall": round(right / max(pairs_in(people), 1), 5),
    }


def prefectures(rows: list[Said], truth: list[dict[str, str]]) -> dict[str, float]:
    """Return how many answers are right, and how many of the answerable are answered."""
    found = [residence_of(postcode=row.postcode, address=row.address, phone=row.phone).prefecture for row in rows]
    answered = [(one, told["prefecture"]) for one, told in zip(found, truth, strict=True) if one is not None]
    answerable = [one for one, told in zip(found, truth, strict=True) if told["answerable"] == "yes"]
    return {
        "prefecture_right": round(sum(one == other for one, other in answered) / max(len(answered), 1), 5),
        "prefecture_answered": round(sum(one is not None for one in answerable) / max(len(answerable), 1), 5),
    }


def measure(count: int, seed: int) -> dict[str, Any]:
    """Return all figures of one list."""
    with tempfile.TemporaryDirectory() as folder:
        path, truth_path = Path(folder) / "list.csv", Path(folder) / "truth.csv"
        subprocess.run([sys.executable, "-c", INVENT, str(count), str(seed), str(path), str(truth_path)], check=True)
        rows, rate = read(path)
        with truth_path.open(encoding="utf-8", newline="") as file:
            truth = [
                {name: told[name] for name in ("person", "prefecture", "answerable")} for told in csv.DictReader(file)
            ]
    if len(rows) != count:
        raise SystemExit("not every row was read")
    began = time.perf_counter()
    labels = link(observed(rows)).clusters().labels
    took_s = time.perf_counter() - began
    return {
        "rows": count,
        "import_rows_per_s": round(rate),
        "link_s": round(took_s, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        **quality(labels, np.array([int(told["person"]) for told in truth], np.int64)),
        **prefectures(rows, truth),
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=7000)
    options.add_argument("--seed", type=int, default=SEED)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    figures = measure(asked.rows, asked.seed)
    if asked.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()

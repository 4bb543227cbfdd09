"""Lists to link: rows in a few words, among rows of people who never were."""

from __future__ import annotations

from functools import cache
from itertools import islice
from random import Random

import numpy as np

from tsunagu.resolution.invented.orders import Shop
from tsunagu.resolution.linking.linking import Linked, Reason, link
from tsunagu.resolution.linking.observed import Said, observed

NAME, KANA = "渡辺 太郎", "ワタナベ タロウ"
AT = {"postcode": "160-0023", "address": "東京都新宿区西新宿2-8-1"}


def said(
    name: str = NAME,
    kana: str = "",
    mail: str = "",
    phone: str = "",
    postcode: str = "",
    address: str = "",
    born: str = "",
) -> Said:
    """One row in a few words."""
    return Said(name, kana, mail, phone, postcode, address, born)


@cache
def crowd(rows: int = 600, seed: int = 77) -> tuple[tuple[Said, ...], tuple[int, ...]]:
    """Rows of an invented list, each with the number of whom it names."""
    orders = list(islice(Shop(Random(seed)).orders(), rows))
    return tuple(Said(*one.cells[1:8]) for one in orders), tuple(one.truth.person for one in orders)


def linked(*rows: Said) -> tuple[Linked, int]:
    """Link these rows among a crowd; return what came out, and which row is the first of these."""
    others, _ = crowd()
    return link(observed([*others, *rows])), len(others)


def pair_of(*rows: Said) -> tuple[str, dict[str, Reason]] | None:
    """Return the zone and the reasons of two rows among a crowd, or None where they were not even compared."""
    found, first = linked(*rows)
    at = np.flatnonzero((found.pairs == (first, first + 1)).all(axis=1))
    if not len(at):
        return None
    return zone_names()[found.zones[at[0]]], {one.field: one for one in found.reasons(int(at[0]))}


def zone_names() -> list[str]:
    """The zones in words, by their numbers."""
    return ["apart", "review", "link"]

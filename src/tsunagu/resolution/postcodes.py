"""Postcodes and where they lie, by all seven digits: two of them say nothing, and three do not for 22 prefixes."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from tsunagu.resolution.tables import rows
from tsunagu.resolution.writing import plain

DIGITS: Final = 7
_SHAPE: Final = re.compile(r"〒?\s*([0-9]{3})[-ー ]?\s?([0-9]{4})(?:\.0)?")
_LOST_ZERO: Final = re.compile(r"([0-9]{5,6})(?:\.0)?")


def postcode_of(text: str) -> str:
    """Return seven digits, or "" for what is no postcode; zeros that a spreadsheet took are put back.

    Six digits had one zero before them, five had two. Fewer are no postcode: no prefix begins with three zeros.
    """
    text = plain(text)
    if found := _SHAPE.fullmatch(text):
        return found[1] + found[2]
    if found := _LOST_ZERO.fullmatch(text):
        return found[1].zfill(DIGITS)
    return ""


def _codes(name: str) -> frozenset[int]:
    """Return the codes of a table of lines `060 0000 0001+5`: a prefix, then suffixes with how many follow each."""
    found: set[int] = set()
    for prefix, *runs in rows(name, None):
        for run in runs:
            first, _, more = run.partition("+")
            start = int(prefix) * 10_000 + int(first)
            found.update(range(start, start + int(more or 0) + 1))
    return frozenset(found)


@cache
def _assigned() -> frozenset[int]:
    return _codes("assigned.txt")


@cache
def _firms() -> frozenset[int]:
    return _codes("firms.txt")


@cache
def _prefixes() -> dict[str, str]:
    return {prefix: code for prefix, code in rows("prefixes.tsv")}  # noqa: C416 - pairs of a list of lists


@cache
def _exceptions() -> dict[str, frozenset[str]]:
    return {postcode: frozenset(codes.split()) for postcode, codes in rows("exceptions.tsv")}


def is_firms(postcode: str) -> bool:
    """Return whether a code belongs to one large receiver of post or to post-office boxes: nobody lives there."""
    return bool(postcode) and int(postcode) in _firms()


def postcode_prefectures(postcode: str) -> frozenset[str]:
    """Return the codes of the prefectures that a town's postcode lies in: one; two for three codes; none of no town.

    A firm's code answers nothing here either.
    """
    if not postcode or int(postcode) not in _assigned():
        return frozenset()
    return _exceptions().get(postcode) or frozenset({_prefixes()[postcode[:3]]})

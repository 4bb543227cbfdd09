"""The 47 prefectures, their names in an address, and the municipalities that lie in each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from tsunagu.resolution.tables import rows
from tsunagu.resolution.variants import folded

_COUNTY: Final = re.compile(r"^[^市区町村]{1,5}?郡(?=.+[町村])")
_SMALL_KE: Final = str.maketrans("ヶヵがガ", "ケケケケ")


@dataclass(frozen=True, slots=True)
class Prefecture:
    """One prefecture.

    Attributes:
        code: of JIS X 0401, "01" to "47".
        name: in Japanese, with its ending.
        kana: its name in katakana.
        english: its name in English.
        area_code: of the telephones of its capital.
    """

    code: str
    name: str
    kana: str
    english: str
    area_code: str


@cache
def prefectures() -> dict[str, Prefecture]:
    """Return all 47 by their codes, in order."""
    return {row[0]: Prefecture(*row) for row in rows("prefectures.tsv")}


def place_key(text: str) -> str:
    """Return a place's name without the differences that people do not keep: ヶ ケ が, 邊 辺."""
    return folded(text).translate(_SMALL_KE)


@cache
def _by_name() -> dict[str, str]:
    return {place_key(one.name): one.code for one in prefectures().values()}


@cache
def _municipalities() -> tuple[dict[str, frozenset[str]], int]:
    """Return in which prefectures a municipality of a name lies, with its county and without, and the longest name."""
    found: dict[str, set[str]] = {}
    for code, city in rows("municipalities.tsv"):
        name = place_key(city)
        ward = re.match("(.+市)(.+区)$", name)
        for one in {name, _COUNTY.sub("", name), *(ward.groups() if ward else ())}:
            found.setdefault(one, set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}, max(map(len, found))


def named_prefecture(place: str) -> tuple[str, int]:
    """Return the code of the prefecture whose name `place` (a place's key) begins with, and how long that is.

    Without one it returns ("", 0). 京都 is a prefecture only as 京都府 or before a 市, and 東京 is 東京都.
    """
    for length in (3, 4):
        if code := _by_name().get(place[:length]):
            return code, length
    return "", 0


@lru_cache(maxsize=1 << 16)
def _of_municipality(head: str) -> frozenset[str]:
    table, _ = _municipalities()
    for length in range(len(head), 1, -1):
        codes = table.get(head[:length])
        if codes and (length < len(head) or head[-1] not in "町村"):
            return codes
    return frozenset()


def municipality_prefectures(place: str) -> frozenset[str]:
    """Return the codes of every prefecture with a municipality that `place` begins with.

    府中市 and 伊達市 lie in two; 北区 and 港区 are wards of several cities. A name that ended by a merger is not known,
    and nothing is returned for it, nor for a 町 or 村 that nothing follows: 大和町1-2 is a street in some city.

    Args:
        place: a place's key, without prefecture and county.
    """
    return _of_municipality(place[: _municipalities()[1]])

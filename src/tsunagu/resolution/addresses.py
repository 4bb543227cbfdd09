"""Japanese addresses: the place before the first number, the numbers, and what says that nobody lives there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tsunagu.resolution.prefectures import named_prefecture, place_key
from tsunagu.resolution.writing import plain

_KANJI_DIGITS: Final = {"〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_KANJI_NUMBER: Final = re.compile(r"([〇一二三四五六七八九十]{1,3})(?=丁目|番|号|-|ノ|の[0-9一-九])")
_BETWEEN: Final = re.compile(r"丁目|番地の|番地ノ|番地|番丁|番|号室|号|ノ(?=[0-9])|の(?=[0-9])")
_NEEDS_WORK: Final = re.compile("[目番号ノの]")
_NUMBERS: Final = re.compile(r"[0-9]+(?:-+[0-9]+)*")
_WHERE: Final = re.compile(r"大字|(?<=[市町村区])字|\s")
_COUNTY: Final = re.compile(r"^[^市区町村]{1,5}?郡(?=.+?[町村])")
_ROOM: Final = re.compile(r"([0-9]{1,5})(?:号室|号|F|階)?$")
_NOT_A_HOME: Final = re.compile(
    r"私書箱|局留|営業所止|センター止|気付|株式会社|有限会社|\(株\)|\(有\)|合同会社|支店|支社|営業所|本社"
    r"|セブン-?イレブン|ファミリーマート|ローソン|ミニストップ|コンビニ|PUDO|宅配便?ロッカー"
)


@dataclass(frozen=True, slots=True)
class Address:
    """The normal forms of one address.

    Attributes:
        prefecture: the code of the prefecture that it names, or "".
        place: what follows up to the first number: no county, no 大字, ヶ ケ が as one.
        house: block, number and house as `2-8-1`, at most three numbers; "" where none is given.
        room: the room, or "" where none is given: a house without one is not another house.
        is_home: False where the text says that it is a firm, a box, a shop or a post office.
    """

    prefecture: str
    place: str
    house: str
    room: str
    is_home: bool


def address_of(text: str) -> Address:
    """Return the normal forms of an address; what is empty has empty forms."""
    if not text:
        return _NOWHERE
    text = plain(text)
    is_home = _NOT_A_HOME.search(text) is None
    if _NEEDS_WORK.search(text):
        text = _KANJI_NUMBER.sub(lambda found: str(_number(found[1])), text)
        text = _BETWEEN.sub("-", text)
    found = _NUMBERS.search(text)
    if found is None:
        return Address(*_place(text), "", "", is_home)
    rest = text[found.end() :].strip(" -")
    parts = [part.lstrip("0") or "0" for part in found[0].split("-") if part]
    room = "-".join(parts[3:])
    if not room and rest and (at_end := _ROOM.search(rest)):
        room = at_end[1].lstrip("0")
    return Address(*_place(text[: found.start()]), "-".join(parts[:3]), room, is_home)


_NOWHERE: Final = Address("", "", "", "", is_home=True)


@lru_cache(maxsize=1 << 16)
def _place(head: str) -> tuple[str, str]:
    """Return the prefecture's code and the place's key of what stands before the first number."""
    place = place_key(_WHERE.sub("", head))
    prefecture, length = named_prefecture(place)
    return prefecture, _COUNTY.sub("", place[length:])


def _number(kanji: str) -> int:
    """Return the value of a number up to 99 in kanji, such as 十二 or 二十."""
    tens, ten, ones = kanji.partition("十")
    if not ten:
        return int("".join(str(_KANJI_DIGITS[one]) for one in kanji))
    return 10 * _KANJI_DIGITS.get(tens, 1) + _KANJI_DIGITS.get(ones, 0)

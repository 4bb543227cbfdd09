"""What the shipped rules say, in Japanese, for forms and pages: `law_words.tsv` has one text a line.

An agency's own words stand as they are, but for acts and articles that are named as the shipped rules name them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

_NAMES: Final = MappingProxyType(
    {
        (1999, 52): "児童買春、児童ポルノに係る行為等の規制及び処罰並びに児童の保護等に関する法律",
        (
            2023,
            67,
        ): "性的な姿態を撮影する行為等の処罰及び押収物に記録された性的な姿態の影像に係る電磁的記録の消去等に関する法律",
        (2008, 79): "青少年が安全に安心してインターネットを利用できる環境の整備等に関する法律",
    }
)
_ACT: Final = re.compile(r"Act (\d+) of (\d{4})[^,]*(?:, as amended by Act (\d+) of (\d{4}))?")
_PROVISION: Final = re.compile(r"Art\. (\d+)((?:(?:, )?\(\d+\))*)")
_ERAS: Final = ((2019, "令和"), (1989, "平成"), (1926, "昭和"))


def law_in_japanese(text: str) -> str:
    """Return what a rule says, is called or rests on, in Japanese; a text that is not known as it is."""
    return _texts().get(text) or _act(text) or _provision(text) or text


@cache
def _texts() -> Mapping[str, str]:
    table = files("tsunagu.exchange").joinpath("law_words.tsv").read_text(encoding="utf-8")
    return {one["text"]: one["japanese"] for one in csv.DictReader(table.splitlines(), delimiter="\t")}


def _act(text: str) -> str | None:
    """Return what an act is called, with its number and by which other it was amended."""
    found = _ACT.fullmatch(text)
    name = _NAMES.get((int(found[2]), int(found[1]))) if found else None
    if found is None or name is None:
        return None
    amended = f"（{_number(found[4], found[3])}による改正後）" if found[3] else ""
    return f"{name}（{_number(found[2], found[1])}）{amended}"


def _provision(text: str) -> str | None:
    """Return what an article and its paragraphs are called."""
    found = _PROVISION.fullmatch(text)
    if found is None:
        return None
    paragraphs = "、".join(f"第{one}項" for one in re.findall(r"\((\d+)\)", found[2]))
    return f"第{found[1]}条{paragraphs}"


def _number(year: str, act: str) -> str:
    began, era = next(one for one in _ERAS if one[0] <= int(year))
    counted = int(year) - began + 1
    return f"{era}{counted if counted > 1 else '元'}年法律第{act}号"

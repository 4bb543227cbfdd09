"""What texts of Japan's law and their elements are called in Japanese; whatever is not known here stands as it is."""

from __future__ import annotations

import re
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
ELEMENTS: Final = MappingProxyType(
    {
        "who is shown was under 18": "描写された者が18歳未満であること",
        "it is one of the three kinds that Art. 2(3) describes": "第2条第3項各号のいずれかに該当すること",
        "held or stored on the date of the act itself, which an order or a purchase alone does not show": (
            "行為日に現に所持し、又は保管していたこと（注文又は購入の事実のみでは足りない）"
        ),
        "came to hold it of his own will": "自己の意思に基づいて所持し、又は保管するに至ったこと",
        "that it was of his own will is clear from objective evidence": (
            "自己の意思に基づくことが客観的証拠から明らかに認められること"
        ),
        "to satisfy his own sexual curiosity": "自己の性的好奇心を満たす目的であること",
        "provided, or produced, held, carried or stored": "提供し、又は製造し、所持し、運搬し若しくは保管したこと",
        "where it was not provided, done in order to provide it": "提供していないときは、提供する目的で行ったこと",
        "provided to many or to unspecified persons, or displayed in public": (
            "不特定若しくは多数の者に提供し、又は公然と陳列したこと"
        ),
        "provided, produced or displayed in public": "提供し、製造し、又は公然と陳列したこと",
        "filmed without the child's knowing": "ひそかに撮影したこと",
        "another had the child take the pose": "児童に姿態をとらせたこと",
    }
)
"""What the shipped rules say of each element; an agency's own words stand as they are."""


def instrument_in_japanese(text: str) -> str:
    """Return what an act is called, with its number and by which other it was amended."""
    found = _ACT.fullmatch(text)
    name = _NAMES.get((int(found[2]), int(found[1]))) if found else None
    if found is None or name is None:
        return text
    amended = f"（{_number(found[4], found[3])}による改正後）" if found[3] else ""
    return f"{name}（{_number(found[2], found[1])}）{amended}"


def provision_in_japanese(text: str) -> str:
    """Return what an article and its paragraphs are called."""
    found = _PROVISION.fullmatch(text)
    if found is None:
        return text
    paragraphs = "、".join(f"第{one}項" for one in re.findall(r"\((\d+)\)", found[2]))
    return f"第{found[1]}条{paragraphs}"


def _number(year: str, act: str) -> str:
    began, era = next(one for one in _ERAS if one[0] <= int(year))
    counted = int(year) - began + 1
    return f"{era}{counted if counted > 1 else '元'}年法律第{act}号"

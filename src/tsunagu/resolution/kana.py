"""Kana in one form: katakana, full width, with the differences folded that people do not keep."""

from __future__ import annotations

import re
from typing import Final

from tsunagu.resolution.writing import plain

_TO_KATAKANA: Final = {code: code + 0x60 for code in range(0x3041, 0x3097)} | {0x309D: 0x30FD, 0x309E: 0x30FE}
_ONE_SOUND: Final = (
    ("ヴァ", "バ"), ("ヴィ", "ビ"), ("ヴェ", "ベ"), ("ヴォ", "ボ"), ("ヴ", "ブ"),
    ("ヂ", "ジ"), ("ヅ", "ズ"), ("ヲ", "オ"), ("ヰ", "イ"), ("ヱ", "エ"), ("ヷ", "バ"), ("ヶ", "ケ"), ("ヵ", "カ"),
)  # fmt: skip
_DASH_FOR_LONG: Final = re.compile("(?<=[ァ-ヺ])-")
_KANA: Final = re.compile(r"[ァ-ヺーヽヾ]+(?:[ ・=][ァ-ヺーヽヾ]+)*")


def katakana(text: str) -> str:
    """Return `text` plain, with hiragana and half-width kana as full-width katakana."""
    return plain_katakana(plain(text))


def plain_katakana(text: str) -> str:
    """Return the same of a text that is plain already."""
    if text.isascii():
        return text
    text = text.translate(_TO_KATAKANA)
    return _DASH_FOR_LONG.sub("ー", text) if "-" in text else text


def is_kana(text: str) -> bool:
    """Return whether `text`, as `katakana` gives it, is kana alone, in words."""
    return _KANA.fullmatch(text) is not None


def one_sound(text: str) -> str:
    """Return katakana with letters of one sound as one: ヴ as ブ, ヂ as ジ, ヅ as ズ."""
    for two, one in _ONE_SOUND:
        if two in text:
            text = text.replace(two, one)
    return text

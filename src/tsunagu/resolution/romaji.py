"""Kana in Latin letters, by the three systems in use, and one key under which all of them meet.

Sources: Cabinet Notification No. 1 of 1954 (Kunrei, table 1; Hepburn, table 2); the passport spelling of the Ministry
of Foreign Affairs, which writes no long vowel, M before B, M and P, and allows OH for a long O.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tsunagu.resolution.kana import is_kana, katakana, one_sound


class Romaji(StrEnum):
    """A way to write Japanese in Latin letters."""

    HEPBURN = "hepburn"
    KUNREI = "kunrei"
    PASSPORT = "passport"


_VOWELS: Final = "aiueo"
_ROWS: Final = {
    "": "アイウエオ", "k": "カキクケコ", "s": "サシスセソ", "t": "タチツテト", "n": "ナニヌネノ", "h": "ハヒフヘホ",
    "m": "マミムメモ", "r": "ラリルレロ", "g": "ガギグゲゴ", "z": "ザジズゼゾ", "d": "ダヂヅデド", "b": "バビブベボ",
    "p": "パピプペポ",
}  # fmt: skip
_KUNREI: Final = {
    kana: consonant + vowel for consonant, row in _ROWS.items() for kana, vowel in zip(row, _VOWELS, strict=True)
} | {"ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヂ": "zi", "ヅ": "zu"}
_Y: Final = {"ャ": "a", "ュ": "u", "ョ": "o"}
_SMALL_VOWELS: Final = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_TO_HEPBURN: Final = (
    ("sy", "sh"), ("ty", "ch"), ("zy", "j"), ("si", "shi"), ("ti", "chi"), ("tu", "tsu"), ("zi", "ji"),
)  # fmt: skip
_FROM_HEPBURN: Final = (
    ("tchi", "tti"), ("tch", "tty"), ("chi", "ti"), ("cha", "tya"), ("chu", "tyu"), ("cho", "tyo"), ("che", "tye"),
    ("shi", "si"), ("sh", "sy"), ("tsu", "tu"), ("dzu", "zu"), ("du", "zu"), ("di", "zi"), ("f", "hu"),
    ("jy", "j"), ("ji", "zi"), ("j", "zy"), ("v", "b"), ("l", "r"), ("huu", "hu"),
)  # fmt: skip
_MACRONS: Final = str.maketrans("āīūēōâîûêôÂÎÛÊÔĀĪŪĒŌ", "aiueoaiueoAIUEOAIUEO")
_FU: Final = re.compile("(?<![cs])hu")
_BEFORE_LIPS: Final = re.compile("n(?=[bmp])")
_OH: Final = re.compile(r"oh(?![aiueoy])")
_DOUBLED: Final = re.compile(r"(.)\1+")
_ROMAN: Final = re.compile(r"[A-Za-z][A-Za-z'.-]*")


@lru_cache(maxsize=1 << 16)
def romaji(kana: str, system: Romaji) -> str:
    """Return katakana in Latin small letters; what is no kana stays as it is.

    A long vowel is written out by HEPBURN and KUNREI (`satou`), and left out by PASSPORT (`sato`).
    """
    parts: list[str] = []
    for letter in one_sound(katakana(kana)):
        last = parts[-1] if parts else ""
        if letter in _Y and last.endswith("i"):
            parts[-1] = last[:-1] + "y" + _Y[letter]
        elif letter in _SMALL_VOWELS:
            parts[-1:] = [last[:-1] + _SMALL_VOWELS[letter]] if len(last) > 1 else [last, _SMALL_VOWELS[letter]]
        elif letter == "ー":
            parts.append(last[-1:] if last[-1:] in _VOWELS else "")
        else:
            parts.append({"ッ": "'", "ン": "n"}.get(letter) or _KUNREI.get(letter, letter))
    text = re.sub(r"'([^aiueon' ])", r"\1\1", "".join(parts)).replace("'", "")
    if system is Romaji.KUNREI:
        return text
    for kunrei, hepburn in _TO_HEPBURN:
        text = text.replace(kunrei, hepburn)
    text = _FU.sub("fu", text).replace("cch", "tch")
    if system is Romaji.PASSPORT:
        text = _BEFORE_LIPS.sub("m", re.sub("o[ou]+", "o", re.sub("u{2,}", "u", text)))
    return text


def is_roman(text: str) -> bool:
    """Return whether `text`, plain, is words of Latin letters alone."""
    words = text.translate(_MACRONS).replace(",", " ").split()
    return bool(words) and all(_ROMAN.fullmatch(word) for word in words)


@lru_cache(maxsize=1 << 16)
def sound_key(word: str) -> str:
    """Return the key under which kana and every romaji of one word meet, or "" for what is neither.

    It is coarse on purpose: 大野 and 小野 are both ONO in a passport. Two words with one key may be the same, no more.
    """
    kana = katakana(word)
    if is_kana(kana):
        text = romaji(kana, Romaji.KUNREI).replace(" ", "")
    elif is_roman(kana):
        text = re.sub("[^a-z]", "", kana.translate(_MACRONS).lower())
        for hepburn, kunrei in _FROM_HEPBURN:
            text = text.replace(hepburn, kunrei)
    else:
        return ""
    text = _OH.sub("o", re.sub("m(?=[bmp])", "n", text))
    for _ in range(3):
        text = _DOUBLED.sub(r"\1", text).replace("ou", "o")
    return text

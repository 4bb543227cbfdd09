"""A person's name as a list has it: how it is written, and how it sounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tsunagu.resolution.kana import is_kana, katakana
from tsunagu.resolution.romaji import sound_key
from tsunagu.resolution.writing import plain, written

_TITLES: Final = re.compile(r"\s*(様|さま|殿|御中|さん|氏)$")
_ENDS_OF_TITLES: Final = frozenset("様ま殿中ん氏")


@dataclass(frozen=True, slots=True)
class Name:
    """The normal forms of one name. Every one is a key to find by; what is shown is what the list has.

    Attributes:
        written: kanji with their variants folded, without a space; "" where the list has kana or romaji alone.
        written_parts: family and given name as written, where a space parts them; else empty.
        sounds: the sound keys of the name's parts, from kana or romaji; empty where the list has kanji alone.
        is_ordered: whether the first sound is known to be the family name: kana yes, romaji no.
    """

    written: str = ""
    written_parts: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    is_ordered: bool = True

    @property
    def sound(self) -> str:
        """Return the name's sound with its parts in order of the alphabet: romaji come in either order."""
        return " ".join(sorted(self.sounds))


@lru_cache(maxsize=1 << 16)
def name_of(text: str, kana: str = "") -> Name:
    """Return the normal forms of a name, with the reading that the list gives beside it, if any.

    One kanji has many readings: without kana or romaji no sound is claimed.
    """
    words, reading = _words(text), _words(kana)
    sounds, is_ordered = _sounds(reading), all(one.is_kana for one in reading)
    if words and all(one.sound for one in words):
        return (
            Name("", (), sounds, is_ordered)
            if sounds
            else Name("", (), _sounds(words), all(one.is_kana for one in words))
        )
    parts = tuple(one.written for one in words)
    return Name("".join(parts), parts if len(parts) == 2 else (), sounds, is_ordered=is_ordered or not sounds)


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a name: how it is written, how it sounds or "", whether it is kana."""

    written: str
    sound: str
    is_kana: bool


@lru_cache(maxsize=1 << 16)
def _word(text: str) -> _Word:
    return _Word(written(text), sound_key(text), is_kana(katakana(text)))


def _words(text: str) -> list[_Word]:
    """Return the words of a name as it came, without a title behind it."""
    if not text:
        return []
    text = plain(text)
    if text[-1] in _ENDS_OF_TITLES:
        text = _TITLES.sub("", text)
    return [_word(word) for word in text.replace(",", " ").replace("・", " ").split()]


def _sounds(words: list[_Word]) -> tuple[str, ...]:
    """Return the sound key of each word, or nothing when one has none."""
    keys = tuple(one.sound for one in words)
    return keys if all(keys) else ()

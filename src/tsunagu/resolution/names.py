"""A person's name as a list has it: how it is written, and how it sounds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tsunagu.resolution.kana import is_kana, katakana
from tsunagu.resolution.romaji import is_roman, sound_key
from tsunagu.resolution.writing import plain, written

_TITLES: Final = re.compile(r"\s*(様|さま|殿|御中|さん|氏)$")


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
    text = _TITLES.sub("", plain(text))
    reading = katakana(_TITLES.sub("", plain(kana)))
    sounds = _sounds(reading)
    own = katakana(text)
    if is_kana(own) or is_roman(own):
        return Name("", (), sounds or _sounds(own), is_ordered=is_kana(reading) if sounds else is_kana(own))
    parts = tuple(written(part) for part in text.split())
    return Name(written(text), parts if len(parts) == 2 else (), sounds, is_ordered=not sounds or is_kana(reading))


def _sounds(text: str) -> tuple[str, ...]:
    """Return the sound key of each word, or nothing when one has none."""
    keys = tuple(sound_key(word) for word in re.split(r"[ ,・]+", text) if word)
    return keys if all(keys) else ()

"""Text as one would write it: one width, one dash, one space."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from tsunagu.resolution.variants import VARIANTS

_DASH: Final = re.compile("[\u2010\u2012-\u2015\u2212\u2500\u2501]")
_WAVE: Final = "\u301c"
LOST_MARKS: Final = "\ufffd〓"
"""What stands where a character could not be kept; an encoder's "?" is one too, but may also be meant."""


def plain(text: str) -> str:
    """Return `text` in NFKC, with one dash, one wave and single spaces, without any at its ends.

    0x8160 and 0x817C of cp932 and shift_jis come out as two characters each: both are folded here.
    """
    if text.isascii():
        return " ".join(text.split())
    text = unicodedata.normalize("NFKC", text)
    if _DASH.search(text):
        text = _DASH.sub("-", text)
    return " ".join(text.replace(_WAVE, "~").split())


def written(text: str) -> str:
    """Return the key by which written names are compared: plain, no space, kanji variants folded, small letters."""
    return plain(text).translate(VARIANTS).replace(" ", "").replace("・", "").lower()


def is_lossy(text: str) -> bool:
    """Return whether a character of `text` was lost before it came here; what it was is never guessed."""
    return any(mark in text for mark in LOST_MARKS) or ("?" in text and not text.isascii())

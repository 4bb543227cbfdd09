"""Which encoding a column of bytes is in: columns of one file may differ, and some were encoded twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

LOST: Final = "\ufffd"
_LOST_ELSEWHERE: Final = "〓"
_KANA_ROWS: Final = frozenset({0xA4, 0xA5, 0xA1, 0xA3})
_BETWEEN: Final = "\x1f"
"""Stands between cells that are decoded together: in no encoding is it a part of another character."""
_LEVEL_1: Final = range(0xB0, 0xD0)
_HALF_WIDTH: Final = range(0xFF61, 0xFFA0)


class Encoding(StrEnum):
    """How text became bytes. `cp932` and not `shift_jis`: 髙, 﨑 and ① are in the former alone."""

    UTF_8 = "utf-8"
    CP932 = "cp932"
    EUC_JP = "euc-jp"
    UTF_8_TWICE = "utf-8 twice"


def decoded(data: bytes, encoding: Encoding) -> tuple[str, bool]:
    """Return the text of one cell, and whether a character of it is lost; what it was is never guessed.

    What cannot be decoded becomes U+FFFD. UTF_8_TWICE is UTF-8 that was read as Windows-1252 and written as UTF-8
    again, as databases do whose connection was set up wrongly.
    """
    if data.isascii():
        return data.decode("ascii"), False
    try:
        if encoding is Encoding.UTF_8_TWICE:
            return _once(data.decode("utf-8")), False
        text = data.decode(encoding.value)
    except UnicodeError:
        codec = "utf-8" if encoding is Encoding.UTF_8_TWICE else encoding.value
        return data.decode(codec, "replace"), True
    return text, LOST in text or _LOST_ELSEWHERE in text or ("?" in text and _is_japanese(text))


class RowDecoder:
    """Decodes whole rows at once where all of a row is in one encoding and nothing is lost; cell by cell otherwise."""

    def __init__(self, encodings: Sequence[Encoding]) -> None:
        """Take the encoding of each column."""
        self._encodings = tuple(encodings)
        plain = [one for one in encodings if one is not Encoding.UTF_8_TWICE]
        self._most = max(set(plain), key=plain.count, default=Encoding.UTF_8)
        self._others = tuple(at for at, one in enumerate(encodings) if one is not self._most)

    def decoded(self, cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Return what the cells of a row say, and the places of those in which a character is lost.

        Args:
            cells: one a column, each byte as one character.
        """
        joined = _BETWEEN.join(cells)
        if joined.isascii():
            return tuple(cells), ()
        if joined.count(_BETWEEN) == len(cells) - 1 and "".join([cells[at] for at in self._others]).isascii():
            try:
                text = joined.encode("latin-1").decode(self._most.value)
            except UnicodeDecodeError:
                return self._one_by_one(cells)
            if LOST not in text and _LOST_ELSEWHERE not in text and "?" not in text:
                return tuple(text.split(_BETWEEN)), ()
        return self._one_by_one(cells)

    def _one_by_one(self, cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
        found = [decoded(cell.encode("latin-1"), one) for cell, one in zip(cells, self._encodings, strict=True)]
        return tuple(text for text, _ in found), tuple(at for at, (_, is_lossy) in enumerate(found) if is_lossy)


def _once(text: str) -> str:
    """Return what text was before it was encoded again; bytes that Windows-1252 has not went through as they are.

    Raises:
        UnicodeError: it was not.
    """
    return bytes(ord(one) if ord(one) < 0x100 else one.encode("cp1252")[0] for one in text).decode("utf-8")


def likeliest(cells: Iterable[bytes]) -> Encoding:
    """Return the encoding in which most of a column's cells are Japanese that people write; UTF-8 where all are ASCII.

    It is a proposal to look at: a short column may be text in several.
    """
    sample = [cell for cell in cells if not cell.isascii()]
    if not sample:
        return Encoding.UTF_8
    return max(Encoding, key=lambda one: sum(_plausible(cell, one) for cell in sample))


def _plausible(cell: bytes, encoding: Encoding) -> float:
    """Return from 0 to 1 how much of a cell is kana and frequent kanji in an encoding; 0 where it is not in it."""
    try:
        text = _once(cell.decode("utf-8")) if encoding is Encoding.UTF_8_TWICE else cell.decode(encoding.value)
    except UnicodeError:
        return 0.0
    letters = [one for one in text if ord(one) >= 0x80]
    return sum(map(_frequent, letters)) / max(len(letters), 1)


def _frequent(letter: str) -> float:
    """Return 1 for kana and kanji of JIS level 1, half for half-width kana, less for what else is Japanese."""
    if ord(letter) in _HALF_WIDTH:
        return 0.5
    try:
        lead = letter.encode("euc_jp")[0]
    except UnicodeError:
        return 0.1 if "\u3000" <= letter <= "\u9fff" else 0.0
    return 1.0 if lead in _KANA_ROWS or lead in _LEVEL_1 else 0.3


def _is_japanese(text: str) -> bool:
    return any("\u3040" <= one <= "\u9fff" for one in text)

"""What codes of statistics are called, in English and in the words of the Japanese tables."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.resources import files

from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import Share


class Language(StrEnum):
    """The languages in which tables can be had."""

    ENGLISH = "en"
    JAPANESE = "ja"


@cache
def _names() -> dict[str, tuple[str, str]]:
    text = files("tsunagu.counting").joinpath("names.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {code: (english, japanese) for code, english, japanese in rows}


def name_of(code: str, language: Language) -> str:
    """Return what a code is called; of a category with parts the names from the whole to the part.

    Raises:
        InputError: nothing is called so.
    """
    names = [_names().get(one) for one in ([code] if code in _names() else code.split("/"))]
    if None in names:
        raise InputError("this code has no name")
    column = list(Language).index(language)
    return (": " if language is Language.ENGLISH else ":").join(one[column] for one in names if one)


def share_text(share: Share, language: Language) -> str:
    """Return a share with its two counts, such as `42.4 % (515 of 1,216 victims)`."""
    if language is Language.ENGLISH:
        return share.text
    unit = name_of(share.whole.unit.value, language)
    return f"{share.percent:.1f}%({share.whole.number:,}{unit}中{share.part.number:,}{unit})"


def code_called(name: str, among: str) -> str | None:
    """Return the code that a name stands for, in either language or as itself; None when there is none.

    Args:
        name: as somebody wrote it; case and spaces around do not matter.
        among: what its code begins with, such as `force:`; empty for any.
    """
    plain = name.strip().casefold()
    for code, names in _names().items():
        if code.startswith(among) and plain in {code, *(one.casefold() for one in names)}:
            return code
    return None


def force_codes() -> tuple[str, ...]:
    """Return the 47 forces, 01 to 47."""
    return tuple(sorted(code.removeprefix("force:") for code in _names() if code.startswith("force:")))

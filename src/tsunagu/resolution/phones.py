"""Japanese telephone numbers, also as spreadsheets leave them: without their zero, or as 9.0123E+10."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from tsunagu.resolution.writing import plain

_SCIENTIFIC: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}")
_NOT_DIGITS: Final = re.compile(r"[^0-9]")
_MOBILE: Final = re.compile(r"0[6789]0[0-9]{8}")
_LANDLINE: Final = re.compile(r"0[1-9][0-9]{8}")
_EXACT_DIGITS: Final = 10
"""So many digits a number needs that had a zero before it; fewer in scientific notation, and the end is lost."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in its national form.

    Attributes:
        digits: 10 or 11, with the zero.
        is_mobile: of a person rather than of a household.
        is_mended: whether a zero that was lost has been put back.
    """

    digits: str
    is_mobile: bool
    is_mended: bool = False


def phone_of(text: str) -> Phone | None:
    """Return a number, or None for what is none: too short, too long, or with its last digits lost to rounding."""
    text = plain(text)
    if _MOBILE.fullmatch(text):
        return Phone(text, is_mobile=True)
    if _SCIENTIFIC.fullmatch(text):
        text = _written_out(text)
    elif text.endswith(".0"):
        text = text[:-2]
    digits = _NOT_DIGITS.sub("", text)
    if text.startswith("+81") or digits.startswith("0081") or (digits.startswith("81") and len(digits) in {11, 12}):
        digits = "0" + digits.removeprefix("00").removeprefix("81").removeprefix("0")
    is_mended = not digits.startswith("0") and len(digits) in {9, 10}
    if is_mended:
        digits = "0" + digits
    if _MOBILE.fullmatch(digits):
        return Phone(digits, is_mobile=True, is_mended=is_mended)
    if _LANDLINE.fullmatch(digits) and not re.match("0[6789]0", digits):
        return Phone(digits, is_mobile=False, is_mended=is_mended)
    return None


def _written_out(text: str) -> str:
    """Return a number in scientific notation digit by digit, or "" when not all of its digits are there."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return ""
    if value != value.to_integral_value() or len(value.as_tuple().digits) < _EXACT_DIGITS - 1:
        return ""
    return str(int(value))

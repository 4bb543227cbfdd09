"""How values are written on a page."""

from __future__ import annotations

import json
import re
from collections.abc import ItemsView, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, gettext_noop, pgettext

from tsunagu.domain.case import CaseSummary
from tsunagu.domain.fingerprint import Turn
from tsunagu.domain.scheme import Element
from tsunagu.domain.writing import is_printable
from tsunagu.web.rooms import now

register = template.Library()

MOST_KEPT = 4096
"""Words and times that a process keeps as they are written, of each kind."""
NUMBER = re.compile(r"[0-9]+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.+]+)?")


@register.filter
def place(path: bytes) -> str:
    """Return a raw path as it can be shown: what is no UTF-8, or would not be printed, is escaped."""
    text = path.decode("utf-8", errors="backslashreplace")
    if is_printable(text):
        return text
    return "".join(one if is_printable(one) else one.encode("unicode_escape").decode("ascii") for one in text)


@register.filter
def hexadecimal(data: bytes | None) -> str:
    """Return bytes as hexadecimal digits; nothing for None."""
    return "" if data is None else data.hex()


@register.filter
def seconds(value: float) -> str:
    """Return seconds as minutes and seconds, such as 1:02."""
    whole = round(value)
    return f"{whole // 60}:{whole % 60:02}"


@register.filter
def unit(value: float) -> str:
    """Return a length of a drawing, the same in every language."""
    return f"{value:.1f}"


@register.filter
def add_to(value: float, other: float) -> str:
    """Return the sum of two lengths of a drawing."""
    return unit(value + other)


@register.filter
def turn(value: Turn | None) -> str:
    """Return how the other picture lies on one's own."""
    names = {
        Turn.UPRIGHT: gettext("upright"),
        Turn.ROTATED_90: gettext("turned left"),
        Turn.ROTATED_180: gettext("upside down"),
        Turn.ROTATED_270: gettext("turned right"),
        Turn.MIRRORED_UPSIDE_DOWN: gettext("mirrored top to bottom"),
        Turn.MIRRORED_LEFT_RIGHT: gettext("mirrored left to right"),
        Turn.TRANSPOSED: gettext("mirrored, turned left"),
        Turn.TRANSVERSED: gettext("mirrored, turned right"),
    }
    return "" if value is None else names[value]


@register.filter
def sentence(message: str) -> str:
    """Return the message of a failure as a sentence in the page's language; in English where it is not a fixed one."""
    text = gettext(message) if message else ""
    return text if not text or text.endswith("。") else f"{text[0].upper()}{text[1:]}."


@register.filter
def reason(english: str) -> str:
    """Return one reason of an overlap in the page's language: a fixed sentence, with one number at most."""
    number = NUMBER.search(english)
    if number is None:
        return gettext(english)
    return gettext(NUMBER.sub("{number}", english, count=1)).replace("{number}", intcomma(number[0]))


@register.filter
def word(code: str | None) -> str:
    """Return a word of the domain, such as a refusal, in the page's language; nothing for None.

    In English that is its code, with spaces in it: of an act or a permission what it is about, a colon, and the deed.
    """
    return _word(code, get_language()) if code else ""


@lru_cache(MOST_KEPT)
def _word(code: str, language: str | None) -> str:
    del language  # which names the word that is kept: `pgettext` speaks the active one
    said = pgettext("code", code)
    return said.replace("-", " ").replace("_", " ").replace(":", ": ") if said == code and code != "e-mail" else said


@register.filter
def day(value: date | str | None) -> str:
    """Return a day in the page's own form; nothing for None and for what a template finds missing."""
    return _written(value, gettext_noop("Y-m-d"), get_language()) if isinstance(value, date) else ""


@register.filter
def minute(value: datetime | str | None) -> str:
    """Return a time in the page's own form, to the minute, likewise."""
    return _written(value, gettext_noop("Y-m-d H:i"), get_language()) if isinstance(value, date) else ""


@lru_cache(MOST_KEPT)
def _written(value: date, form: str, language: str | None) -> str:
    # Lists tell the same times again and again, and to write one takes longer than anything else of a row.
    del language  # which names the form that is kept: `gettext` speaks the active one
    return date_format(localtime(value) if isinstance(value, datetime) else value, gettext(form))


@register.filter
def iso(value: datetime) -> str:
    """Return a time as ISO 8601, for programs."""
    return value.isoformat()


@register.filter
def weight(value: float) -> str:
    """Return a weight with two decimals."""
    return _rounded(value, get_language())


@lru_cache(MOST_KEPT)
def _rounded(value: float, language: str | None) -> str:
    del language  # as above
    return str(floatformat(value, 2))


@register.filter
def moment(value: object) -> str:
    """Return a day or a time that is written as ISO 8601 in the page's own form; any other text as it is."""
    text = str(value)
    if DAY.fullmatch(text) is None:
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return date_format(at, gettext("Y-m-d H:i") if "T" in text else gettext("Y-m-d"))


@register.filter
def in_order(names: Iterable[str]) -> list[str]:
    """Return names in the order of their letters."""
    return sorted(names)


@register.filter
def shows(mime: str | None) -> bool:
    """Return whether a content of this type is a picture or a video, which alone can be revealed."""
    return mime is not None and mime.startswith(("image/", "video/"))


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Return what a mapping holds under a key; nothing where it holds none."""
    return mapping.get(key, "")


@register.filter
def question(element: Element) -> str:
    """Return what a scheme asks in the page's language; in English where its words are not in that."""
    return element.question.get(get_language() or "en", element.question["en"])


@register.filter
def unlocalized(value: int) -> str:
    """Return a whole number as a form sends it."""
    return str(value)


@register.filter
def pairs(mapping: Mapping[str, Any] | None) -> ItemsView[str, Any]:
    """Return the keys of a mapping with their values; `mapping.items` would look for a key of that name first.

    None and what a template finds missing have no pairs.
    """
    return (mapping or {}).items()


@register.filter
def told(value: Any) -> str:
    """Return what a list says of an item under one name: words as they are, pairs in a row, the rest as JSON."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {told(one)}" for name, one in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def is_over(last: date | None) -> bool:
    """Return whether a last day is over, in UTC; what has none never is."""
    return last is not None and last < now().date()


@register.filter
def to_be_reviewed(case: CaseSummary) -> bool:
    """Return whether a case waits for its review today."""
    return case.waits_for_review(now().date())

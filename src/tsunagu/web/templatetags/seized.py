"""How what a seized list's pages tell is called: fields, stages, agreements, oddities, prefectures."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language, gettext, gettext_noop, pgettext, pgettext_lazy

from tsunagu.resolution.prefectures import prefectures

register = template.Library()

FIELDS = {
    "name": pgettext_lazy("seized list", "Name"),
    "kana": pgettext_lazy("seized list", "Reading"),
    "mail": pgettext_lazy("seized list", "E-mail"),
    "phone": pgettext_lazy("seized list", "Telephone"),
    "postcode": pgettext_lazy("seized list", "Postcode"),
    "address": pgettext_lazy("seized list", "Address"),
    "born": pgettext_lazy("seized list", "Date of birth"),
    "order": pgettext_lazy("seized list", "Order number"),
    "ordered-on": pgettext_lazy("seized list", "Ordered on"),
    "title-code": pgettext_lazy("seized list", "Code of the title"),
    "title": pgettext_lazy("seized list", "Title"),
    "payment": pgettext_lazy("seized list", "Payment"),
    "card-holder": pgettext_lazy("seized list", "Name on the card"),
    "sent-postcode": pgettext_lazy("seized list", "Postcode of delivery"),
    "sent-address": pgettext_lazy("seized list", "Address of delivery"),
    "sent-on": pgettext_lazy("seized list", "Sent on"),
    "remarks": pgettext_lazy("seized list", "Remarks"),
}
STAGES = {
    "rows": gettext_noop("Rows of the file"),
    "imported": gettext_noop("Rows imported"),
    "refused": gettext_noop("Rows refused"),
    "persons": gettext_noop("Persons whom they name"),
    "prefecture": gettext_noop("Persons with a prefecture of residence"),
    "prefecture-to-people": gettext_noop("Persons whose prefecture an officer has to decide"),
    "prefecture-unknown": gettext_noop("Persons of whom nothing tells a prefecture"),
    "leads": gettext_noop("Persons who are leads"),
    "of-interest": gettext_noop("Persons of interest"),
    "suspects": gettext_noop("Suspects: past the gate"),
    "juveniles": gettext_noop("Juveniles: handled apart"),
    "no-case": gettext_noop("Persons without a case"),
    "referred": gettext_noop("Persons of whom a package was sent"),
    "received": gettext_noop("Persons whose package was received"),
    "returned": gettext_noop("Persons whose package was returned"),
    "withdrawn": gettext_noop("Persons whose package was withdrawn"),
    "answered": gettext_noop("Persons of whom an outcome came back"),
    "cleared": gettext_noop("Persons against whom police have made out a case"),
    "packages": gettext_noop("Packages sent"),
    "packages-to-recall": gettext_noop("Packages to be recalled"),
    "pairs": gettext_noop("Pairs of rows that are linked, asked about or two people"),
    "pairs-linked": gettext_noop("Pairs that the machine has linked"),
    "pairs-apart": gettext_noop("Pairs that are two people"),
    "pairs-to-people": gettext_noop("Pairs that people are asked about"),
    "pairs-waiting": gettext_noop("Pairs of which no two people say the same yet"),
    "pairs-settled": gettext_noop("Pairs of which two people say the same"),
}
UNITS = {
    "rows": pgettext_lazy("unit", "rows"),
    "persons": pgettext_lazy("unit", "persons"),
    "pairs": pgettext_lazy("unit", "pairs"),
    "packages": pgettext_lazy("unit", "packages"),
}
METHODS = {
    "postcode": gettext_noop("by the postcode"),
    "prefecture named": gettext_noop("the address names it"),
    "municipality": gettext_noop("by the municipality"),
    "area code": gettext_noop("by the telephone's area code alone"),
    "conflict": gettext_noop("postcode and address contradict each other"),
    "no home": gettext_noop("nobody lives there: a firm, a box or a shop"),
    "moved": gettext_noop("the rows tell of different prefectures: moved, or two people"),
    "officer": gettext_noop("decided by an officer"),
    "nothing": gettext_noop("nothing tells it"),
}
AMBIGUOUS = {
    "postcode": gettext_noop("the postcode lies in several prefectures"),
    "municipality": gettext_noop("several prefectures have a municipality of this name"),
    "area code": gettext_noop("the area code belongs to several prefectures"),
}
"""What a method is called where it leaves several prefectures."""
AGREEMENTS = {
    "not comparable": gettext_noop("cannot be compared"),
    "same writing": gettext_noop("same writing"),
    "same sound": gettext_noop("same sound"),
    "same sound other kanji": gettext_noop("same sound, other kanji"),
    "possible reading": gettext_noop("a possible reading"),
    "nearly same sound": gettext_noop("nearly the same sound"),
    "family name only": gettext_noop("family name only"),
    "given name only": gettext_noop("given name only"),
    "different": pgettext_lazy("agreement", "different"),
    "missing": gettext_noop("missing in one or both"),
    "same": pgettext_lazy("agreement", "same"),
    "same mailbox": gettext_noop("same mailbox"),
    "same account elsewhere": gettext_noop("same account, other provider"),
    "same mobile": gettext_noop("same mobile telephone"),
    "same landline": gettext_noop("same landline"),
    "same house room missing": gettext_noop("same house, a room is missing"),
    "other room": gettext_noop("same house, other room"),
    "same town": gettext_noop("same part of town"),
}
ODDITIES = {
    "lossy": gettext_noop("a character is lost"),
    "encoded-twice": gettext_noop("encoded twice"),
    "era-date": gettext_noop("dates by eras"),
    "serial-date": gettext_noop("bare numbers of days"),
    "lost-zero": gettext_noop("a leading zero is lost"),
    "scientific": gettext_noop("numbers in scientific notation"),
}
FORMATS = {
    "delimited": gettext_noop("text with separated cells"),
    "workbook": gettext_noop("Excel workbook"),
    "sqlite": gettext_noop("SQLite database"),
    "sql": gettext_noop("database dump"),
    "json": gettext_noop("JSON"),
}
DELIMITERS = {
    "": gettext_noop("as the file itself tells"),
    "comma": gettext_noop("commas"),
    "semicolon": gettext_noop("semicolons"),
    "tab": gettext_noop("tabs"),
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "cp932": "Shift_JIS (cp932)",
    "euc-jp": "EUC-JP",
    "utf-8 twice": gettext_noop("UTF-8, encoded twice"),
}


@register.filter
def format_name(code: str) -> str:
    """Return what a file is read as."""
    return gettext(FORMATS[code])


@register.filter
def delimiter_name(code: str) -> str:
    """Return by what cells are separated."""
    return gettext(DELIMITERS[code])


@register.filter
def encoding_name(code: str) -> str:
    """Return what an encoding is called; a name that all the world uses stays as it is."""
    return gettext(ENCODINGS[code]) if code in ENCODINGS else code


@register.filter
def list_field(code: str) -> str:
    """Return what a field of a seized list is called."""
    return str(FIELDS[code])


@register.filter
def stage_name(code: str) -> str:
    """Return what a stage of the funnel counts; of one disposal, what that is called."""
    return gettext(STAGES[code]) if code in STAGES else pgettext("code", code)


@register.filter
def unit_name(code: str) -> str:
    """Return what one of a stage is."""
    return str(UNITS[code])


@register.filter
def method_name(code: str, several: object = None) -> str:
    """Return what a prefecture was told by, or why it was not; `several` are those that are left, if any."""
    return gettext(AMBIGUOUS[code] if several and code in AMBIGUOUS else METHODS[code])


@register.filter
def agreement(code: str) -> str:
    """Return how a field of two rows agrees."""
    told = AGREEMENTS[code]
    return gettext(told) if isinstance(told, str) else str(told)


@register.filter
def oddity_name(code: str) -> str:
    """Return what is odd about a cell."""
    return gettext(ODDITIES[code])


@register.filter
def prefecture_name(code: str | None) -> str:
    """Return a prefecture's name in the language of the page; nothing for None."""
    if not code:
        return ""
    one = prefectures()[code]
    return one.name if (get_language() or "").startswith("ja") else one.english


@register.filter
def prefecture_short(code: str) -> str:
    """Return a prefecture's name as it fits into a tile: in Japanese without its ending, but for 北海道."""
    name = prefecture_name(code)
    return name[:-1] if name.endswith(("都", "府", "県")) else name


@register.filter
def part_name(code: str, stage: str) -> str:
    """Return what a part of a stage is called: a refusal, a prefecture, a method or an answer."""
    if stage == "prefecture":
        return prefecture_name(code)
    if stage.startswith("prefecture-"):
        return method_name(code, several=stage == "prefecture-to-people")
    return pgettext("code", code)


@register.filter
def signed(bits: float) -> str:
    """Return a weight in bits with its sign."""
    return f"{bits:+.1f}".replace("-", "\u2212")

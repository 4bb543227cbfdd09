"""What people call units, populations, categories and rules, and the codes that these words stand for."""

from __future__ import annotations

import re
from functools import cache

from tsunagu.counting.names import code_called
from tsunagu.counting.reference import references
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import NATIONWIDE, SEIZED_LIST, Definition, Unit

PERCENT = re.compile(r"%|％|\bper ?cent(?:age)?\b")  # noqa: RUF001
_UNITS = {"case": "cases", "person": "persons", "people": "persons", "men": "persons", "suspects": "persons"}
_UNITS |= {"victim": "victims", "children": "victims", "被害児童": "victims", "被害児童数": "victims", "名": "persons"}
_UNITS |= {"検挙件数": "cases", "検挙人員": "persons"}
_UNITS |= {"row": "rows", "records": "rows", "purchasers": "rows", "listings": "rows", "products": "rows"}
_NATION = ("national", "nation", "country", "whole country", "japan", "japan (national)", "日本", "日本全国")
_POPULATIONS = dict.fromkeys(_NATION, NATIONWIDE)
_POPULATIONS |= dict.fromkeys(("mpd", "警視庁", "tokyo(mpd)", "metropolitan police"), "force:13")
_LIST = re.compile(r"\b(?:list|lists)\b|名簿")
"""Whoever speaks of a list means the seized one, whatever else he says of it."""
_STAGES = {"検挙": "cleared", "逮捕": "arrested", "送致": "referred", "送検": "referred", "書類送検": "referred"}
_STAGES |= {
    "referred-on-papers": "referred",
    "referred-in-custody": "referred",
    "viable": "workable",
    "起訴": "charged",
}
_STAGES |= {"indicted": "charged", "notified": "notified", "removed": "removed", "imported": "imported"}
_CATEGORIES = {"selfie": "csam/method:selfie", "selfies": "csam/method:selfie", "自画撮り": "csam/method:selfie"}
_CATEGORIES |= {"possession": "csam/possession-etc", "simple-possession": "csam/possession-etc/own-interest"}
_CATEGORIES |= {"child-pornography": "csam", "child-prostitution": "prostitution", "display": "csam/provision-display"}


class Unreadable(InputError):
    """A statement lacks something, or says something that is not known here; `reason` says which, as a code."""

    def __init__(self, message: str, reason: str) -> None:
        """Keep the reason, as a code."""
        super().__init__(message)
        self.reason = reason


@cache
def published() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the populations and categories of which anything was published, wholes before their parts."""
    categories = sorted({one.figure.category for one in references()}, key=lambda one: (one.count("/"), one))
    return frozenset(one.figure.population for one in references()), tuple(categories)


def unit_called(text: str) -> Unit | None:
    """Return the unit that a text names, such as `% of cases` or `identified victims`; None for none or several."""
    plain = re.sub(r"[_\-]", " ", PERCENT.sub(" ", text.casefold()))
    named = {_UNITS.get(one) or code_called(one, "") for one in (plain.strip(), *re.findall(r"\w+", plain))}
    found = [one for one in Unit if one.value in named]
    return found[0] if len(found) == 1 else None


def population_called(text: str) -> str:
    """Return the code of a population: the nation, a force, the seized list, or another that figures are known of.

    Raises:
        Unreadable: nobody published figures of it.
    """
    plain = re.sub(r"[_\s]+", " ", text.strip().casefold())
    code = code_called(plain, "") or code_called(plain.replace(" ", "-"), "")
    if code is None and _LIST.search(plain.replace("-", " ")):
        code = SEIZED_LIST
    if code is None:
        plain = re.sub(r"^(?:(?:from|in|of|on|within|across|the|a|all)\s+)+(?=\w)", "", plain)
        plain = re.sub(r"(?: prefectural police| prefecture| police|県警察本部|県警)$", "", plain)
        number = plain.removeprefix("jp-")
        plain = f"force:{number}" if re.fullmatch(r"\d\d", number) else plain
        code = _POPULATIONS.get(plain) or code_called(plain, "") or code_called(plain + "県", "force:")
    if code is None or not (code in published()[0] or code.startswith("force:")):
        raise Unreadable("nobody published figures of this population", "unknown-population")
    return code


def category_called(text: str) -> str | None:
    """Return the category that a text names, or None where it names none.

    Raises:
        Unreadable: nobody published figures of it.
    """
    plain = text.strip().casefold().replace("_", "-").replace(" ", "-")
    if not plain:
        return None
    known = published()[1]
    named = code_called(text, "")
    code = _CATEGORIES.get(plain) or next((one for one in known if one in {plain, named}), None)
    ending = plain if named is None else named
    code = code or next((one for one in known if one.rpartition("/")[2] == ending), None)
    if code is None:
        raise Unreadable("this category is not known here", "unknown-category")
    return code


def definition_called(text: str, unit: Unit) -> Definition | None:
    """Return the rule of counting that a text names, in a unit; None where it names none.

    Raises:
        Unreadable: there is none of this name that counts in this unit.
    """
    plain = text.strip().casefold().replace("_", "-").replace(" ", "-")
    if not plain:
        return None
    for code in (plain, _STAGES.get(plain, plain) + f"-{unit.value}", code_called(text, "")):
        if code in set(Definition):
            return Definition(code)
    raise Unreadable("this definition is not known here, or counts in another unit", "unknown-definition")

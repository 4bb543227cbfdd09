"""Tables of statements, CSV, TSV or JSON, as people bring them."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from tsunagu.counting.names import code_called
from tsunagu.counting.periods import parse_period
from tsunagu.counting.reference import references
from tsunagu.counting.statements import Number, Statement, StatementKind, parse_number
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import NATIONWIDE, SEIZED_LIST, Definition, FigureStatus, Period, Unit

MOST_ROWS = 2_000
MOST_BYTES = 4_000_000
_PERCENT = re.compile(r"%|％|\bper ?cent\b")  # noqa: RUF001
_COLUMNS = {"value": "number", "figure": "number", "year": "period", "date": "period", "measure": "category"}
_COLUMNS |= {"conduct": "category", "stage": "definition", "compared-with": "than", "baseline": "than"}

_UNITS = {"case": "cases", "person": "persons", "people": "persons", "men": "persons", "suspects": "persons"}
_UNITS |= {"victim": "victims", "children": "victims", "被害児童": "victims", "名": "persons"}
_UNITS |= {"row": "rows", "records": "rows", "purchasers": "rows", "listings": "rows", "products": "rows"}
_POPULATIONS = {
    "national": NATIONWIDE,
    "nation": NATIONWIDE,
    "japan": NATIONWIDE,
    "all": NATIONWIDE,
    "日本": NATIONWIDE,
}
_POPULATIONS |= {
    "country": NATIONWIDE,
    "whole country": NATIONWIDE,
    "all japan": NATIONWIDE,
    "all of japan": NATIONWIDE,
}
_POPULATIONS |= dict.fromkeys(
    (
        "list",
        "customer list",
        "seized list",
        "purchaser list",
        "7,000 list",
        "7000 list",
        "名簿",
        "顧客名簿",
        "購入者名簿",
    ),
    SEIZED_LIST,
)
_POPULATIONS |= {"mpd": "force:13", "警視庁": "force:13", "tokyo(mpd)": "force:13", "metropolitan police": "force:13"}
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


def read_rows(data: bytes) -> tuple[dict[str, str], ...]:
    """Return the rows of a table, each by the names of its columns, which are lower case with `-` between words.

    JSON is one object, a list of objects, or one object a line; anything else is CSV with commas, semicolons or tabs.

    Raises:
        InputError: it is no such table, too large, or names a column twice or none for the number.
    """
    if len(data) > MOST_BYTES:
        raise InputError("this table is too large")
    try:
        text = data.decode("utf-8-sig")
        rows = _json_rows(text) if text.lstrip()[:1] in {"[", "{"} else _csv_rows(text)
    except (UnicodeDecodeError, ValueError, RecursionError, csv.Error) as error:
        raise InputError("this is no table of figures in CSV or JSON, in UTF-8") from error
    if not rows or len(rows) > MOST_ROWS:
        raise InputError("a table of figures has 1 to 2,000 rows")
    if any("number" not in row for row in rows):
        raise InputError("a table of figures has a column `number`")
    return tuple(rows)


def read_statement(row: Mapping[str, str]) -> Statement:
    """Return the statement of one row.

    Raises:
        Unreadable: it lacks number, unit, population or period, or one of them is not known here.
    """
    number, unit = _number_and_unit(row)
    population = _population(_needed(row, "population", "no-population"))
    period = _period(_needed(row, "period", "no-period"))
    status = row.get("status", "").strip().casefold()
    try:
        return Statement(
            number=number,
            unit=unit,
            population=population,
            period=period,
            category=_category(row.get("category", "")),
            definition=_definition(row.get("definition", ""), unit),
            status=FigureStatus(status) if status and status != "forecast" else None,
            is_forecast=status == "forecast",
            than=_period(row["than"]) if row.get("than", "").strip() else None,
        )
    except ValueError as error:
        raise Unreadable("the status is provisional, final or forecast", "unknown-status") from error


@cache
def _published() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the populations and categories of which anything was published, wholes before their parts."""
    categories = sorted({one.figure.category for one in references()}, key=lambda one: (one.count("/"), one))
    return frozenset(one.figure.population for one in references()), tuple(categories)


def _needed(row: Mapping[str, str], column: str, reason: str) -> str:
    text = row.get(column, "").strip()
    if not text:
        raise Unreadable(f"a figure without {column} says nothing", reason)
    return text


def _number_and_unit(row: Mapping[str, str]) -> tuple[Number, Unit]:
    written = _needed(row, "number", "no-number")
    told = _needed(row, "unit", "no-unit").casefold()
    is_percent = _PERCENT.search(told) and not _PERCENT.search(written)
    try:
        number = parse_number(f"{written} %" if is_percent else written)
    except InputError as error:
        raise Unreadable("this is no number", "no-number") from error
    if row.get("kind", "").strip():
        try:
            number = replace(number, kind=StatementKind(row["kind"].strip().casefold()))
        except ValueError as error:
            raise Unreadable("this kind of number is not known", "no-number") from error
    plain = re.sub(r"\b(?:of|identified)\b", " ", _PERCENT.sub(" ", told)).strip()
    code = _UNITS.get(plain) or code_called(plain, "")
    if code not in set(Unit):
        raise Unreadable("a unit is cases, persons, victims or rows", "unknown-unit" if plain else "no-unit")
    return number, Unit(code)


def _population(text: str) -> str:
    plain = re.sub(r"^(?:(?:from|in|of|on|within|the|a)\s+)+", "", text.strip().casefold())
    plain = re.sub(r"(?: prefectural police| prefecture| police|県警察本部|県警)$", "", plain)
    number = plain.removeprefix("jp-")
    if re.fullmatch(r"\d\d", number):
        plain = f"force:{number}"
    code = _POPULATIONS.get(plain) or code_called(plain, "") or code_called(plain + "県", "force:")
    if code is None or not (code in _published()[0] or code.startswith("force:")):
        raise Unreadable("nobody published figures of this population", "unknown-population")
    return code


def _period(text: str) -> Period:
    try:
        return parse_period(text)
    except InputError as error:
        raise Unreadable(str(error), "no-period") from error


def _category(text: str) -> str | None:
    plain = text.strip().casefold().replace("_", "-").replace(" ", "-")
    if not plain:
        return None
    known = _published()[1]
    named = code_called(text, "")
    code = _CATEGORIES.get(plain) or next((one for one in known if one in {plain, named}), None)
    ending = plain if named is None else named
    code = code or next((one for one in known if one.rpartition("/")[2] == ending), None)
    if code is None:
        raise Unreadable("this category is not known here", "unknown-category")
    return code


def _definition(text: str, unit: Unit) -> Definition | None:
    plain = text.strip().casefold().replace("_", "-").replace(" ", "-")
    if not plain:
        return None
    for code in (plain, _STAGES.get(plain, plain) + f"-{unit.value}", code_called(text, "")):
        if code in set(Definition):
            return Definition(code)
    raise Unreadable("this definition is not known here, or counts in another unit", "unknown-definition")


def _csv_rows(text: str) -> list[dict[str, str]]:
    head = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max("\t;,", key=head.count)
    lines = [line for line in csv.reader(text.splitlines(), delimiter=delimiter, strict=True) if any(line)]
    if not lines:
        return []
    columns = [_column(name) for name in lines[0]]
    if len(set(columns)) != len(columns) or any(len(line) > len(columns) for line in lines):
        raise ValueError("columns")
    return [dict(zip(columns, line, strict=False)) for line in lines[1:]]


def _json_rows(text: str) -> list[dict[str, str]]:
    try:
        whole = json.loads(text, parse_float=str)
        values = whole if isinstance(whole, list) else [whole]
    except ValueError:
        values = [json.loads(line, parse_float=str) for line in text.splitlines() if line.strip()]
    rows = []
    for value in values:
        if not isinstance(value, dict):
            raise ValueError("no object")  # noqa: TRY004 - told as the table's fault, with the others
        named = [(_column(name), content) for name, content in value.items()]
        if len(dict(named)) != len(named) or any(isinstance(content, dict | list) for _, content in named):
            raise ValueError("columns")
        rows.append({name: "" if content is None else str(content) for name, content in named})
    return rows


def _column(name: str) -> str:
    plain = name.strip().casefold().replace("_", "-").replace(" ", "-")
    named = code_called(name, "word:")
    plain = named.removeprefix("word:") if named else plain
    return _COLUMNS.get(plain, plain)

"""Tables of statements, CSV, TSV or JSON, as people bring them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace

from tsunagu.counting.names import code_called
from tsunagu.counting.periods import parse_period
from tsunagu.counting.statement_words import (
    PERCENT,
    Unreadable,
    category_called,
    definition_called,
    population_called,
    unit_called,
)
from tsunagu.counting.statements import Number, Statement, StatementKind, parse_number
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import NATIONWIDE, FigureStatus, Period, Unit

MOST_ROWS = 2_000
MOST_BYTES = 4_000_000
_COLUMNS = {"value": "number", "figure": "number", "year": "period", "date": "period", "measure": "category"}
_COLUMNS |= {"conduct": "category", "stage": "definition", "compared-with": "than", "baseline": "than"}


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
    told = _needed(row, "population", "no-population")
    population = NATIONWIDE if _names_the_unit(row) else population_called(told)
    period = _period(_needed(row, "period", "no-period"))
    status = row.get("status", "").strip().casefold()
    try:
        return Statement(
            number=number,
            unit=unit,
            population=population,
            period=period,
            category=category_called(row.get("category", "")),
            definition=definition_called(row.get("definition", ""), unit),
            status=FigureStatus(status) if status and status != "forecast" else None,
            is_forecast=status == "forecast",
            than=_period(row["than"]) if row.get("than", "").strip() else None,
        )
    except ValueError as error:
        raise Unreadable("the status is provisional, final or forecast", "unknown-status") from error


def _needed(row: Mapping[str, str], column: str, reason: str) -> str:
    text = row.get(column, "").strip()
    if not text:
        raise Unreadable(f"a figure without {column} says nothing", reason)
    return text


def _number_and_unit(row: Mapping[str, str]) -> tuple[Number, Unit]:
    written = _needed(row, "number", "no-number")
    told = _needed(row, "unit", "no-unit").casefold()
    is_percent = PERCENT.search(told) and not PERCENT.search(written)
    try:
        number = parse_number(f"{written} %" if is_percent else written)
    except InputError as error:
        raise Unreadable("this is no number", "no-number") from error
    if row.get("kind", "").strip():
        try:
            number = replace(number, kind=StatementKind(row["kind"].strip().casefold()))
        except ValueError as error:
            raise Unreadable("this kind of number is not known", "no-number") from error
    unit = unit_called(row.get("population", "") if _names_the_unit(row) else told)
    if unit is None:
        is_bare = not PERCENT.sub("", told).strip()
        raise Unreadable("a unit is cases, persons, victims or rows", "no-unit" if is_bare else "unknown-unit")
    return number, unit


def _names_the_unit(row: Mapping[str, str]) -> bool:
    """Return whether the population of a percentage is that of which it is one, as in `per cent`, `of all cases`."""
    is_bare = PERCENT.fullmatch(row.get("unit", "").strip().casefold()) is not None
    return is_bare and unit_called(row.get("population", "")) is not None


def _period(text: str) -> Period:
    try:
        return parse_period(text)
    except InputError as error:
        raise Unreadable(str(error), "no-period") from error


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
        if isinstance(whole, dict) and len(whole) == 1:  # a list under one name
            whole = next((one for one in whole.values() if isinstance(one, list)), whole)
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

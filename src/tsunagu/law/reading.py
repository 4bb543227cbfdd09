"""Rule files: tab-separated, UTF-8, a rule a row. One that is wrong is refused whole, with the row and the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from itertools import pairwise
from typing import NoReturn, TypeVar

from tsunagu.domain.errors import InputError
from tsunagu.law.rule import Certainty, Element, Rule, RuleKind, RuleStatus
from tsunagu.law.rule_set import ALIASES, RuleSet

COLUMNS = (
    "rule_id", "version", "kind", "status", "jurisdiction", "instrument", "provision", "conduct", "says",
    "effective_from", "effective_to", "penalty_applies_from", "actor", "child_under", "elements", "territorial_link",
    "penalty", "certainty", "source", "reviewed",
)  # fmt: skip
"""In this order, in the first row. Several conducts are parted by `;`, elements (`code: what it is`) by ` | `."""
UNREVIEWED = "no"
MOST_FILE_BYTES = 1 << 20
MOST_CHILD_AGE = 25
_RULE_ID = re.compile(r"[A-Z0-9]{1,20}(-[A-Z0-9]{1,20}){0,5}")
_JURISDICTION = re.compile(r"[A-Z]{2,10}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,60}")
_FILLED = ("instrument", "provision", "says", "actor", "territorial_link", "source")
_T = TypeVar("_T")


class RuleFileRefused(InputError):
    """A rule file is wrong. The message names a row, 1 for the header, and a column, and nothing of what they hold."""

    code = "rule-file-refused"


def read_rules(text: str, *, name: str) -> RuleSet:
    """Return the rules of a file, none of them reviewed: no file vouches for itself.

    Args:
        text: the whole file.
        name: what the set is called in answers.

    Raises:
        RuleFileRefused: a column is missing, unknown or out of its place; a value is not what its column holds; days
            are out of order; two versions of a rule overlap; or the file holds no rule, or is longer than any is.
    """
    if len(text.encode(errors="replace")) > MOST_FILE_BYTES:
        raise RuleFileRefused("a rule file is longer than any is")
    lines = text.removeprefix("\ufeff").split("\n")
    _check_header(lines[0].rstrip("\r").split("\t"))
    rules = [_rule(line, number) for number, line in enumerate(lines[1:], start=2) if line.strip()]
    if not rules:
        raise RuleFileRefused("row 2, column rule_id: the file holds no rule")
    _check_versions(rules)
    return RuleSet(name, tuple(rule for _, rule in rules), sha256(text.encode()).hexdigest())


def _check_header(titles: list[str]) -> None:
    for column in COLUMNS:
        if column not in titles:
            _refuse(1, column, "the column is missing")
    for place, title in enumerate(titles):
        if place >= len(COLUMNS) or title != COLUMNS[place]:
            raise RuleFileRefused(f"row 1, column number {place + 1}: no such column belongs here")


def _rule(line: str, row: int) -> tuple[int, Rule]:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) != len(COLUMNS):
        where = COLUMNS[min(len(cells), len(COLUMNS) - 1)]
        _refuse(row, where, f"the row has {len(cells)} cells, not {len(COLUMNS)}")
    told = dict(zip(COLUMNS, cells, strict=True))
    for column, cell in told.items():
        if not cell.isprintable():
            _refuse(row, column, "a character that cannot be printed")
        if column in _FILLED and not cell:
            _refuse(row, column, "it is empty")
    if told["reviewed"] != UNREVIEWED:
        _refuse(row, "reviewed", "a file says only `no`: a review is the act of a second person")
    kind = _one_of(told, row, "kind", RuleKind)
    effective_from, effective_to, penalty_applies_from = _days(told, row)
    rule = Rule(
        rule_id=_matching(told, row, "rule_id", _RULE_ID),
        version=_number(told, row, "version"),
        kind=kind,
        status=_one_of(told, row, "status", RuleStatus),
        jurisdiction=_matching(told, row, "jurisdiction", _JURISDICTION),
        instrument=told["instrument"],
        provision=told["provision"],
        conducts=_conducts(told, row),
        says=told["says"],
        effective_from=effective_from,
        effective_to=effective_to,
        penalty_applies_from=penalty_applies_from,
        actor=told["actor"],
        child_under=_child_under(told, row),
        elements=_elements(told, row),
        territorial_link=told["territorial_link"],
        penalty=told["penalty"],
        certainty=_one_of(told, row, "certainty", Certainty),
        source=told["source"],
        sha256=sha256("\t".join(cells).encode()).hexdigest(),
    )
    return row, rule


def _days(told: Mapping[str, str], row: int) -> tuple[date | None, date | None, date | None]:
    """Return a rule's first and last day, and the first one of its penalty."""
    begins, ends, applies = (_day(told, row, one) for one in ("effective_from", "effective_to", "penalty_applies_from"))
    is_offence = told["kind"] == RuleKind.OFFENCE
    if is_offence != (applies is not None):
        _refuse(row, "penalty_applies_from", "an offence has such a day, and nothing else has one")
    if begins is None and applies is not None:
        _refuse(row, "effective_from", "an offence has a first day")
    if begins and ends and ends < begins:
        _refuse(row, "effective_to", "it is before the first day")
    if begins and applies and applies < begins:
        _refuse(row, "penalty_applies_from", "it is before the first day")
    if ends and applies and ends < applies:
        _refuse(row, "penalty_applies_from", "it is after the last day")
    return begins, ends, applies


def _check_versions(rules: list[tuple[int, Rule]]) -> None:
    """Refuse versions of a rule that are told twice, or overlap, or are not in the order of their days."""
    by_id: dict[str, list[tuple[int, Rule]]] = {}
    for row, rule in rules:
        by_id.setdefault(rule.rule_id, []).append((row, rule))
    for versions in by_id.values():
        versions.sort(key=lambda one: one[1].version)
        for (_, before), (row, after) in pairwise(versions):
            if after.version == before.version:
                _refuse(row, "version", "this version of the rule is there already")
            if after.jurisdiction != before.jurisdiction:
                _refuse(row, "jurisdiction", "another version of the rule is of another one")
            if before.effective_to is None or after.effective_from is None:
                _refuse(row, "effective_from", "it overlaps the version before: one of the two days is not stated")
            if after.effective_from <= before.effective_to:
                _refuse(row, "effective_from", "it overlaps the version before")


def _conducts(told: Mapping[str, str], row: int) -> tuple[str, ...]:
    codes = tuple(told["conduct"].split(";"))
    if not all(_CODE.fullmatch(code) for code in codes) or len(set(codes)) < len(codes):
        _refuse(row, "conduct", "codes of small letters and underscores, each once, parted by a semicolon")
    if not ALIASES.keys().isdisjoint(codes):
        _refuse(row, "conduct", "a code that is the other name of another one")
    return codes


def _elements(told: Mapping[str, str], row: int) -> tuple[Element, ...]:
    parts = [part.partition(": ") for part in told["elements"].split(" | ")] if told["elements"] else []
    if any(not _CODE.fullmatch(code) or not says.strip() for code, _, says in parts):
        _refuse(row, "elements", "each is a code, a colon, a space and what it is, parted by ` | `")
    if len({code for code, _, _ in parts}) < len(parts):
        _refuse(row, "elements", "an element is there twice")
    if told["kind"] == RuleKind.OFFENCE and not parts:
        _refuse(row, "elements", "an offence has elements")
    return tuple(Element(code, says.strip()) for code, _, says in parts)


def _day(told: Mapping[str, str], row: int, column: str) -> date | None:
    if not told[column]:
        return None
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", told[column]):
        _refuse(row, column, "it is no calendar day like 2015-07-15")
    return _tried(date.fromisoformat, told, row, column, "there is no such calendar day")


def _number(told: Mapping[str, str], row: int, column: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", told[column]):
        _refuse(row, column, "it is no number from 1 on")
    return int(told[column])


def _child_under(told: Mapping[str, str], row: int) -> int | None:
    if not told["child_under"]:
        return None
    age = _number(told, row, "child_under")
    if age > MOST_CHILD_AGE:
        _refuse(row, "child_under", "nobody is a child at that age")
    return age


def _one_of(told: Mapping[str, str], row: int, column: str, kind: Callable[[str], _T]) -> _T:
    return _tried(kind, told, row, column, "it is none of the words of this column")


def _matching(told: Mapping[str, str], row: int, column: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(told[column]):
        _refuse(row, column, "it is no code of this column")
    return told[column]


def _tried(make: Callable[[str], _T], told: Mapping[str, str], row: int, column: str, problem: str) -> _T:
    try:
        return make(told[column])
    except ValueError:
        _refuse(row, column, problem)


def _refuse(row: int, column: str, problem: str) -> NoReturn:
    raise RuleFileRefused(f"row {row}, column {column}: {problem}") from None

"""Rule files of a few rows, as tests need them."""

from __future__ import annotations

from typing import Any

from tsunagu.law.reading import COLUMNS, read_rules
from tsunagu.law.rule import Rule
from tsunagu.law.rule_set import RuleSet

OFFENCE = {
    "rule_id": "JP-T-01",
    "version": "1",
    "kind": "offence",
    "status": "enacted",
    "jurisdiction": "JP",
    "instrument": "Act 1",
    "provision": "Art. 1",
    "conduct": "holding",
    "says": "Holding is an offence.",
    "effective_from": "2014-07-15",
    "effective_to": "",
    "penalty_applies_from": "2015-07-15",
    "actor": "anybody",
    "child_under": "18",
    "elements": "child: who is shown was under 18 | held: held on that day",
    "territorial_link": "done in Japan",
    "penalty": "a year",
    "certainty": "A",
    "source": "a page",
    "reviewed": "no",
}


def file_of(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    """Return a rule file with these rows, each laid over an offence that is right."""
    lines = [columns] + [tuple((OFFENCE | row)[column] for column in columns) for row in rows]
    return "".join("\t".join(line) + "\n" for line in lines)


def rules_of(*rows: dict[str, str]) -> RuleSet:
    """Return the rules of such a file."""
    return read_rules(file_of(*rows), name="test")


def rule_of(**cells: Any) -> Rule:
    """Return one rule of such a file."""
    return rules_of(cells).rules[0]

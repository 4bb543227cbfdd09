"""The rules that come with this release. No lawyer has reviewed one of them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from tsunagu.law.reading import read_rules
from tsunagu.law.rule_set import RuleSet

NAME = "shipped"


def shipped_text() -> str:
    """Return the file of the shipped rules, for an agency to begin its own from."""
    return files("tsunagu.law").joinpath("rules.tsv").read_text(encoding="utf-8")


@cache
def shipped_rules() -> RuleSet:
    """Return the shipped rules, none of them reviewed."""
    return read_rules(shipped_text(), name=NAME)

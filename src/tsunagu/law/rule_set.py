"""A rule set: the rules that are asked together, and in which words they may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from tsunagu.domain.errors import InputError, NotFound
from tsunagu.law.rule import Review, Rule

ALIASES = {"possession": "possession_own_interest"}
"""Other names of conducts. Possession to provide is a conduct of its own, and never meant by the short word."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules that count together; whoever asks for what it does not know is refused, never told "nothing".

    Attributes:
        name: what answers call it.
        sha256: of the whole file that it was read from, lower-case hexadecimal: its version.
    """

    name: str
    rules: tuple[Rule, ...]
    sha256: str

    @property
    def jurisdictions(self) -> tuple[str, ...]:
        """Whose law it knows anything of, in order."""
        return tuple(sorted({rule.jurisdiction for rule in self.rules}))

    def of_conduct(self, jurisdiction: str, conduct: str) -> tuple[Rule, ...]:
        """Return every rule that a jurisdiction has on a conduct, at whatever time, in the set's order.

        Args:
            conduct: its code, or another name of it.

        Raises:
            InputError: the set knows no rule of this jurisdiction, or none that names this conduct.
        """
        within = self.of_jurisdiction(jurisdiction)
        code = ALIASES.get(conduct, conduct)
        found = tuple(rule for rule in within if code in rule.conducts)
        if not found:
            raise InputError("no rule of this jurisdiction names this conduct: `tsunagu law list` tells which they do")
        return found

    def of_jurisdiction(self, jurisdiction: str) -> tuple[Rule, ...]:
        """Return every rule of a jurisdiction, in the set's order.

        Raises:
            InputError: the set knows none.
        """
        found = tuple(rule for rule in self.rules if rule.jurisdiction == jurisdiction)
        if not found:
            raise InputError(f"no rule of this jurisdiction is known, only of {', '.join(self.jurisdictions)}")
        return found

    def versions_of(self, rule_id: str) -> tuple[Rule, ...]:
        """Return every version of a rule, oldest first.

        Raises:
            NotFound: there is no rule of this id.
        """
        found = [rule for rule in self.rules if rule.rule_id == rule_id]
        if not found:
            raise NotFound("the rule set has no such rule")
        return tuple(sorted(found, key=lambda rule: rule.version))

    def reviewed(self, reviews: Mapping[str, Review]) -> Self:
        """Return the same rules, with a lawyer's word on those whose row's SHA-256 has one."""
        rules = tuple(replace(rule, review=reviews.get(rule.sha256)) for rule in self.rules)
        return replace(self, rules=rules)

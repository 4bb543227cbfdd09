"""A rule: one provision's effect on a few kinds of conduct, between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tsunagu.domain.errors import InputError


class RuleKind(StrEnum):
    """What a rule does: forbids with a penalty, obliges, allows what is closed without it, or says how a case runs."""

    OFFENCE = "offence"
    DUTY = "duty"
    ALLOWANCE = "allowance"
    PROCEDURE = "procedure"


class RuleStatus(StrEnum):
    """Whether a text is law, or waits for somebody's vote; one that is pending is never in force."""

    ENACTED = "enacted"
    PENDING = "pending"


class Certainty(StrEnum):
    """How well what a rule says is known: from an official page or two reports (A), from one (B), or less (C)."""

    A = "A"
    B = "B"
    C = "C"


class RuleState(StrEnum):
    """How a rule stands on a day. Only the first one counts; `undated` is one whose first day nobody has stated."""

    IN_FORCE = "in-force"
    NOT_YET = "not-yet"
    LAPSED = "lapsed"
    PENDING = "pending"
    UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Element:
    """One thing that must be shown before a rule applies.

    Attributes:
        code: by which evidence names it, unique within its rule.
        says: what it is, in a few words.
    """

    code: str
    says: str


@dataclass(frozen=True, slots=True)
class Review:
    """A lawyer's word that a rule says what the law says.

    Attributes:
        reviewer: who gave it, as the agency calls him.
    """

    reviewer: str
    reviewed_on: date


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """What a decision writes down of a rule that it rests on; it stays true when the rule is changed later.

    Attributes:
        version: 1 for the first text under this id.
        sha256: of the rule's whole row, lower-case hexadecimal.
    """

    rule_id: str
    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated text, as a row of a rule file states it.

    Attributes:
        conducts: codes of the deeds or duties that it is about, at least one.
        says: what it says, in the words of who wrote the file.
        effective_from: its first day; None where nobody has stated it, and then it is never in force.
        effective_to: its last day; None for no end.
        penalty_applies_from: the first day on which the penalty applies; None for all that is no offence.
        actor: whom it binds.
        child_under: the age under which somebody is a child to it, in years; None where it names none.
        penalty: what it carries, as it is written.
        sha256: of its row, which tells one text from any other.
        review: None until a lawyer has read it: then nothing rests on it.
    """

    rule_id: str
    version: int
    kind: RuleKind
    status: RuleStatus
    jurisdiction: str
    instrument: str
    provision: str
    conducts: tuple[str, ...]
    says: str
    effective_from: date | None
    effective_to: date | None
    penalty_applies_from: date | None
    actor: str
    child_under: int | None
    elements: tuple[Element, ...]
    territorial_link: str
    penalty: str
    certainty: Certainty
    source: str
    sha256: str
    review: Review | None = None

    def __post_init__(self) -> None:
        """Check that the days follow each other, and that an offence has a penalty that applies one day."""
        if (self.kind is RuleKind.OFFENCE) != (self.penalty_applies_from is not None):
            raise InputError("an offence, and nothing else, has a day from which its penalty applies")
        days = [one for one in (self.effective_from, self.penalty_applies_from, self.effective_to) if one is not None]
        if days != sorted(days):
            raise InputError("a rule begins before its penalty applies, and ends last")
        if not self.conducts:
            raise InputError("a rule is about some conduct")

    @property
    def as_version(self) -> RuleVersion:
        """What a decision writes down of it."""
        return RuleVersion(self.rule_id, self.version, self.sha256)

    def state_on(self, day: date) -> RuleState:
        """Return how the rule stands on a calendar day of its jurisdiction; its first and last day count."""
        if self.status is RuleStatus.PENDING:
            return RuleState.PENDING
        if self.effective_to is not None and day > self.effective_to:
            return RuleState.LAPSED
        if self.effective_from is None:
            return RuleState.UNDATED
        return RuleState.NOT_YET if day < self.effective_from else RuleState.IN_FORCE

    def is_punishable_on(self, day: date) -> bool:
        """Return whether it is in force on a day, and its penalty applies."""
        applies_from = self.penalty_applies_from
        return applies_from is not None and day >= applies_from and self.state_on(day) is RuleState.IN_FORCE

"""What clues tell together of where a recording was made: a list of countries with weights, never one answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from tsunagu.domain.country import is_country
from tsunagu.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class CountryWeight:
    """How much of what the clues tell speaks for one country.

    Attributes:
        country: ISO 3166-1 alpha-2 code.
        weight: from 0 (excluded) to 1; the weights of all countries sum to 1. No probability: it rests on what
            people have said of a few clues, and is to be read beside their reasons.
    """

    country: str
    weight: float

    def __post_init__(self) -> None:
        if not is_country(self.country):
            raise InputError("this is no country's code of ISO 3166-1")
        if not 0 <= self.weight <= 1:
            raise InputError("a country's weight lies between 0 and 1")

    @classmethod
    def parse(cls, typed: str) -> Self:
        """Return a country with its weight, typed as JP=0.8.

        Raises:
            InputError: it is none.
        """
        country, _, weight = typed.partition("=")
        try:
            return cls(country, float(weight))
        except ValueError:
            raise InputError("a country is given with its weight, such as JP=0.8") from None


@dataclass(frozen=True, slots=True)
class CountryFinding:
    """What the clues say of one country.

    Attributes:
        supported_by, excluded_by: the numbers of the clues, ascending. Both where people disagree: it is excluded, and
            somebody has to look again.
    """

    weight: CountryWeight
    supported_by: tuple[int, ...]
    excluded_by: tuple[int, ...]

    @property
    def is_disputed(self) -> bool:
        """Whether one clue supports the country and another excludes it."""
        return bool(self.supported_by and self.excluded_by)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What clues tell together of where a recording was made.

    Attributes:
        findings: the countries that a clue speaks of, the heaviest first, then by code.
        elsewhere: the weight of all countries together that none speaks of.
        places: parts of countries that are supported, with the numbers of the clues.
        neutral: the numbers of the clues that were checked and weigh nothing.
    """

    findings: tuple[CountryFinding, ...]
    elsewhere: float
    places: tuple[tuple[str, tuple[int, ...]], ...]
    neutral: tuple[int, ...]

    @property
    def countries(self) -> tuple[CountryWeight, ...]:
        """The countries that are not excluded, the heaviest first."""
        return tuple(one.weight for one in self.findings if one.weight.weight > 0)


class CountryState(StrEnum):
    """What the officer who signs makes of the list."""

    PROBABLE = "probable"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CountryAssessment:
    """A list of countries with weights and its reasons, as an officer has signed it. Later clues do not change it.

    Attributes:
        case: the reference of the case whose clues were weighed.
        number: its number within the case.
        method: the rules by which the clues were weighed, at a fixed version.
        weighed: the list as it was signed.
        statement: the grounds in the officer's words.
        signed_by: his login.
    """

    assessment_id: UUID
    case: str
    number: int
    method: str
    weighed: Weighed
    state: CountryState
    statement: str
    signed_by: str
    signed_at: datetime

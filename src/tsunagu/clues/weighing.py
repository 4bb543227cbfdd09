"""Clues to weighed countries, by Bayes' rule over the countries of the world, each as likely as any other at first.

Each clue that supports countries multiplies their weight by how much more readily one meets there what was seen; the
steps are those of the verbal scales of forensic reports, taken low, since they rest on what one person says. Clues of
one kind in one content are one observation, of which for each country the strongest counts. An excluded country
weighs nothing, whatever supports it, and is shown as disputed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from math import fsum, prod
from types import MappingProxyType
from typing import Final

from tsunagu.domain.assessment import CountryFinding, CountryWeight, Weighed
from tsunagu.domain.clue import Bearing, Clue, Support
from tsunagu.domain.country import CODES
from tsunagu.domain.errors import InputError

METHOD: Final = "weighing-1"
"""The name of these rules; others get another name, so that what was signed stays what it was."""
TIMES: Final = MappingProxyType({Support.WEAK: 2.0, Support.MODERATE: 6.0, Support.STRONG: 30.0})
"""By how much a country that is supported becomes heavier."""


def weigh(clues: Iterable[Clue]) -> Weighed:
    """Return what clues tell together; those that were taken back count for nothing, and the order does not matter.

    Raises:
        InputError: every country is excluded.
    """
    counting = [one for one in clues if one.withdrawn_at is None]
    supported, excluded = _by_country(counting, Bearing.SUPPORTS), _by_country(counting, Bearing.EXCLUDES)
    factors = {
        country: 0.0 if country in excluded else _factor(supported.get(country, [])) for country in supported | excluded
    }
    silent = len(CODES) - len(factors)
    total = fsum(factors.values()) + silent
    if not total:
        raise InputError("the clues exclude every country: one of them must be wrong")
    findings = (
        CountryFinding(
            CountryWeight(country, factor / total),
            _numbers(supported.get(country, [])),
            _numbers(excluded.get(country, [])),
        )
        for country, factor in factors.items()
    )
    return Weighed(
        findings=tuple(sorted(findings, key=lambda one: (-one.weight.weight, one.weight.country))),
        elsewhere=silent / total,
        places=_places(counting),
        neutral=_numbers(one for one in counting if one.draft.weighing.bearing is Bearing.NEUTRAL),
    )


def _by_country(clues: Iterable[Clue], bearing: Bearing) -> dict[str, list[Clue]]:
    found = defaultdict(list)
    for one in clues:
        if one.draft.weighing.bearing is bearing:
            for country in one.draft.weighing.countries:
                found[country].append(one)
    return dict(found)


def _factor(supporting: Iterable[Clue]) -> float:
    """Return by how much clues make one country heavier, each observation once."""
    strongest: dict[tuple[int, str], float] = {}
    for one in supporting:
        support = one.draft.weighing.support
        if support is not None:
            observation = one.source, one.draft.kind.value
            strongest[observation] = max(strongest.get(observation, 1.0), TIMES[support])
    return prod(sorted(strongest.values()))


def _places(clues: Iterable[Clue]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    found = defaultdict(list)
    for one in clues:
        for place in one.draft.weighing.places:
            found[place].append(one)
    by_weight = sorted(found.items(), key=lambda pair: (-_factor(pair[1]), pair[0]))
    return tuple((place, _numbers(supporting)) for place, supporting in by_weight)


def _numbers(clues: Iterable[Clue]) -> tuple[int, ...]:
    return tuple(sorted(one.number for one in clues))

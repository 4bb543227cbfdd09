"""To whom a case goes whose subject is, or was, too young for the way of adults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tsunagu.domain.errors import InputError
from tsunagu.law.rule import Rule, RuleState
from tsunagu.law.rule_set import RuleSet

CONDUCT = "juvenile_referral"
ANSWERABLE_FROM = 14
ADULT_ONE_FROM = 18
ADULT_FROM = 20
"""Ages of the Japanese act, in years; no other jurisdiction's are known here."""
_KNOWN = "JP"


class JuvenileStep(StrEnum):
    """Who receives the case, in order."""

    CHILD_GUIDANCE_CENTER = "child-guidance-center"
    PROSECUTOR = "prosecutor"
    FAMILY_COURT = "family-court"


@dataclass(frozen=True, slots=True)
class JuvenileRoute:
    """The way of a juvenile's case.

    Attributes:
        steps: in order; empty where nothing but the way of adults is left.
        rule: on which it rests; a lawyer may not have reviewed it.
    """

    steps: tuple[JuvenileStep, ...]
    rule: Rule


def juvenile_route(
    *, jurisdiction: str, age_at_act: int, age_now: int, is_fine_the_most: bool, today: date, rules: RuleSet
) -> JuvenileRoute:
    """Return to whom a case goes.

    Args:
        age_at_act, age_now: in whole years, as officially confirmed; nothing here estimates one.
        is_fine_the_most: whether the offence carries a fine at most; possession does not.
        today: the day of the referral.

    Raises:
        InputError: ages that cannot be; or no rule on juveniles is in force there that day, or its ages are not known.
    """
    if not 0 <= age_at_act <= age_now:
        raise InputError("ages are whole years, and nobody was older at the act than he is now")
    in_force = [one for one in rules.of_conduct(jurisdiction, CONDUCT) if one.state_on(today) is RuleState.IN_FORCE]
    if jurisdiction != _KNOWN or not in_force:
        raise InputError("no rule on juveniles is in force there that day, or its ages are not known here")
    return JuvenileRoute(_steps(age_at_act, age_now, is_fine_the_most=is_fine_the_most), in_force[0])


def _steps(age_at_act: int, age_now: int, *, is_fine_the_most: bool) -> tuple[JuvenileStep, ...]:
    if age_at_act < ANSWERABLE_FROM:
        return (JuvenileStep.CHILD_GUIDANCE_CENTER,)
    if age_now >= ADULT_FROM:
        return ()
    if is_fine_the_most and age_now < ADULT_ONE_FROM:
        return (JuvenileStep.FAMILY_COURT,)
    return (JuvenileStep.PROSECUTOR, JuvenileStep.FAMILY_COURT)

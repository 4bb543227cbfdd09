"""Outcomes: what they state of children and of persons, and what they cannot."""

from __future__ import annotations

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.domain.outcome import HarmMethod, Outcome, OutcomeCode, SchoolBand

TWO = {OutcomeCode.SAFEGUARDED: 1, OutcomeCode.IDENTIFIED_HISTORIC: 1, OutcomeCode.LOCATED: 5}


def test_ages_and_methods_are_stated_of_identified_children_of_each_at_most_one() -> None:
    told = Outcome(TWO, schools={SchoolBand.HIGH: 1}, methods={HarmMethod.SELFIE: 1, HarmMethod.FORCED: 1})
    assert told.identified == 2
    for schools, methods in (({SchoolBand.HIGH: 3}, {}), ({}, {HarmMethod.SELFIE: 2, HarmMethod.FORCED: 1})):
        with pytest.raises(InputError):
            Outcome(TWO, schools=schools, methods=methods)
    with pytest.raises(InputError):
        Outcome(TWO, schools={SchoolBand.HIGH: 0})

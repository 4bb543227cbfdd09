"""Clues become a list of countries with weights: by Bayes' rule, each observation once, and nothing hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.clues.weighing import TIMES, weigh
from tsunagu.domain.assessment import Weighed
from tsunagu.domain.clue import Bearing, Clue, ClueDraft, ClueKind, Support, Weighing
from tsunagu.domain.country import CODES
from tsunagu.domain.errors import InputError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOME = sorted(CODES)[::25]
NUMBERS = count(1)


def clue(weighing: Weighing, *, source: int | None = None, kind: ClueKind = ClueKind.UNIFORM) -> Clue:
    number = next(NUMBERS)
    draft = ClueDraft(1, kind, "as seen", weighing)
    return Clue(UUID(int=number), number, "E1", number if source is None else source, draft, "anna", NOW)


def supports(*countries: str, support: Support = Support.STRONG, places: frozenset[str] = frozenset()) -> Weighing:
    return Weighing(Bearing.SUPPORTS, frozenset(countries), places, support)


def excludes(*countries: str) -> Weighing:
    return Weighing(Bearing.EXCLUDES, frozenset(countries))


def weights(weighed: Weighed) -> dict[str, float]:
    return {one.weight.country: one.weight.weight for one in weighed.findings}


countries = st.sets(st.sampled_from(SOME), min_size=1, max_size=4)
weighings = st.one_of(
    st.builds(lambda those, how: supports(*those, support=how), countries, st.sampled_from(Support)),
    st.builds(lambda those: excludes(*those), countries),
    st.just(Weighing(Bearing.NEUTRAL)),
)
clues = st.lists(
    st.builds(
        lambda weighing, source, kind: clue(weighing, source=source, kind=kind),
        weighings,
        st.integers(1, 3),
        st.sampled_from([ClueKind.UNIFORM, ClueKind.SPEECH]),
    ),
    max_size=7,
)


def by_definition(given_clues: list[Clue]) -> dict[str, Fraction]:
    """Return the weight of every country of the world, exactly."""
    worth = {}
    for country in CODES:
        seen: dict[tuple[int, ClueKind], Fraction] = {}
        for one in given_clues:
            weighing = one.draft.weighing
            if weighing.support and country in weighing.countries:
                observation = one.source, one.draft.kind
                seen[observation] = max(seen.get(observation, Fraction(1)), Fraction(TIMES[weighing.support]))
        worth[country] = Fraction(1)
        for times in seen.values():
            worth[country] *= times
        if any(one.draft.weighing.bearing is Bearing.EXCLUDES and country in one.draft.weighing.countries
               for one in given_clues):  # fmt: skip
            worth[country] = Fraction(0)
    return {country: one / sum(worth.values()) for country, one in worth.items()}


@given(clues)
def test_each_country_weighs_what_the_definition_says(given_clues: list[Clue]) -> None:
    weighed, expected = weigh(given_clues), by_definition(given_clues)
    named = weights(weighed)
    assert named == pytest.approx({country: float(expected[country]) for country in named})
    assert weighed.elsewhere == pytest.approx(float(sum(one for code, one in expected.items() if code not in named)))
    assert [one.weight.weight for one in weighed.findings] == sorted(named.values(), reverse=True)


@given(clues, st.randoms())
def test_the_order_of_the_clues_does_not_matter(given_clues: list[Clue], random: object) -> None:
    shuffled = list(given_clues)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert weigh(shuffled) == weigh(given_clues)


@given(clues)
def test_a_clue_that_was_taken_back_counts_for_nothing(given_clues: list[Clue]) -> None:
    gone = replace(clue(supports("JP")), withdrawn_at=NOW, withdrawn_why="seen wrongly")
    assert weigh([*given_clues, gone]) == weigh(given_clues)


@given(clues)
def test_what_is_seen_again_in_the_same_content_does_not_count_twice(given_clues: list[Clue]) -> None:
    again = [replace(one, number=one.number + 10**6) for one in given_clues]
    assert weights(weigh([*given_clues, *again])) == pytest.approx(weights(weigh(given_clues)))


@given(clues, st.sampled_from(SOME), st.sampled_from(Support))
def test_support_from_a_new_source_never_makes_a_country_lighter(
    given_clues: list[Clue], country: str, support: Support
) -> None:
    more = weigh([*given_clues, clue(supports(country, support=support), source=99)])
    before = weights(weigh(given_clues)).get(country, 0.0)
    assert weights(more)[country] >= before - 1e-12


def test_a_neutral_clue_is_kept_and_moves_no_weight() -> None:
    uniform, common = clue(supports("JP")), clue(Weighing(Bearing.NEUTRAL))
    weighed = weigh([uniform, common])
    assert weighed.neutral == (common.number,)
    assert weights(weighed) == weights(weigh([uniform]))


def test_one_strong_clue_alone_makes_nothing_certain() -> None:
    assert 0.05 < weights(weigh([clue(supports("JP"))]))["JP"] < 0.5


def test_an_excluded_country_weighs_nothing_and_a_dispute_is_shown() -> None:
    uniform, plug = clue(supports("JP", "KR")), clue(excludes("JP"), kind=ClueKind.SOCKET)
    weighed = weigh([uniform, plug])
    [japan] = [one for one in weighed.findings if one.weight.country == "JP"]
    assert (japan.weight.weight, japan.supported_by, japan.excluded_by) == (0, (uniform.number,), (plug.number,))
    assert japan.is_disputed
    assert [one.country for one in weighed.countries] == ["KR"]


def test_places_are_named_with_their_clues_the_best_supported_first() -> None:
    crest = clue(supports("JP", places=frozenset({"JP-26", "JP-27"})))
    dialect = clue(supports("JP", places=frozenset({"JP-26"})), kind=ClueKind.SPEECH)
    assert weigh([crest, dialect]).places == (
        ("JP-26", (crest.number, dialect.number)),
        ("JP-27", (crest.number,)),
    )


def test_nothing_is_answered_when_every_country_is_excluded() -> None:
    with pytest.raises(InputError):
        weigh([clue(excludes(*CODES))])


def test_without_clues_every_country_weighs_the_same() -> None:
    weighed = weigh([])
    assert (weighed.findings, weighed.elsewhere) == ((), 1.0)

"""The map of countries shows what the table says: every finding that has an outline, and nothing else, is shaded."""

from __future__ import annotations

import re

import pytest

from tsunagu.domain.assessment import CountryFinding, CountryWeight
from tsunagu.domain.country import CODES
from tsunagu.web.world import world

PLACE = re.compile(r"[ML](-?\d+) (-?\d+)")


def finding(country: str, weight: float, *, excluded: bool = False) -> CountryFinding:
    return CountryFinding(CountryWeight(country, weight), () if excluded else (1,), (1,) if excluded else ())


def test_a_country_is_the_darker_the_more_speaks_for_it_and_an_excluded_one_is_marked_as_such() -> None:
    found = [finding("JP", 0.7), finding("KR", 0.2), finding("CN", 0.01), finding("GB", 0, excluded=True)]
    shades = {one.said.split()[0]: one.shade for one in world(found) if one.shade}
    assert shades == {"JP": "band4", "KR": "band2", "CN": "band0", "GB": "excluded"}


def test_what_nothing_speaks_of_has_no_shade_and_lies_beneath_the_others() -> None:
    outlines = world([finding("JP", 0.7)])
    assert [one.said for one in outlines if one.shade] == ["JP 0.700"]
    assert outlines[-1].said == "JP 0.700"


def test_every_outline_is_of_a_country_and_lies_on_the_map() -> None:
    outlines = world([])
    assert {one.said for one in outlines} <= CODES
    assert len(outlines) > 170
    for one in outlines:
        places = [(int(x), int(y)) for x, y in PLACE.findall(one.path)]
        assert places
        assert all(0 <= x <= 1000 and 0 <= y <= 450 for x, y in places)


@pytest.mark.parametrize(("country", "left", "right"), [("JP", 820, 880), ("DK", 500, 530), ("BR", 270, 420)])
def test_countries_lie_where_they_are(country: str, left: int, right: int) -> None:
    [outline] = [one for one in world([]) if one.said == country]
    xs = [int(x) for x, _ in PLACE.findall(outline.path)]
    assert left <= min(xs) < max(xs) <= right

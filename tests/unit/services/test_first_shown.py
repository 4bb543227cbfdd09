"""Lists of which some is hidden: the first that are shown, without telling by how long it takes how much is not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tsunagu.services.first_shown import first_shown


class Listed:
    """Numbers from 0 on, and what is asked of them."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.fetched = 0
        self.opened: list[int] = []

    def fetch(self, after: int | None, most: int | None) -> Sequence[int]:
        self.fetched += 1
        begins = 0 if after is None else after + 1
        return range(begins, self.count if most is None else min(self.count, begins + most))

    def hides(self, one: int) -> bool:
        """Whether it is hidden: all are but a few at the beginning, and one in the middle."""
        self.opened.append(one)
        return one >= 4 and one != 500


def test_what_is_hidden_costs_no_query_of_its_own() -> None:
    listed = Listed(1000)
    assert first_shown(listed.fetch, listed.hides, most=6) == (0, 1, 2, 3, 500)
    assert listed.fetched <= 1000 / 6 + 1
    assert listed.opened == list(range(1000))


@pytest.mark.parametrize(("most", "shown"), [(3, (0, 1, 2)), (5, (0, 1, 2, 3, 500)), (None, (0, 1, 2, 3, 500))])
def test_nothing_is_opened_after_the_last_that_is_shown(most: int | None, shown: tuple[int, ...]) -> None:
    listed = Listed(1000)
    assert first_shown(listed.fetch, listed.hides, most=most) == shown
    assert listed.opened == list(range(1000 if most is None else shown[-1] + 1))


def test_it_goes_on_after_what_it_is_told() -> None:
    listed = Listed(600)
    assert first_shown(listed.fetch, listed.hides, after=1, most=2) == (2, 3)
    assert first_shown(listed.fetch, listed.hides, after=3, most=2) == (500,)

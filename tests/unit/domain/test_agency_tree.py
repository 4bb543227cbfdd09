"""Who stands above whom: what counts, and that nobody stands above himself."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tsunagu.domain.agency_tree import AgencyPlace, AgencyTree, lines_above, refuse_ring
from tsunagu.domain.errors import InputError

BODY, BUREAU, KYOTO, OSAKA = (UUID(int=one) for one in range(1, 5))
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_place_counts_once_the_agency_above_has_confirmed_it() -> None:
    tree = AgencyTree([AgencyPlace(BUREAU, BODY, WHEN), AgencyPlace(KYOTO, BUREAU, None)])
    assert tree.parent_of(BUREAU) == BODY
    assert tree.children_of(BODY) == {BUREAU}
    assert tree.parent_of(KYOTO) is None
    assert tree.children_of(BUREAU) == frozenset()


def test_under_a_correspondent_who_cannot_confirm_the_operators_word_counts_until_it_is_a_member() -> None:
    places = [AgencyPlace(KYOTO, BUREAU, None), AgencyPlace(OSAKA, BUREAU, None)]
    tree = AgencyTree(places, [BUREAU])
    assert tree.parent_of(KYOTO) == BUREAU
    assert tree.beside(KYOTO) == {OSAKA}
    assert AgencyTree(places).parent_of(KYOTO) is None


def test_who_has_nobody_above_him_has_nobody_beside_him() -> None:
    assert AgencyTree([]).beside(BODY) == frozenset()


def test_no_agency_stands_above_itself() -> None:
    above = {KYOTO: BUREAU, BUREAU: BODY}
    assert list(lines_above(above, KYOTO)) == [BUREAU, BODY]
    for child, parent in ((BODY, BODY), (BODY, KYOTO), (BUREAU, KYOTO)):
        with pytest.raises(InputError):
            refuse_ring(above, child, parent)
    refuse_ring(above, OSAKA, BUREAU)
    refuse_ring(above, KYOTO, BODY)

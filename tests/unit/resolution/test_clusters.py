"""Clusters are derived from decisions about pairs: whoever takes one back has undone what followed from it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.judgement import Judgement
from tsunagu.resolution.linking.clusters import clustered, settled

ROWS = 12
pairs = st.tuples(st.integers(0, ROWS - 1), st.integers(0, ROWS - 1)).filter(lambda both: both[0] < both[1])


def labels(links: list[tuple[int, int]], apart=(), judgements=None) -> list[int]:
    return run(links, apart, judgements).labels.tolist()


def run(links, apart=(), judgements=None):
    return clustered(
        ROWS,
        links=np.array(links, np.int32).reshape(-1, 2),
        bits=np.arange(len(links), 0, -1).astype(np.float32),
        apart=np.array(apart, np.int32).reshape(-1, 2),
        judgements=judgements,
    )


def reached(links: list[tuple[int, int]], row: int) -> set[int]:
    """The rows that links lead to from one: the definition of a cluster."""
    found, waiting = {row}, [row]
    while waiting:
        here = waiting.pop()
        near = {b if a == here else a for a, b in links if here in (a, b)} - found
        found |= near
        waiting += near
    return found


@given(st.lists(pairs, max_size=20))
def test_rows_are_one_cluster_exactly_where_links_lead_from_one_to_the_other(links) -> None:
    assert labels(links) == [min(reached(links, row)) for row in range(ROWS)]


@given(st.lists(pairs, max_size=20), st.lists(pairs, max_size=4))
def test_no_two_rows_that_are_two_people_are_ever_in_one_cluster(links, apart) -> None:
    found = labels(links, apart)
    assert [pair for pair in apart if found[pair[0]] == found[pair[1]]] == []


@given(st.lists(pairs, max_size=15), st.dictionaries(pairs, st.sampled_from(list(Judgement)), max_size=4))
def test_a_judgement_that_is_taken_back_leaves_nothing_behind(links, judgements) -> None:
    before = labels(links)
    labels(links, (), judgements)
    assert labels(links, (), dict.fromkeys(judgements, Judgement.NONE_YET)) == before


def test_a_judgement_outweighs_the_machine_both_ways() -> None:
    assert labels([(0, 1)], (), {(0, 1): Judgement.DIFFERENT})[1] == 1
    assert labels([(0, 1)], (), {(0, 1): Judgement.UNSURE})[1] == 1
    assert labels([], [(0, 1)], {(0, 1): Judgement.SAME})[1] == 0


def test_the_lightest_link_gives_way_where_a_third_row_would_join_two_people_and_it_is_told() -> None:
    found = run([(0, 1), (1, 2)], [(0, 2)])
    assert found.labels.tolist()[:3] == [0, 0, 2]
    assert found.not_joined == ((1, 2),)


def test_two_people_have_to_say_the_same() -> None:
    same, different, unsure = Judgement.SAME, Judgement.DIFFERENT, Judgement.UNSURE
    assert settled([("anna", same)]) is Judgement.NONE_YET
    assert settled([("anna", same), ("anna", same)]) is Judgement.NONE_YET
    assert settled([("anna", same), ("ben", different)]) is Judgement.NONE_YET
    assert settled([("anna", different), ("ben", same), ("anna", same)]) is same
    assert settled([("anna", unsure), ("ben", unsure)]) is unsure
    assert settled([("anna", same), ("ben", same), ("anna", Judgement.NONE_YET)]) is Judgement.NONE_YET

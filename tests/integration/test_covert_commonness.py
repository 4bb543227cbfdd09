"""How common a content is says nothing of covert cases."""

from __future__ import annotations

import pytest

from tsunagu.domain.overlap import Commonness

from .linked import Held, Made, copy, overlap_between
from .scene import OVERSEES, WORKS
from .world import World


@pytest.mark.parametrize("held_covertly", [0, 4])
def test_a_band_is_the_same_however_many_covert_cases_of_others_hold_the_content(
    world: World, held_covertly: int
) -> None:
    (anna, _), (ben, _), (cleo, _) = (world.found(WORKS, OVERSEES) for _ in range(3))
    picture = Made().picture()
    ours, theirs = (Held.open(world, one).bring(copy(picture)) for one in (anna, ben))
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    for _ in range(held_covertly):
        Held.open(world, cleo, covert=True).bring(copy(picture))
    assert {hit.commonness for hit in ours.hits(overlap)} == {Commonness.RARE}

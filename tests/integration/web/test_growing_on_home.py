"""Home tells of an overlap that has grown after it was acknowledged."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from tsunagu.services.overlaps.answers import acknowledge

from ..linked import Held, Made, copy, overlap_between  # noqa: TID252 - tests are no package with a name
from ..scene import OVERSEES, WORKS  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor

NOTHING_NEW = "Nothing new. All that is held was compared with your cases."


def test_an_overlap_that_grows_after_it_was_shared_waits_on_home_until_it_is_acknowledged(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    (anna, _), (ben, _), made = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES), Made()
    first, second = made.picture(), made.picture()
    ours, theirs = Held.open(world, anna).bring(first), Held.open(world, ben).bring(copy(first))
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    asked = visitor().sits_down_as(anna)

    def shown() -> str:
        return asked.get(reverse("home")).content.decode()

    assert NOTHING_NEW in shown()
    ours.bring(second)
    theirs.bring(copy(second))
    assert NOTHING_NEW not in shown()
    assert "new hits, not judged yet: 2" in shown()
    acknowledge(actor=anna.actor, overlap_id=overlap, **world.parts)
    assert NOTHING_NEW in shown()

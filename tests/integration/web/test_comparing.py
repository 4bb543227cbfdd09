"""Both sides of a hit beside each other: of another agency's item nothing but its short name, of one's own all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from tsunagu.domain.fingerprint import Turn
from tsunagu.web.pages.overlaps import TURNED

from ..linked import Held, Made, copy, overlap_between  # noqa: TID252 - tests are no package with a name
from ..scene import OVERSEES, WORKS  # noqa: TID252 - likewise
from ..world import World  # noqa: TID252 - likewise
from .visitors import Visitor

Visitors = Callable[[], Visitor]


def test_of_another_agency_s_item_its_short_name_alone_is_shown(world: World, visitor: Visitors) -> None:
    (anna, _), (ben, _), made = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES), Made()
    own = made.picture()
    near = made.picture(made.worn(own.pdq.data))
    ours, theirs = Held.open(world, anna).bring(own), Held.open(world, ben).bring(near)
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    [hit] = ours.hits(overlap)
    asked = visitor().sits_down_as(anna)
    page = asked.get(reverse("overlap_hit", args=[overlap, hit.hit_id])).content.decode()
    assert {own.digests.sha256.hex(), hit.label, hit.other_label} <= set(page.replace("<", ">").split(">"))
    for secret in (near.digests.sha256.hex(), near.path.decode()):
        assert secret not in page
    assert page.count('class="turn"') == 2
    assert 'details class="reveal"' not in page  # neither view nor vault is on
    gone = [asked.get(reverse("overlap_hit", args=[overlap, one])) for one in (hit.hit_id + 1, 1)]
    assert {one.status_code for one in gone} == {404}


def test_who_works_on_both_cases_sees_both(world: World, visitor: Visitors) -> None:
    (anna, _), file = world.found(WORKS, OVERSEES), Made().file()
    one, other = Held.open(world, anna).bring(file), Held.open(world, anna).bring(again := copy(file))
    [overlap] = {notice.overlap_id for notice in one.notices()}
    one.share(overlap)
    hit_id = one.hits(overlap)[0].hit_id
    page = visitor().sits_down_as(anna).get(reverse("overlap_hit", args=[overlap, hit_id])).content.decode()
    for held, examined in ((one, file), (other, again)):
        assert examined.path.decode() in page
        assert held.case.reference in page
    assert 'class="turn"' not in page  # a file that is the same lies on itself in no way


@pytest.mark.parametrize("turn", Turn)
def test_the_letter_is_drawn_as_the_other_picture_lies(turn: Turn) -> None:
    a, b, c, d = map(int, TURNED[turn].split())
    assert abs(a * d - b * c) == 1
    inverse = tuple(map(int, TURNED[turn.inverse].split()))
    assert (a * inverse[0] + c * inverse[1], b * inverse[0] + d * inverse[1]) == (1, 0)

"""A hit is the same file only where the two are identical, on the page and in the service."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from tsunagu.domain.errors import InputError
from tsunagu.domain.hit import EvidenceKind
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.services.overlaps.answers import judge_hit

from ..linked import Held, Made, copy, overlap_between  # noqa: TID252 - tests are no package with a name
from ..scene import OVERSEES, WORKS  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor


def test_only_files_of_identical_content_are_judged_the_same_file(world: World, visitor: Callable[[], Visitor]) -> None:
    (anna, _), (ben, _), made = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES), Made()
    same, near = made.picture(), made.picture()
    ours = Held.open(world, anna).bring(same, near)
    theirs = Held.open(world, ben).bring(copy(same), made.picture(made.worn(near.pdq.data)))
    overlap = overlap_between(ours, theirs)
    ours.share(overlap)
    theirs.share(overlap)
    hits = {hit.evidence.kind: hit.hit_id for hit in ours.hits(overlap)}

    def judge(kind: EvidenceKind, sameness: Sameness) -> None:
        answer = {"answer": Judgement.SAME, "sameness": sameness}
        judge_hit(actor=anna.actor, hit_id=hits[kind], **answer, **world.parts)

    with pytest.raises(InputError, match="identical content"):
        judge(EvidenceKind.NEAR, Sameness.FILE)
    judge(EvidenceKind.NEAR, Sameness.PICTURE)
    judge(EvidenceKind.EXACT, Sameness.FILE)
    shown = visitor().sits_down_as(anna).get(reverse("overlap", kwargs={"overlap_id": overlap})).content.decode()
    assert shown.count('value="same:picture"') == 2
    assert shown.count('value="same:file"') == 1

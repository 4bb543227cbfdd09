"""Overlaps and notices: told, acknowledged, shared, judged."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from ninja import Path, Router, Schema
from ninja.responses import Status
from pydantic import Field

from tsunagu.api.door import ApiRequest, Door
from tsunagu.api.failures import failing
from tsunagu.api.fields import MOST_ID, Asked, Count
from tsunagu.api.sides import HitOut, NoticeOut, hit_out, notice_out
from tsunagu.domain.act import Act
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.services.overlaps import answers as service
from tsunagu.services.overlaps.notices import list_notices


class NoticesOut(Schema):
    """What you were told.

    Attributes:
        waiting: how many items of the cases you work on still wait to be compared: with 0, that there is no notice
            means that all of them were.
    """

    notices: list[NoticeOut]
    waiting: Count


class OverlapOut(Schema):
    """An overlap: a notice, or two when you work on both cases, and its hits once both sides have shared.

    Attributes:
        waiting: how many items of the cases you work on still wait to be compared.
    """

    notices: Annotated[list[NoticeOut], Field(min_length=1, max_length=2)]
    hits: list[HitOut]
    waiting: Count


class SharedOut(Schema):
    """Whether both sides have shared now."""

    shared_by_both: bool


class JudgedIn(Asked):
    """What you think of a hit.

    Attributes:
        sameness: what is the same; given when, and only when, the answer is `same`.
    """

    answer: Literal["same", "different", "unsure"]
    sameness: Sameness | None = None


def overlaps_router(door: Door) -> Router:
    """Return the operations that tell of overlaps, notices and hits."""
    router = Router(tags=["overlaps"])

    def listed(request: ApiRequest, act: Act) -> NoticesOut:
        read = list_notices(act=act, queue=door.rooms().queue, **door.parts_of(request))
        return NoticesOut(notices=[notice_out(one) for one in read.views], waiting=read.waiting)

    @router.get(
        "notices",
        response={200: NoticesOut, **failing()},
        summary="What you were told, newest first",
    )
    def notices(request: ApiRequest) -> NoticesOut:
        return listed(request, Act.NOTICE_READ)

    @router.get(
        "overlaps",
        response={200: NoticesOut, **failing()},
        summary="The overlaps of your cases",
    )
    def overlaps(request: ApiRequest) -> NoticesOut:
        return listed(request, Act.OVERLAP_READ)

    @router.get(
        "overlaps/{uuid:overlap_id}",
        response={200: OverlapOut, **failing(404)},
        summary="One overlap with its hits",
    )
    def overlap(request: ApiRequest, overlap_id: UUID) -> OverlapOut:
        found = service.view_overlap(overlap_id=overlap_id, queue=door.rooms().queue, **door.parts_of(request))
        mine = [notice_out(one) for one in found.sides]
        return OverlapOut(notices=mine, hits=[hit_out(one) for one in found.hits], waiting=found.waiting)

    return router


def answers_router(door: Door) -> Router:
    """Return the operations by which an officer answers to overlaps and hits."""
    router = Router(tags=["overlaps"])

    @router.post(
        "overlaps/{uuid:overlap_id}/acknowledge",
        response={204: None, **failing(404)},
        summary="Take note of a notice",
    )
    def acknowledge(request: ApiRequest, overlap_id: UUID) -> Status[None]:
        service.acknowledge(overlap_id=overlap_id, **door.parts_of(request))
        return Status(204, None)

    @router.post(
        "overlaps/{uuid:overlap_id}/share",
        response={200: SharedOut, **failing(404, 409)},
        summary="Show the other side your case's reference and the hits, once it does the same",
    )
    def share(request: ApiRequest, overlap_id: UUID) -> SharedOut:
        return SharedOut(shared_by_both=service.share(overlap_id=overlap_id, **door.parts_of(request)))

    @router.post(
        "hits/{int:hit_id}/judgement",
        response={204: None, **failing(404)},
        summary="Say what you think of a hit",
    )
    def judge(request: ApiRequest, hit_id: Annotated[int, Path(ge=1, le=MOST_ID)], body: JudgedIn) -> Status[None]:
        service.judge_hit(
            hit_id=hit_id, answer=Judgement(body.answer), sameness=body.sameness, **door.parts_of(request)
        )
        return Status(204, None)

    return router

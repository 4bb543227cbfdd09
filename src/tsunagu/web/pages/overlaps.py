"""Overlaps and notices: told, acknowledged, shared, judged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tsunagu.domain.act import Act
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Turn
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.notice import NoticeState
from tsunagu.domain.overlap import Strength
from tsunagu.domain.search import Answered, OverlapSearch
from tsunagu.services.media.reveals import reveal_desk
from tsunagu.services.overlaps import answers as service
from tsunagu.services.overlaps.notices import list_notices
from tsunagu.web.desk import ROWS_A_PAGE, actor_of, day, narrowed, number, parts_of, search_or_all, sought
from tsunagu.web.rooms import now, rooms
from tsunagu.web.sign_in.proof import grave
from tsunagu.web.timelines import drawn

TURNED: dict[Turn | None, str] = {
    Turn.UPRIGHT: "1 0 0 1",
    Turn.ROTATED_90: "0 -1 1 0",
    Turn.ROTATED_180: "-1 0 0 -1",
    Turn.ROTATED_270: "0 1 -1 0",
    Turn.MIRRORED_LEFT_RIGHT: "-1 0 0 1",
    Turn.MIRRORED_UPSIDE_DOWN: "1 0 0 -1",
    Turn.TRANSPOSED: "0 1 1 0",
    Turn.TRANSVERSED: "0 -1 -1 0",
}
"""How the other picture lies on one's own, as the matrix of a drawing, whose second axis points down."""
ANSWERS = (Judgement.SAME, Judgement.DIFFERENT, Judgement.UNSURE)


def overlaps(request: HttpRequest) -> HttpResponse:
    """List the overlaps of the officer's cases."""
    search, complaint = search_or_all(lambda: _search(request), OverlapSearch())
    asked = request.GET.copy()
    asked.pop("after", None)
    if complaint:
        asked.clear()
    context = _page(request, Act.OVERLAP_READ, search, complaint) | {"search": search, "states": list(NoticeState)}
    context |= {"is_narrowed": search != OverlapSearch(), "kept": f"{asked.urlencode()}&" if asked else ""}
    return render(request, "web/overlaps.html", context)


def overlap(request: HttpRequest, overlap_id: UUID) -> HttpResponse:
    """Show one overlap: with whom, and once both sides have shared, every hit with its evidence."""
    after = number(request.GET.get("after", ""))
    found = service.view_overlap(
        overlap_id=overlap_id, after=after, most=ROWS_A_PAGE, queue=rooms().queue, **parts_of(request)
    )
    # Who works on both cases is told of each hit from either side; the page shows one.
    shown = found.sides[0]
    seen = [hit for hit in found.hits if hit.case == shown.notice.case]
    return render(
        request,
        "web/overlap.html",
        {
            "view": shown,
            "waiting": found.waiting,
            "after": after,
            "next": seen[-1].hit_id if seen and shown.notice.case in found.going_on else None,
            "hits": [(hit, drawn(hit.evidence.stretches)) for hit in seen],
            "desk": reveal_desk(
                actor=actor_of(request),
                reference=shown.notice.case,
                numbers=[hit.number for hit in seen],
                now=now(),
            ),
            "answers": ANSWERS,
            "samenesses": list(Sameness),
        },
    )


@require_GET
def hit(request: HttpRequest, overlap_id: UUID, hit_id: int) -> HttpResponse:
    """Show both sides of one hit beside each other: the other one's item only to who works on its case as well."""
    found = service.view_overlap(overlap_id=overlap_id, hit_id=hit_id, queue=rooms().queue, **parts_of(request))
    mine, *others = found.hits
    actor, at = actor_of(request), now()
    sides = [
        (each, reveal_desk(actor=actor, reference=each.case, numbers=[each.number], now=at)) for each in (mine, *others)
    ]
    context = {"overlap_id": overlap_id, "view": found.sides[0], "hit": mine, "mine": sides[0], "theirs": sides[1:]}
    context |= {"lines": drawn(mine.evidence.stretches), "turned": TURNED.get(mine.evidence.turn)}
    return render(request, "web/hit.html", context)


def notices(request: HttpRequest) -> HttpResponse:
    """List what the officer was told: hit/no-hit, and whom to talk to."""
    return render(request, "web/notices.html", _page(request, Act.NOTICE_READ, None))


@require_POST
def acknowledge(request: HttpRequest, overlap_id: UUID) -> HttpResponse:
    """Take note of a notice."""
    service.acknowledge(overlap_id=overlap_id, **parts_of(request))
    return _back(request, overlap_id)


@require_POST
@grave
def share(request: HttpRequest, overlap_id: UUID) -> HttpResponse:
    """Agree to show the other side this case's reference and the hits."""
    service.share(overlap_id=overlap_id, **parts_of(request))
    return _back(request, overlap_id)


@require_POST
@grave
def release(request: HttpRequest, overlap_id: UUID) -> HttpResponse:
    """Let a held notice go to the covert case's officers."""
    service.release(overlap_id=overlap_id, **parts_of(request))
    return redirect("notices")


@require_POST
def judge(request: HttpRequest, overlap_id: UUID, hit_id: int) -> HttpResponse:
    """Keep what the officer thinks of a hit."""
    answer, _, what = request.POST.get("answer", "").partition(":")
    try:
        judged, sameness = Judgement(answer), Sameness(what) if what else None
    except ValueError as error:
        raise InputError("no such judgement") from error
    service.judge_hit(hit_id=hit_id, answer=judged, sameness=sameness, **parts_of(request))
    response = redirect("overlap", overlap_id)
    after = number(request.GET.get("after", ""))
    response["Location"] += f"?after={after}#hit-{hit_id}" if after else f"#hit-{hit_id}"
    return response


def _search(request: HttpRequest) -> OverlapSearch:
    return OverlapSearch(
        text=sought(request.GET.get("text", "")),
        agency=sought(request.GET.get("agency", "")),
        state=narrowed(NoticeState, request.GET.get("state", "")),
        strength=narrowed(Strength, request.GET.get("strength", "")),
        answered=narrowed(Answered, request.GET.get("answered", "")),
        since=day(request.GET.get("since", "")),
    )


def _last(after: str) -> UUID | None:
    try:
        return UUID(after) if after else None
    except ValueError as error:
        raise InputError("no notice is named so") from error


def _page(request: HttpRequest, act: Act, search: OverlapSearch | None, complaint: str = "") -> dict[str, Any]:
    """Return one page of a list of notices, as its template is given it."""
    last, misplaced = search_or_all(lambda: _last(request.GET.get("after", "")), None)
    after = str(last or "")
    most = ROWS_A_PAGE + 1
    read = list_notices(act=act, search=search, after=last, most=most, queue=rooms().queue, **parts_of(request))
    page = read.views[:ROWS_A_PAGE]
    following = page[-1].notice.notice_id if len(read.views) > ROWS_A_PAGE else None
    return {
        "views": page,
        "waiting": read.waiting,
        "after": after,
        "next": following,
        "complaint": complaint or misplaced,
    }


def _back(request: HttpRequest, overlap_id: UUID) -> HttpResponse:
    return redirect("notices") if request.POST.get("from") == "notices" else redirect("overlap", overlap_id)

"""Series: the board, by status, and one series with its items, votes, claim and history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.errors import InputError
from tsunagu.domain.outcome import OutcomeCode
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.scheme import Grade
from tsunagu.domain.series import TRANSITIONS, Distributed, SeriesItem, SeriesSearch, SeriesStatus
from tsunagu.domain.series_counts import CountedBy
from tsunagu.services.alerts.counted_outcomes import count_outcomes
from tsunagu.services.cases import claims
from tsunagu.services.series import changes as series_changes
from tsunagu.services.series import facts as series_facts
from tsunagu.services.series import publishing as series_publishing
from tsunagu.services.series import votes
from tsunagu.services.series.counter import count_series
from tsunagu.services.series.reading import list_series, open_series, view_series
from tsunagu.web.desk import ROWS_A_PAGE, chosen, day, may, narrowed, number, parts_of, search_or_all, sought
from tsunagu.web.rooms import now
from tsunagu.web.sign_in.proof import grave
from tsunagu.web.templatetags.tsunagu import place as shown_path

SEPARATOR = "|"
"""Between the place of an item and its case, as a form sends them."""
DIGITS = 16
"""Hex digits of a content's SHA-256 that are shown."""
MOST_DAYS = 100
"""Days, or years, that are shown of a count."""


@require_http_methods(["GET", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """Show the series of the officer's cases by status, with what is claimed; or open one."""
    if request.method == "POST":
        name = request.POST.get("name", "")
        open_series(name=name, case=request.POST.get("case", ""), purpose=None, **parts_of(request))
        return redirect("series", name)
    search, complaint = search_or_all(lambda: _search(request), SeriesSearch())
    found = list_series(search=search, **parts_of(request))
    at = now()
    columns = [(status, [one for one in found if one.shown_status(at) is status]) for status in SeriesStatus]
    context = {"columns": [(status, some) for status, some in columns if some], "statuses": list(SeriesStatus)}
    context |= {"search": search, "is_narrowed": search != SeriesSearch(), "complaint": complaint}
    return render(request, "web/series_board.html", context | {"claimed": claims.list_claims(**parts_of(request))})


@require_GET
def counter(request: HttpRequest) -> HttpResponse:
    """Show how many series of the officer's cases are known, identified and safeguarded, by year or by day."""
    by = CountedBy.DAY if request.GET.get("by") == CountedBy.DAY.value else CountedBy.YEAR
    found = count_series(by=by, **parts_of(request))
    most = max((max(one.known, one.identified) for one in found.each), default=0)
    context = {"found": found, "shown": found.each[:MOST_DAYS], "by_day": by is CountedBy.DAY, "most": most}
    if may(request, Permission.ALERT_READ):
        outcomes = count_outcomes(by=by, **parts_of(request))
        codes = [code for code in OutcomeCode if code in outcomes.children]
        context |= {"outcomes": outcomes, "outcomes_shown": outcomes.each[:MOST_DAYS], "codes": codes}
    return render(request, "web/series_counter.html", context)


def series(request: HttpRequest, series: str) -> HttpResponse:
    """Show one series, a page of its items at a time."""
    place, _, case = request.GET.get("after", "").partition(SEPARATOR)
    view = view_series(
        name=series, after=(case, number(place)), most=ROWS_A_PAGE + 1, with_votes=True, **parts_of(request)
    )
    items = view.items[:ROWS_A_PAGE]
    voted, one = view.votes, view.summary
    context = {
        "view": view,
        "one": one,
        "status": one.shown_status(now()),
        "items": _lines(items, voted),
        "after": place,
        "next": f"{items[-1].number}{SEPARATOR}{items[-1].case}" if len(view.items) > ROWS_A_PAGE else None,
        "may_follow": [each for each in SeriesStatus if each in TRANSITIONS[one.status]],
        "circulations": list(Distributed),
        "purposes": list(Purpose),
        "grades": list(Grade),
        "voted": voted,
    }
    return render(request, "web/series.html", context)


def _lines(items: Iterable[SeriesItem], voted: votes.VotesView | None) -> list[dict[str, Any]]:
    """Return what the page shows of each item, in one place: a template takes longer to look around than to write."""
    said = {(each.item.case, each.item.number): each for each in voted.items} if voted else {}
    return [
        {
            "number": str(one.number),
            "case": one.case,
            "path": shown_path(one.path),
            "is_context": one.is_context,
            "digest": one.sha256.hex()[:DIGITS],
            "type": one.media_type or "",
            "said": said.get((one.case, one.number), ""),
        }
        for one in items
    ]


@require_POST
def change(request: HttpRequest, series: str) -> HttpResponse:
    """Do what a button of the page says."""
    act = request.POST.get("act", "")
    deeds: dict[str, Callable[[HttpRequest, str], object]] = {
        "add": _add,
        "remove": _remove,
        "split": _split,
        "merge": _merge,
        "undo": _undo,
        "alias": _alias,
        "status": _status,
        "circulation": _circulation,
        "handling": _handling,
        "vote": _vote,
        "dispute": _dispute,
        "claim": _claim,
        "renew": lambda asked, name: claims.renew_claim(**_claimed(asked, name), reason=_reason(asked)),
        "release": lambda asked, name: claims.release_claim(**_claimed(asked, name), reason=_reason(asked)),
        "ask": lambda asked, name: claims.ask_interest(**_claimed(asked, name)),
    }
    if act not in deeds:
        view_series(name=series, **parts_of(request))  # what is not his is told him before what is no deed
        raise InputError("there is no such choice")
    deeds[act](request, series)
    return redirect("series_board") if act == "ask" else redirect("series", series)


@grave
@require_POST
def publish(request: HttpRequest, series: str) -> HttpResponse:
    """Publish a series to a bank, or withdraw it from there."""
    bank, reason = request.POST.get("bank", ""), _reason(request)
    if not (bank and reason):
        view_series(name=series, **parts_of(request))  # what is not his is told him before what is missing
    asked: dict[str, Any] = {"name": series, "bank": bank, "reason": reason, **parts_of(request)}
    if request.POST.get("act") == "withdraw":
        series_publishing.withdraw_published(**asked)
    else:
        series_publishing.publish_series(**asked)
    return redirect(f"{reverse('series', args=[series])}#published")


def _add(request: HttpRequest, name: str) -> None:
    case, items = request.POST.get("case", ""), request.POST.get("items", "").split()
    is_context = request.POST.get("context") == "on"
    series_changes.add_to_series(name=name, case=case, items=items, is_context=is_context, **parts_of(request))


def _remove(request: HttpRequest, name: str) -> None:
    series_changes.remove_from_series(name=name, **_picked(request), reason=_reason(request), **parts_of(request))


def _split(request: HttpRequest, name: str) -> None:
    picked, new = _picked(request), request.POST.get("new", "")
    series_changes.split_series(name=name, new=new, **picked, reason=_reason(request), **parts_of(request))


def _merge(request: HttpRequest, name: str) -> None:
    other = request.POST.get("other", "")
    series_changes.merge_series(name=name, other=other, reason=_reason(request), **parts_of(request))


def _undo(request: HttpRequest, name: str) -> None:
    try:
        step_id = UUID(request.POST.get("step", ""))
    except ValueError as error:
        raise InputError("there is no such choice") from error
    series_changes.undo_step(name=name, step_id=step_id, reason=_reason(request), **parts_of(request))


def _alias(request: HttpRequest, name: str) -> None:
    alias, is_dropped = request.POST.get("alias", ""), request.POST.get("drop") == "on"
    series_facts.name_series(name=name, alias=alias, is_dropped=is_dropped, **parts_of(request))


def _status(request: HttpRequest, name: str) -> None:
    status = chosen(SeriesStatus, request.POST.get("status", ""))
    series_facts.set_status(name=name, status=status, reason=_reason(request), **parts_of(request))


def _circulation(request: HttpRequest, name: str) -> None:
    word = chosen(Distributed, request.POST.get("distributed", ""))
    series_facts.set_distributed(name=name, distributed=word, **parts_of(request))


def _handling(request: HttpRequest, name: str) -> None:
    sent = request.POST
    series_facts.set_handling(
        name=name,
        receivers=sent.getlist("to"),
        purposes=[chosen(Purpose, one) for one in sent.getlist("purpose")],
        may_forward=sent.get("forward") == "on",
        until=day(sent.get("until", "")),
        reason=_reason(request),
        **parts_of(request),
    )


def _vote(request: HttpRequest, name: str) -> None:
    grade, sent = chosen(Grade, request.POST.get("grade", "")), request.POST
    answers = {key.removeprefix("answer-"): sent.get(key, "") for key in sent if key.startswith("answer-")}
    votes.cast_vote(name=name, **_one(request), grade=grade, answers=answers, **parts_of(request))


def _dispute(request: HttpRequest, name: str) -> None:
    votes.dispute_votes(name=name, **_one(request), reason=_reason(request), **parts_of(request))


def _claim(request: HttpRequest, name: str) -> None:
    is_imminent = request.POST.get("imminent") == "on"
    claims.claim(**_claimed(request, name), reason=_reason(request), is_imminent=is_imminent)


def _claimed(request: HttpRequest, name: str) -> dict[str, Any]:
    return {"kind": ClaimScope.SERIES, "name": name, **parts_of(request)}


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")


def _one(request: HttpRequest) -> dict[str, Any]:
    """Return the one item that was picked, and the scheme."""
    picked = _picked(request)
    if len(picked["items"]) != 1:
        raise InputError("choose one item")
    return {"case": picked["case"], "item": picked["items"][0], "scheme": request.POST.get("scheme", "")}


def _picked(request: HttpRequest) -> dict[str, Any]:
    """Return the case and the numbers of the items that were picked.

    Raises:
        InputError: none, or of several cases.
    """
    pairs = [one.partition(SEPARATOR)[::2] for one in request.POST.getlist("picked")]
    cases = {case for _, case in pairs}
    if len(cases) != 1:
        raise InputError("choose items, of one case at a time")
    return {"case": cases.pop(), "items": [place for place, _ in pairs]}


def _search(request: HttpRequest) -> SeriesSearch:
    return SeriesSearch(
        text=sought(request.GET.get("text", "")),
        status=narrowed(SeriesStatus, request.GET.get("status", "")),
        since=day(request.GET.get("since", "")),
    )

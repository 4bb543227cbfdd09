"""The title register of a seized list: searched, entered, and assessed by people for a law and its days."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from tsunagu.domain.errors import InputError
from tsunagu.domain.title import MOST_WORDS, TitleAssessment, TitleValue, TitleWords
from tsunagu.services.seized import titles as service
from tsunagu.services.seized.titles import AssessmentDraft, TitleView
from tsunagu.web.desk import ROWS_A_PAGE, chosen, day, narrowed, parts_of, search_or_all
from tsunagu.web.desk import number as place

OTHER_WORDS = ("code", "jan", "maker", "distributor", "edition", "series", "exhibit")


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """List the titles of a list that are looked for, or enter one."""
    if request.method == "POST":
        sent = request.POST
        words = TitleWords(sent.get("title", "").strip(), **{one: sent.get(one, "").strip() for one in OTHER_WORDS})
        made = service.add_title(reference=reference, number=number, words=words, **parts_of(request))
        return redirect("case_list_title", reference, number, made.number)
    after = place(request.GET.get("after", ""))
    state, complaint = search_or_all(lambda: narrowed(TitleValue, request.GET.get("state", "")), None)
    text = request.GET.get("text", "").strip()[:MOST_WORDS]
    views = service.list_titles(reference=reference, number=number, **parts_of(request))
    found = [one for one in views if one.title.words.speak_of(text) and (state is None or _stands(one, state))]
    page = [one for one in found if one.title.number > after][: ROWS_A_PAGE + 1]
    context: dict[str, Any] = {"reference": reference, "number": number, "all": len(views), "found": len(found)}
    context |= {"titles": [(one, _latest(one)) for one in page[:ROWS_A_PAGE]], "after": after, "complaint": complaint}
    context |= {"text": text, "state": state, "states": list(TitleValue), "most_words": MOST_WORDS}
    context["next"] = page[ROWS_A_PAGE - 1].title.number if len(page) > ROWS_A_PAGE else None
    return render(request, "web/titles.html", context)


@require_http_methods(["GET", "POST"])
def title(request: HttpRequest, reference: str, number: int, title: int) -> HttpResponse:
    """Show one title with all that was said of it and its like, or keep what an officer says of it."""
    named: dict[str, Any] = {"reference": reference, "number": number, "title": title, **parts_of(request)}
    if request.method == "POST":
        service.assess_title(draft=_draft(request), **named)
        return redirect("case_list_title", reference, number, title)
    desk = service.view_title(**named)
    said = [(one, desk.logins.get(one.officer_id, "")) for one in reversed(desk.view.title.assessments)]
    proposed = [(one, desk.logins.get(one.assessment.officer_id, "")) for one in desk.view.proposed]
    context: dict[str, Any] = {"reference": reference, "number": number, "desk": desk, "title": desk.view.title}
    context |= {"said": said, "proposed": proposed, "counting": set(_latest(desk.view)), "values": list(TitleValue)}
    return render(request, "web/title.html", context)


def _draft(request: HttpRequest) -> AssessmentDraft:
    sent = request.POST
    from_on = day(sent.get("from_on", ""))
    if from_on is None:
        raise InputError("an assessment says from which day on it holds")
    return AssessmentDraft(
        sent.get("jurisdiction", ""),
        chosen(TitleValue, sent.get("value", "")),
        from_on,
        day(sent.get("to_on", "")),
        sent.get("reason", ""),
        sent.get("precedent", "").strip(),
    )


def _latest(view: TitleView) -> tuple[TitleAssessment, ...]:
    """Return the latest assessment for each law, as it stands in the register."""
    return tuple({one.jurisdiction: one for one in view.title.assessments}.values())


def _stands(view: TitleView, state: TitleValue) -> bool:
    """Return whether a title's latest word is this one; nobody's word says as much as one that was taken back."""
    latest = {one.value for one in _latest(view)}
    return state in latest or (state is TitleValue.NOT_ASSESSED and not latest)

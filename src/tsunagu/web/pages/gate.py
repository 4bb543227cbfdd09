"""Persons of a seized list at the gate: listed by number, and one at a time with what is shown and what is missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tsunagu.domain.enquiry_request import Wanted
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.gate import BYPASSED, Contact, GateStanding, GateStepKind, Position, PositionBasis, RiskBand
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListField
from tsunagu.law.applying import Showing
from tsunagu.law.gate import Allegation, GateClosed, Majority
from tsunagu.law.points import Point
from tsunagu.resolution.prefectures import prefectures
from tsunagu.services.gate import decisions as service
from tsunagu.services.gate.facts import PositionFact
from tsunagu.services.gate.request_asking import ASKED_OF
from tsunagu.services.gate.views import MOST_PERSONS, PersonView, list_persons, view_person
from tsunagu.services.referrals.package import FORMS
from tsunagu.web.desk import day, may, narrowed, parts_of, search_or_all, whole
from tsunagu.web.desk import number as place
from tsunagu.web.gate_forms import EVIDENCE_LINES, fact_of
from tsunagu.web.sign_in.proof import grave

PERSONS_A_PAGE = MOST_PERSONS - 1
OLDEST = 999


@require_GET
def persons(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """List persons of a list by number, without a name, as far as their standing or prefecture is asked for."""
    after, is_asked = place(request.GET.get("after", "")), "standing" in request.GET
    standing, complaint = search_or_all(lambda: narrowed(GateStanding, request.GET.get("standing", "")), None)
    typed = request.GET.get("prefecture", "")
    prefecture = typed if typed in prefectures() else None
    found = list_persons(
        reference=reference,
        number=number,
        standing=standing or (None if is_asked else GateStanding.LEAD),
        prefecture=prefecture,
        after=after,
        most=PERSONS_A_PAGE + 1,
        **parts_of(request),
    )
    views = found[:PERSONS_A_PAGE]
    context: dict[str, Any] = {"reference": reference, "number": number, "views": views, "complaint": complaint}
    context |= {"standing": standing or ("" if is_asked else GateStanding.LEAD), "after": after}
    context |= {"standings": list(GateStanding), "prefecture": prefecture, "prefectures": list(prefectures())}
    context["next"] = views[-1].person.rows[0] if len(found) > PERSONS_A_PAGE else None
    return render(request, "web/persons.html", context)


@require_GET
def person(request: HttpRequest, reference: str, number: int, person: int) -> HttpResponse:
    """Show one person: what is shown of the five points, what is missing, what else is recorded, and every step."""
    view = view_person(reference=reference, number=number, person=person, **parts_of(request))
    looked_into, titles = view.file.person, {one.number: one for one in view.named}
    alleged = None if looked_into is None else looked_into.allegation
    context: dict[str, Any] = {"reference": reference, "number": number, "person": person, "view": view}
    context |= {"stands": view.file.stands, "alleged": alleged, "points": _points(view), "facts": _facts(view)}
    context |= {
        "steps": [(one, view.logins.get(one.officer_id, "")) for one in reversed(view.file.steps)],
        "lost": view.file.promoted is not None and view.file.stands is not GateStanding.SUSPECT,
        "has_risk": GateStepKind.RISK in view.file.facts,
        "rows": list(zip(view.person.rows, view.rows, strict=True)),
        "fields": [one for one in ListField if any(row.get(one) for row in view.rows)],
        "titles": [
            (one, None if alleged is None else one.assessed_on(alleged.jurisdiction, alleged.act_on))
            for one in titles.values()
        ],
        "packages": [(kept, kept.path, card) for kept, card in view.packages],
        "conducts": view.conducts,
    }
    context |= {"showings": list(Showing), "majorities": list(Majority), "bands": list(RiskBand), "forms": FORMS}
    context |= {"positions": list(Position), "bases": list(PositionBasis), "contacts": list(Contact)}
    context |= {"prefectures": list(prefectures()), "lines": range(EVIDENCE_LINES)}
    context |= {"may_ask": view.file.stands in ASKED_OF, "wanted": list(Wanted)}
    return render(request, "web/person.html", context)


@require_POST
def record(request: HttpRequest, reference: str, number: int, person: int) -> HttpResponse:
    """Keep what the form says was found of a person."""
    fact = fact_of(request.POST)
    service.record_fact(reference=reference, number=number, person=person, fact=fact, **parts_of(request))
    hides = isinstance(fact, PositionFact) and fact.position in BYPASSED
    if hides and not may(request, Permission.HELD_NOTICE_RELEASE):  # he is not told of him any more
        return redirect("case_list_persons", reference, number)
    return redirect("case_list_person", reference, number, person)


@require_POST
@grave
def decide(request: HttpRequest, reference: str, number: int, person: int) -> HttpResponse:
    """Let an officer decide: take him up, promote him, drop him, or hand him over to the way of juveniles."""
    sent = request.POST
    at: dict[str, Any] = {"reference": reference, "number": number, "person": person, **parts_of(request)}
    at["reasons"] = sent.get("reason", "")
    match sent.get("decision", ""):
        case "take-up":
            service.take_up(allegation=_allegation(request), **at)
        case "promote":
            _promote(at)
        case "drop":
            service.drop(**at)
        case "juvenile":
            then, today = (whole(sent.get(name, ""), most=OLDEST) for name in ("age_at_act", "age_now"))
            service.send_to_juvenile_way(age_at_act=then, age_now=today, **at)
            if not may(request, Permission.JUVENILE_HANDLE):  # he is not told of him any more
                return redirect("case_list_persons", reference, number)
        case "hand-over":
            service.hand_over_juvenile(office=sent.get("office", ""), **at)
        case _:
            raise InputError("there is no such choice")
    return redirect("case_list_person", reference, number, person)


def _promote(at: dict[str, Any]) -> None:
    """Promote somebody whose page has said that nothing is missing; by now something may be."""
    try:
        service.promote(**at)
    except GateClosed:
        raise Conflict("something is missing before he may be called a suspect: his page says what") from None


def _allegation(request: HttpRequest) -> Allegation:
    jurisdiction, _, conduct = request.POST.get("conduct", "").partition(" ")
    act_on = day(request.POST.get("act_on", ""))
    if act_on is None:
        raise InputError("who is taken up is said to have done something on a day")
    return Allegation(jurisdiction, conduct, act_on)


def _points(view: PersonView) -> list[tuple[Point, Any, str, str, int | None]]:
    """Return each of the five points with what counts of it now, the words, who found it, and the title of an item."""
    if view.file.person is None:
        return []
    found = []
    for point in Point:
        step = view.file.found.get(point)
        words, login, title = ("", "", None) if step is None else (
            step.said["words"], view.logins.get(step.officer_id, ""), step.said["title"],
        )  # fmt: skip
        found.append((point, getattr(view.file.person.points, point.value), words, login, title))
    return found


def _facts(view: PersonView) -> dict[str, dict[str, Any]]:
    """Return what else is recorded, by kind: what was said, by whom, and when."""
    return {
        kind.value: {"said": step.said, "login": view.logins.get(step.officer_id, ""), "at": step.at}
        for kind, step in view.file.facts.items()
    }

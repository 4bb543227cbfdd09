"""The persons of a case, how each stands, and their network."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.outcome import OutcomeCode, PersonRole
from tsunagu.domain.person import (
    Basis,
    CourtFinding,
    Ground,
    GroundKind,
    PersonEnd,
    PersonKind,
    PersonName,
    TieReason,
)
from tsunagu.domain.report import SourceGrading
from tsunagu.services.persons import identities
from tsunagu.services.persons import stating as service
from tsunagu.services.persons import withdrawing as person_withdrawing
from tsunagu.services.persons.network import network_of
from tsunagu.web.case_graphs import BOX_HEIGHT, BOX_WIDTH, laid_out
from tsunagu.web.desk import chosen, day, parts_of
from tsunagu.web.sign_in.proof import grave

GRADINGS = [f"{letter}{digit}" for letter in "ABCDE" for digit in "12345"]


@require_http_methods(["GET", "POST"])
def persons(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the persons of a case with their network, or enter a person or a tie."""
    if request.method == "POST":
        _enter(request, reference)
        return redirect("persons", reference)
    view = service.list_persons(reference=reference, **parts_of(request))
    columns, ties = network_of(view)
    context: dict[str, Any] = {"view": view, "drawing": None}
    if ties:
        drawing = laid_out(columns, ties, lambda node: reverse("one_person", args=[reference, node.name]))
        context |= {"drawing": drawing, "width": BOX_WIDTH, "height": BOX_HEIGHT}
    return render(request, "web/case_persons.html", context | _choices() | {"reasons": list(TieReason)})


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, reference: str, called: str) -> HttpResponse:
    """Show what was stated of one person and who was told, or state how the person stands now."""
    name = PersonName.parse(called)
    if request.method == "POST":
        value, basis = request.POST.get("value", ""), _basis(request)
        service.state_person(reference=reference, name=name, value=value, basis=basis, **parts_of(request))
        return redirect("one_person", reference, called)
    view = service.list_persons(reference=reference, **parts_of(request))
    one = next((each for each in view.persons if each.name == name), None)
    if one is None:
        raise NotFound("no such person in this case")
    is_child = name.kind is PersonKind.CHILD
    codes = [*OutcomeCode] if is_child else [*PersonRole, *CourtFinding]
    ties = [each for each in view.ties if name in {each.one, each.other}]
    context = {"view": view, "one": one, "codes": codes, "ties": ties, "is_child": is_child, "ends": list(PersonEnd)}
    return render(request, "web/case_person.html", context | _choices())


@grave
@require_POST
def withdraw(request: HttpRequest, reference: str, called: str) -> HttpResponse:
    """Erase a person, and go to the list of who is to be told."""
    why = chosen(PersonEnd, request.POST.get("why", ""))
    name = PersonName.parse(called)
    person_withdrawing.withdraw_person(reference=reference, name=name, why=why, **parts_of(request))
    return redirect("persons_recalls", reference)


@require_http_methods(["GET", "POST"])
def recalls(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who is to be told of withdrawals and who has read identities, or enter what a receiver answers."""
    if request.method == "POST":
        number, answer = request.POST.get("recall", ""), request.POST.get("answer", "")
        if not number.isascii() or not number.isdigit():
            raise InputError("there is no such choice")
        about: dict[str, Any] = {"name": PersonName.parse(request.POST.get("called", "")), "number": int(number[:9])}
        person_withdrawing.answer_recall(reference=reference, answer=answer, **about, **parts_of(request))
        return redirect("persons_recalls", reference)
    view = person_withdrawing.list_recalls(reference=reference, **parts_of(request))
    openings = identities.list_openings(reference=reference, **parts_of(request))
    return render(request, "web/case_recalls.html", {"view": view, "openings": openings.openings})


@grave
@require_POST
def identity(request: HttpRequest, reference: str, called: str) -> HttpResponse:
    """Show who a person is, once, on the answer alone, for the reason that was typed."""
    about: dict[str, Any] = {"name": PersonName.parse(called), "reason": request.POST.get("reason", "")}
    opening_id = identities.ask_identity(reference=reference, is_emergency=False, **about, **parts_of(request))
    found = identities.read_identity(reference=reference, opening_id=opening_id, **parts_of(request))
    return render(request, "web/case_identity.html", {"reference": reference, "called": called, "identity": found})


def _enter(request: HttpRequest, reference: str) -> None:
    typed = request.POST
    match typed.get("entry", ""):
        case "child":
            names = [one for one in [typed.get("series", "").strip()] if one]
            about: dict[str, Any] = {"code": typed.get("code", "").strip(), "series_names": names}
            service.add_child(reference=reference, **about, **parts_of(request))
        case "subject":
            about = {"code": typed.get("code", "").strip(), "basis": _basis(request)}
            service.add_subject(reference=reference, **about, **parts_of(request))
        case "tie":
            pair = (PersonName.parse(typed.get("one", "")), PersonName.parse(typed.get("other", "")))
            about = {"pair": pair, "reason": chosen(TieReason, typed.get("how", "")), "basis": _basis(request)}
            service.tie_persons(reference=reference, **about, **parts_of(request))
        case _:
            raise InputError("there is no such choice")


def _basis(request: HttpRequest) -> Basis:
    typed = request.POST
    since = day(typed.get("since", ""))
    if since is None:
        raise InputError("a statement has a day since which it holds")
    ground = Ground(chosen(GroundKind, typed.get("rests_on", "")), typed.get("evidence", "").strip().lower())
    return Basis(typed.get("words", ""), since, SourceGrading.parse(typed.get("grading", "")), ground)


def _choices() -> dict[str, Any]:
    return {"gradings": GRADINGS, "grounds": list(GroundKind)}

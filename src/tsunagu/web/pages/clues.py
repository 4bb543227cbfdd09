"""Clues of a case: entered, taken back, weighed together, and the list of countries signed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.domain.assessment import CountryFinding, CountryState
from tsunagu.domain.clue import MOST_TEXT, Bearing, ClueDraft, ClueKind, Region, Span, Support, Weighing
from tsunagu.domain.errors import InputError, NotFound, TsunaguError
from tsunagu.services.cases.clues import record_clue, sign_assessment, view_clues, withdraw_clue
from tsunagu.services.media.reveals import reveal_desk
from tsunagu.web.desk import MOST_DIGITS, actor_of, chosen, number, parts_of, whole
from tsunagu.web.middleware.references import note_refusal
from tsunagu.web.rooms import now
from tsunagu.web.world import drawn_world

PERCENT = 100
TYPED = (
    *("item", "kind", "text", "bearing", "countries", "support", "places"),
    *("left", "top", "width", "height", "from_s", "to_s"),
)
"""The fields of the form."""


@require_http_methods(["GET", "POST"])
def clues(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the clues of a case and what they tell together, or enter one."""
    if request.method == "POST":
        try:
            recorded = record_clue(reference=reference, draft=_draft(request), **parts_of(request))
        except InputError as error:
            return _refused(request, reference, error)
        except NotFound as error:
            if "item" not in error.details:  # it is the case that is not there, or not his
                raise
            return _refused(request, reference, error)
        return redirect(f"{request.path}#clue-{recorded.number}")
    item = number(request.GET.get("number", ""))
    context = _context(request, reference, {"item": str(item or "")})
    return render(request, "web/clues.html", context)


def _refused(request: HttpRequest, reference: str, error: TsunaguError) -> HttpResponse:
    """Return the page once more, with what was typed in its fields and why it was refused."""
    typed = {name: request.POST.get(name, "") for name in TYPED}
    context = _context(request, reference, typed) | {"refused": str(error)}
    return render(request, "web/clues.html", context, status=note_refusal(request, error))


def _context(request: HttpRequest, reference: str, typed: dict[str, str]) -> dict[str, Any]:
    """Return what the page shows, and what stands in the fields of its form."""
    view = view_clues(reference=reference, **parts_of(request))
    item = number(typed["item"])
    desk = reveal_desk(actor=actor_of(request), reference=reference, numbers=[item], now=now())
    context: dict[str, Any] = {
        "view": view,
        "item": item or "",
        "typed": typed,
        "desk": desk,
        "reference": reference,
        "most_text": MOST_TEXT,
    }
    context |= {"kinds": list(ClueKind), "bearings": list(Bearing), "supports": list(Support)}
    context |= {"states": list(CountryState), "bars": [_bar(one) for one in view.weighed.findings]}
    return context | {"world": drawn_world(view.weighed.findings) if view.weighed.findings else ""}


@require_POST
def withdraw(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Take a clue back, with a reason."""
    withdraw_clue(reference=reference, number=number, why=request.POST.get("reason", ""), **parts_of(request))
    return redirect("clues", reference)


@require_POST
def sign(request: HttpRequest, reference: str) -> HttpResponse:
    """Sign the list of countries that the page has shown."""
    sign_assessment(
        reference=reference,
        seal=request.POST.get("seal", ""),
        state=chosen(CountryState, request.POST.get("state", "")),
        statement=request.POST.get("statement", ""),
        **parts_of(request),
    )
    return redirect("clues", reference)


def _bar(finding: CountryFinding) -> dict[str, Any]:
    """Return a country as the page draws it: its share of the bar's length, in hundredths."""
    return {"finding": finding, "length": round(finding.weight.weight * PERCENT, 1)}


def _draft(request: HttpRequest) -> ClueDraft:
    sent = request.POST
    bearing = chosen(Bearing, sent.get("bearing", ""))
    supports = bearing is Bearing.SUPPORTS
    return ClueDraft(
        item=whole(sent.get("item", ""), most=10**MOST_DIGITS),
        kind=chosen(ClueKind, sent.get("kind", "")),
        text=sent.get("text", ""),
        weighing=Weighing(
            bearing,
            frozenset() if bearing is Bearing.NEUTRAL else codes(sent.get("countries", "")),
            codes(sent.get("places", "")) if supports else frozenset(),
            chosen(Support, sent.get("support", "")) if supports else None,
        ),
        region=_region([sent.get(name, "") for name in ("left", "top", "width", "height")]),
        span=_span([sent.get(name, "") for name in ("from_s", "to_s")]),
    )


def codes(typed: str) -> frozenset[str]:
    """Return the countries or places that were typed, with commas or spaces between."""
    return frozenset(typed.upper().replace(",", " ").replace("、", " ").split())


def _region(typed: list[str]) -> Region | None:
    """Return the region that was drawn, or typed in percent; None where nothing was."""
    return Region(*(one / PERCENT for one in _numbers(typed))) if any(typed) else None


def _span(typed: list[str]) -> Span | None:
    return Span(*_numbers(typed)) if any(typed) else None


def _numbers(typed: list[str]) -> list[float]:
    try:
        return [float(one) for one in typed]
    except ValueError as error:
        raise InputError("a region has four numbers in percent, a time span two in seconds") from error

"""An alert raised from a case: what it can rest on is shown, and an officer decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tsunagu.domain.alert import MOST_WORDS, Priority
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.errors import InputError
from tsunagu.domain.purpose import Purpose
from tsunagu.services.alerts.desk import Command
from tsunagu.services.alerts.drafts import AlertBasis, alert_basis
from tsunagu.services.alerts.raising import Draft, raise_alert
from tsunagu.web.desk import chosen, parts_of, whole
from tsunagu.web.middleware.references import note_refusal
from tsunagu.web.rooms import now
from tsunagu.web.sign_in.proof import grave

MOST_COUNTRIES_OFFERED = 5
TOLD_FOR_DAYS, MOST_DAYS = 365, 3650
ONCE = ("grounds", "finding", "to", "priority", "reason", "only", "no_forward", "days")
CHOSEN = ("overlap", "purpose")
"""The fields of the form: those that are sent once, and those of which several are chosen."""
Typed = dict[str, Any]
"""What stands in the fields."""
USUAL_PURPOSES = frozenset({Purpose.VICTIM_IDENTIFICATION, Purpose.INVESTIGATION})


@require_GET
def draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what an alert from this case can rest on, as a form."""
    basis = alert_basis(reference=reference, **parts_of(request))
    return render(request, "web/alert_raise.html", _context(reference, basis, _offered(basis)))


def _context(reference: str, basis: AlertBasis, typed: Typed) -> dict[str, Any]:
    """Return what the form shows, and what stands in its fields."""
    return {
        "basis": basis,
        "reference": reference,
        "typed": typed,
        "overlaps": [(one, str(one.overlap_id) in typed["overlap"]) for one in basis.overlaps],
        "priorities": list(Priority),
        "purposes": [(one, one.value in typed["purpose"]) for one in Purpose],
        "most_days": MOST_DAYS,
        "most_words": MOST_WORDS,
        "key": uuid4(),
    }


def _offered(basis: AlertBasis) -> Typed:
    """Return what stands in the fields before anybody has typed."""
    signed = basis.assessment.weighed.countries[:MOST_COUNTRIES_OFFERED] if basis.assessment else ()
    return {
        "overlap": [str(one.overlap_id) for one in basis.overlaps[:1]],
        "grounds": ", ".join(f"{one.country}={one.weight:.2f}" for one in signed),
        "priority": Priority.NORMAL.value,
        "purpose": [one.value for one in USUAL_PURPOSES],
        "days": str(TOLD_FOR_DAYS),
    }


def _refused(request: HttpRequest, reference: str, error: InputError) -> HttpResponse:
    """Return the form once more, with what was typed in its fields and why it was refused."""
    basis = alert_basis(reference=reference, **parts_of(request))
    sent = request.POST
    typed: Typed = {name: sent.get(name, "") for name in ONCE} | {name: sent.getlist(name) for name in CHOSEN}
    context = _context(reference, basis, typed) | {"refused": str(error)}
    return render(request, "web/alert_raise.html", context, status=note_refusal(request, error))


@require_POST
@grave
def raise_(request: HttpRequest, reference: str) -> HttpResponse:
    """Raise the alert that the form describes; a form that cannot be understood is shown again as it was typed."""
    command = Command(str(request.POST.get("key", "")))
    try:
        alert_id = raise_alert(draft=_draft(request.POST, reference), command=command, **parts_of(request))
    except InputError as error:
        return _refused(request, reference, error)
    return redirect("alert", alert_id)


def _draft(sent: QueryDict, reference: str) -> Draft:
    return Draft(
        reference,
        tuple(map(_uuid, sent.getlist("overlap"))),
        sent.get("to", ""),
        _grounds(sent.get("grounds", "")),
        sent.get("finding", "").strip(),
        chosen(Priority, sent.get("priority", "")),
        sent.get("reason", "").strip(),
        tuple(one.strip() for one in sent.get("only", "").splitlines() if one.strip()),
        frozenset(chosen(Purpose, one) for one in sent.getlist("purpose")),
        "no_forward" not in sent,
        _until(sent.get("days", "")),
    )


def _grounds(typed: str) -> tuple[CountryWeight, ...]:
    return tuple(map(CountryWeight.parse, typed.upper().replace(",", " ").replace("、", " ").split()))


def _until(days: str) -> datetime:
    """Return the end of the last day of so many, so that a form that is sent twice says the same."""
    last = now().date() + timedelta(days=min(max(whole(days, most=MOST_DAYS), 1), MOST_DAYS))
    return datetime.combine(last, datetime.min.time(), UTC)


def _uuid(typed: str) -> UUID:
    made: Callable[[str], UUID] = UUID
    try:
        return made(typed)
    except ValueError:
        raise InputError("there is no such choice") from None

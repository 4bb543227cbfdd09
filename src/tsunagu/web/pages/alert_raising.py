"""An alert raised from a case: what it can rest on is shown, and an officer decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tsunagu.domain.alert import MOST_WORDS, Priority
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.errors import InputError
from tsunagu.domain.purpose import Purpose
from tsunagu.services.alert_desk import Command
from tsunagu.services.alert_drafts import alert_basis
from tsunagu.services.alert_raising import Draft, raise_alert
from tsunagu.web.desk import chosen, parts_of, whole
from tsunagu.web.rooms import now
from tsunagu.web.sign_in.proof import grave

MOST_COUNTRIES_OFFERED = 5
TOLD_FOR_DAYS, MOST_DAYS = 365, 3650
USUAL_PURPOSES = frozenset({Purpose.VICTIM_IDENTIFICATION, Purpose.INVESTIGATION})


@require_GET
def draft(request: HttpRequest, reference: str) -> HttpResponse:
    """Show what an alert from this case can rest on, as a form."""
    basis = alert_basis(reference=reference, **parts_of(request))
    signed = basis.assessment.weighed.countries[:MOST_COUNTRIES_OFFERED] if basis.assessment else ()
    context: dict[str, Any] = {
        "basis": basis,
        "reference": reference,
        "grounds": ", ".join(f"{one.country}={one.weight:.2f}" for one in signed),
        "priorities": list(Priority),
        "purposes": [(one, one in USUAL_PURPOSES) for one in Purpose],
        "days": TOLD_FOR_DAYS,
        "most_days": MOST_DAYS,
        "most_words": MOST_WORDS,
        "key": uuid4(),
    }
    return render(request, "web/alert_raise.html", context)


@require_POST
@grave
def raise_(request: HttpRequest, reference: str) -> HttpResponse:
    """Raise the alert that the form describes."""
    sent = request.POST
    drafted = Draft(
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
    alert_id = raise_alert(draft=drafted, command=Command(str(sent.get("key", ""))), **parts_of(request))
    return redirect("alert", alert_id)


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

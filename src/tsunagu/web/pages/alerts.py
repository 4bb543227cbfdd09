"""Alerts: the inbox with its clocks, what is overdue, one alert with its path, and what its holder does with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tsunagu.domain.alert import HandOver, RefusalReason
from tsunagu.domain.errors import InputError
from tsunagu.domain.outcome import (
    NATIONAL_TERMS,
    AgeBand,
    Disposal,
    HarmMethod,
    OutcomeCode,
    PersonRole,
    SchoolBand,
)
from tsunagu.services.alerts import reading as service
from tsunagu.services.alerts import steps as alert_steps
from tsunagu.services.alerts.desk import Command
from tsunagu.services.alerts.notes import write_note
from tsunagu.services.alerts.outcomes import tell_outcome
from tsunagu.web.desk import ROWS_A_PAGE, chosen, document_digest, id_named, parts_of
from tsunagu.web.outcome_forms import PERSON_ROWS, outcome_typed
from tsunagu.web.rooms import now
from tsunagu.web.sign_in.proof import grave
from tsunagu.web.templatetags.tsunagu import weight

SHORT, SHOWN = 8, 3
"""Characters of an alert's id, and countries that it names, in a list."""


@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """List the alerts that the officer is told of, the newest first; or those alone that have news."""
    typed = request.GET.get("after", "")
    after = id_named(typed)
    has_news = bool(request.GET.get("news"))
    views = service.list_alerts(has_news=has_news, after=after, most=ROWS_A_PAGE, **parts_of(request))
    following = views[-1].alert_id if views.has_more else None
    context = {"lines": _lines(views), "after": after, "next": following, "has_news": has_news, "now": now()}
    return render(request, "web/alerts.html", context)


@require_GET
def overdue(request: HttpRequest) -> HttpResponse:
    """List the alerts whose holder's time is over."""
    found = service.list_overdue(**parts_of(request))
    return render(request, "web/alerts_overdue.html", {"lines": _lines(found), "now": now()})


def _lines(views: Iterable[service.AlertView]) -> list[dict[str, Any]]:
    """Return what a list shows of each alert, in one place: a template takes longer to look around than to write."""
    return [
        {
            "id": str(view.alert_id),
            "short": str(view.alert_id)[:SHORT],
            "is_new": view.is_new,
            "waits": view.is_yours and view.path.due_at is not None,
            "priority": view.path.priority,
            "countries": " ".join(f"{one.country} {weight(one.weight)}" for one in view.alert.grounds[:SHOWN])
            if view.alert
            else "",
            "withheld": view.withheld,
            "originator": view.originator.name,
            "holder": view.holder.name,
            "state": view.state,
            "due": view.path.due_at,
            "raised_at": view.raised_at,
        }
        for view in views
    ]


@require_GET
def alert(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Show an alert, as far as its label allows, with its path."""
    found = service.view_alert(alert_id=alert_id, **parts_of(request))
    view, cards = found.view, found.view.cards
    line = set(view.path.line)
    context: dict[str, Any] = {
        "view": view,
        "now": now(),
        "hops": [
            (hop, cards[hop.agency_id], number in line, number == view.path.live)
            for number, hop in enumerate(view.path.hops)
        ],
        "outcomes": [(one, cards[one.step.agency_id]) for one in reversed(view.steps) if one.outcome is not None],
        "notes": [(one, cards[one.agency_id]) for one in view.notes],
        "said": [(one, cards[one.step.agency_id]) for one in view.steps if one.words],
        "contributors": _names(view, view.alert.contributors) if view.alert and view.is_own else [],
        "named": _names(view, view.alert.restrictions.agencies) if view.alert else [],
        "escalated_to": cards.get(view.path.told_of() or uuid4()),
        "speaks": view.is_yours and view.path.holder_id != view.own_id,
        "straight": _names(view, found.stops.straight) if found.stops else [],
        "beside": _names(view, found.stops.beside) if found.stops else [],
        "reasons": list(RefusalReason),
        "forms": list(HandOver),
        "codes": list(OutcomeCode),
        "schools": list(SchoolBand),
        "methods": list(HarmMethod),
        "roles": list(PersonRole),
        "disposals": list(Disposal),
        "ages": list(AgeBand),
        "person_rows": PERSON_ROWS,
        "terms": NATIONAL_TERMS.get(view.holder.country, {}),
        "key": uuid4(),
    }
    return render(request, "web/alert.html", context)


@require_POST
@grave
def answer(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Acknowledge, refuse, pass on, hand back, take or withdraw an alert, note something, or tell what became of it."""
    act = {
        "acknowledge": _acknowledge,
        "refuse": _refuse,
        "pass": _pass,
        "back": _back,
        "take": _take,
        "withdraw": _withdraw,
        "note": _note,
        "outcome": _outcome,
    }.get(request.POST.get("step", ""))
    if act is None:
        raise InputError("there is no such choice")
    act(request, alert_id)
    return redirect("alert", alert_id)


def _acknowledge(request: HttpRequest, alert_id: UUID) -> None:
    alert_steps.acknowledge_alert(alert_id=alert_id, command=_command(request), **parts_of(request))


def _refuse(request: HttpRequest, alert_id: UUID) -> None:
    refusal = chosen(RefusalReason, request.POST.get("because", ""))
    alert_steps.refuse_alert(
        alert_id=alert_id, refusal=refusal, words=_words(request), command=_command(request), **parts_of(request)
    )


def _pass(request: HttpRequest, alert_id: UUID) -> None:
    typed = request.POST.get("form", "")
    alert_steps.pass_alert(
        alert_id=alert_id,
        to=request.POST.get("to", ""),
        form=chosen(HandOver, typed) if typed else None,
        words=_words(request),
        command=_command(request),
        **parts_of(request),
    )


def _back(request: HttpRequest, alert_id: UUID) -> None:
    alert_steps.pass_alert(
        alert_id=alert_id, to=None, form=None, words=_words(request), command=_command(request), **parts_of(request)
    )


def _take(request: HttpRequest, alert_id: UUID) -> None:
    case = request.POST.get("case", "").strip() or None
    alert_steps.take_alert(alert_id=alert_id, case=case, command=_command(request), **parts_of(request))


def _withdraw(request: HttpRequest, alert_id: UUID) -> None:
    alert_steps.withdraw_alert(alert_id=alert_id, words=_words(request), command=_command(request), **parts_of(request))


def _note(request: HttpRequest, alert_id: UUID) -> None:
    write_note(alert_id=alert_id, words=_words(request), command=_command(request), **parts_of(request))


def _outcome(request: HttpRequest, alert_id: UUID) -> None:
    tell_outcome(
        alert_id=alert_id,
        outcome=outcome_typed(request),
        words=_words(request),
        command=_command(request),
        **parts_of(request),
    )


def _words(request: HttpRequest) -> str:
    return str(request.POST.get("words", "")).strip()


def _command(request: HttpRequest) -> Command:
    """Return the command of a form, which carries its key from when it was shown: sent twice, it is done once."""
    return Command(str(request.POST.get("key", "")), document_digest(request))


def _names(view: service.AlertView, agency_ids: frozenset[UUID]) -> list[str]:
    return sorted(view.cards[one].name for one in agency_ids)

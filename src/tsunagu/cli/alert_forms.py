"""Alerts as they are printed: JSON for machines, lines for people."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from rich.text import Text

from tsunagu.cli.output import print_table, screen
from tsunagu.domain.outcome import Outcome, PersonOutcome
from tsunagu.records.alert_rows import KeptStep
from tsunagu.services.alerts.reading import AlertView, OneAlert


def line_json(view: AlertView, now: datetime) -> dict[str, Any]:
    """Return what lists say of an alert."""
    alert, due = view.alert, view.path.due_at
    return {
        "alert": str(view.alert_id),
        "state": view.state,
        "priority": view.path.priority,
        "originator": view.originator.name,
        "holder": view.holder.name,
        "yours": view.is_yours,
        "new": view.is_new,
        "raised": view.raised_at.isoformat(),
        "due": None if due is None else due.isoformat(),
        "overdue": view.path.is_overdue(now),
        "escalated_to": _name(view, view.path.told_of()),
        "countries": None if alert is None else [[one.country, one.weight] for one in alert.grounds],
        "withheld": view.withheld,
    }


def alert_json(one: OneAlert, now: datetime) -> dict[str, Any]:
    """Return all that its reader is told of an alert."""
    view, alert = one.view, one.view.alert
    said: dict[str, Any] = {}
    if alert is not None:
        label = alert.restrictions
        said = {
            "finding": alert.finding,
            "reason": alert.reason,
            "evidence": [
                {
                    "exact": each.exact,
                    "near": each.near,
                    "video_stretches": each.video_stretches,
                    "sound": each.sound,
                    "strength": each.strength,
                }
                for each in alert.evidence
            ],
            "label": {
                "agencies": sorted(view.cards[each].name for each in label.agencies),
                "purposes": sorted(label.purposes),
                "may_forward": label.may_forward,
                "until": label.until.isoformat(),
            },
        }
    if alert is not None and view.is_own:
        said["contributors"] = sorted(view.cards[each].name for each in alert.contributors)
    stops = one.stops
    can = () if stops is None else sorted(view.cards[each].name for each in stops.straight)
    beside = () if stops is None else sorted(view.cards[each].name for each in stops.beside)
    return {
        **line_json(view, now),
        **said,
        "path": path_json(view),
        "steps": [_step_json(view, each) for each in view.steps],
        "notes": [
            {"at": each.at.isoformat(), "agency": view.cards[each.agency_id].name, "words": each.words}
            for each in view.notes
        ],
        "can_go": list(can),
        "can_go_beside": list(beside),
    }


def path_json(view: AlertView) -> list[dict[str, Any]]:
    """Return the hops of an alert, in the order in which it came to them."""
    line = set(view.path.line)
    return [
        {
            "agency": view.cards[hop.agency_id].name,
            "correspondent": view.cards[hop.agency_id].is_correspondent,
            "from": None if hop.sender is None else view.cards[view.path.hops[hop.sender].agency_id].name,
            "form": hop.form,
            "state": hop.state,
            "on_the_way_home": number in line,
            "sent": hop.sent_at.isoformat(),
            "acknowledged": None if hop.acknowledged_at is None else hop.acknowledged_at.isoformat(),
            "due": None if hop.due_at is None else hop.due_at.isoformat(),
            "ended": None if hop.ended_at is None else hop.ended_at.isoformat(),
            "refused": hop.refusal,
        }
        for number, hop in enumerate(view.path.hops)
    ]


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome in neutral codes."""
    return {
        "children": {code.value: count for code, count in sorted(outcome.children.items())},
        "schools": dict(sorted(outcome.schools.items())),
        "methods": dict(sorted(outcome.methods.items())),
        "persons": [_person_json(one) for one in outcome.persons],
    }


def print_line(view: AlertView, now: datetime) -> None:
    """Print what lists say of an alert."""
    due = view.path.due_at
    clock = "" if due is None else f"{'OVERDUE since' if view.path.is_overdue(now) else 'due'} {due:%Y-%m-%d %H:%M} UTC"
    yours = "yours" if view.is_yours else ""
    new = "new" if view.is_new else ""
    parts = (
        str(view.alert_id),
        view.path.priority.value,
        view.state.value,
        f"at {view.holder.name}",
        clock,
        yours,
        new,
    )
    screen.print(Text("  ".join(one for one in parts if one)))


def print_alert(one: OneAlert, now: datetime) -> None:
    """Print an alert with its path."""
    view, alert = one.view, one.view.alert
    print_line(view, now)
    if alert is None:
        screen.print(Text(f"What it says is withheld: {view.withheld}.", style="dim"))
    else:
        screen.print(Text("countries: " + ", ".join(f"{each.country} {each.weight:.2f}" for each in alert.grounds)))
        screen.print(Text(alert.finding))
    rows = [
        (
            each["agency"],
            each["state"],
            each["refused"] or each["form"] or "",
            each["sent"][:16],
            (each["acknowledged"] or "")[:16],
            (each["ended"] or "")[:16],
            (each["due"] or "")[:16],
        )
        for each in path_json(view)
    ]
    print_table(("agency", "state", "", "sent", "acknowledged", "ended", "due"), rows, empty="")
    for each in view.steps:
        if each.outcome is not None:
            _print_outcome(view, each, each.outcome)
    for note in view.notes:
        screen.print(Text(f"{note.at:%Y-%m-%d %H:%M} {view.cards[note.agency_id].name} notes: {note.words}"))


def _print_outcome(view: AlertView, kept: KeptStep, outcome: Outcome) -> None:
    told = ", ".join(f"{count} {code.value}" for code, count in outcome.children.items())
    name = view.cards[kept.step.agency_id].name
    screen.print(Text(f"{kept.step.at:%Y-%m-%d %H:%M} {name}: {told}".rstrip(": ")))
    for stated in (outcome.schools, outcome.methods):
        if stated:
            screen.print(Text("  " + ", ".join(f"{count} {code.value}" for code, count in stated.items())))
    for one in outcome.persons:
        months = "" if one.sentence_months is None else f", {one.sentence_months} months"
        done = ", ".join(each.value for each in one.disposals)
        age = "" if one.age is None else f"age {one.age}"
        parts = (f"person {one.number}", one.role.value, one.part, done, age)
        screen.print(Text("  " + "; ".join(each for each in parts if each) + months))


def _step_json(view: AlertView, kept: KeptStep) -> dict[str, Any]:
    step = kept.step
    return {
        "number": step.number,
        "kind": step.kind,
        "at": step.at.isoformat(),
        "agency": view.cards[step.agency_id].name,
        "entered_by": view.cards[kept.entered_by].name,
        "to": _name(view, step.to_id),
        "form": step.form,
        "refused": step.refusal,
        "words": kept.words,
        "document": None if kept.document is None else kept.document.hex(),
        "outcome": None if kept.outcome is None else outcome_json(kept.outcome),
    }


def _person_json(one: PersonOutcome) -> dict[str, Any]:
    return {
        "person": one.number,
        "role": one.role,
        "disposals": list(one.disposals),
        "part": one.part,
        "sentence_months": one.sentence_months,
        "age": one.age,
    }


def _name(view: AlertView, agency_id: UUID | None) -> str | None:
    return None if agency_id is None else view.cards[agency_id].name

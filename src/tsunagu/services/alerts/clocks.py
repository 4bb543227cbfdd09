"""Clocks of alerts: where a hop's time is over, the hop before is told, and the time after that the one before it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.alert_path import AlertPath, AlertStep, AlertStepKind
from tsunagu.records import agencies, alerts
from tsunagu.records.alert_rows import KeptStep
from tsunagu.records.session import acting_for
from tsunagu.services.alerts.desk import CLOCK_KEY, speaker_of, told
from tsunagu.services.alerts.outbox import queue_steps
from tsunagu.services.isolated import Isolated
from tsunagu.services.members.agency_cards import is_here
from tsunagu.services.parts import Ledger


def escalate_overdue(*, now: datetime, ledger: Ledger) -> int:
    """Note of every alert whose holder's time is over that it is, and return of how many. The machine's act.

    The clock is that of the installation at which the holder is, which alone adds steps to the alert meanwhile. Done
    again at the same moment, it notes nothing: the clock runs anew.

    Raises:
        Exception: what the first of those raised that could not be noted; all others have been.
    """
    noted, each = 0, Isolated()
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            waiting = alerts.overdue_of(agency_id, now=now)
        for alert_id in waiting:
            with each.step(), acting_for(agency_id):
                noted += _escalate(alert_id, agency_id, now, ledger)
    each.finish()
    return noted


def _escalate(alert_id: UUID, agency_id: UUID, now: datetime, ledger: Ledger) -> bool:
    alerts.lock(alert_id)
    alert, steps = alerts.alert_of(alert_id), alerts.steps_of([alert_id])[alert_id]
    path, cards = AlertPath.of(alert.priority, (one.step for one in steps)), agencies.agency_cards()
    if not path.is_overdue(now):
        return False  # somebody has answered meanwhile
    is_ours = is_here(cards, alert.originator_id) or speaker_of(path, cards) == agency_id
    if not is_here(cards, path.holder_id) or not is_ours:
        return False
    step = AlertStep(path.last + 1, AlertStepKind.ESCALATED, path.holder_id, now)
    after = path.after(step)
    key = f"{CLOCK_KEY}{alert_id} at {step.number}"
    digest = hashlib.sha256(key.encode()).digest()
    kept = KeptStep(step, agency_id)
    alerts.add_step(alert_id, kept, after, officer_id=None, key=key, digest=digest)
    queue_steps(alert, (*steps, kept), after, cards, speaker_id=agency_id, now=now)
    reached = dict.fromkeys((path.holder_id, after.told_of() or alert.originator_id))
    ledger.write(
        *(
            told(Act.ALERT_ESCALATED, one, alert_id, step, of=str(path.holder_id))
            for one in reached
            if is_here(cards, one)
        )
    )
    return True

"""What officers do with an incoming report: each act is somebody's, is kept with the report, and can be seen later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.report_steps import ReportState, ReportStepKind
from tsunagu.records import erasing, reports
from tsunagu.records.cases import case_of
from tsunagu.services.cases.opening import open_case
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.reports.desk import (
    OpenReport,
    kept_from,
    opened_report,
    raise_risk,
    receivers_of,
    take_step,
    told,
)
from tsunagu.services.seized.access import refuse_closed


def assign_report(
    *, actor: Actor, report_id: UUID, to: str, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Hand a report over, with what was joined to it, to an agency near in the tree; from then on it alone reads it.

    Raises:
        Forbidden: the actor handles no reports.
        NotFound: no such report, or not the actor's.
        InputError: no reason; or it cannot be assigned to this agency.
        Conflict: it does not wait.
    """
    check_reason(reason)
    with _handling(actor, report_id, now=now, keys=keys, ledger=ledger) as found:
        if to not in receivers_of(actor, found.cards):
            raise InputError("a report is assigned to an agency above, beneath or beside that works with Tsunagu")
        receiver = next(card.agency_id for card in found.cards.values() if card.name == to)
        step: dict[str, Any] = {"words": reason, "to_agency": receiver}
        for one in _done_to_all(found, ReportStepKind.ASSIGNED, actor=actor, now=now, keys=keys, **step):
            had = sorted({*one.had, actor.agency_id} - {receiver})
            reports.change(one, holder_id=receiver, had=had)
            arrived: dict[str, str | int] = {"report": str(one.report_id), "from": str(actor.agency_id)}
            ledger.write(
                told(Act.REPORT_ASSIGNED, one, actor=actor, now=now, to=str(receiver)),
                Deed(Act.REPORT_ARRIVED, now, receiver, details=arrived),
            )


def join_report(
    *, actor: Actor, report_id: UUID, to: UUID, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Say that a report tells of the same as another one, and let it go with that from now on. Nothing of it is lost.

    Where it tells of imminent risk, the other one does from then on.

    Raises:
        Forbidden: the actor handles no reports.
        NotFound: one of the two is no report, or not the actor's.
        InputError: no reason.
        Conflict: one of the two does not wait, or they are one.
    """
    check_reason(reason)
    with _handling(actor, report_id, now=now, keys=keys, ledger=ledger, beside=to) as found:
        lead = reports.report_told(actor, to)
        if to == report_id or lead.state is not ReportState.WAITING:
            raise Conflict("a report is joined to another one that waits")
        step: dict[str, Any] = {"actor": actor, "now": now, "keys": keys, "words": reason}
        take_step(found.kept, ReportStepKind.JOINED, other=to, **step)
        reports.change(found.kept, state=ReportState.JOINED, joined_to=to)
        for one in found.joined:
            reports.change(one, joined_to=to)
        ledger.write(told(Act.REPORT_JOINED, found.kept, actor=actor, now=now, with_report=str(to)))
        if any(one.is_imminent for one in (found.kept, *found.joined)):
            for one in raise_risk(lead, **step):
                ledger.write(told(Act.REPORT_RISK_SET, one, actor=actor, now=now, with_report=str(report_id)))


def merge_report(
    *,
    actor: Actor,
    report_id: UUID,
    reference: str,
    opens: Purpose | None,
    reason: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> None:
    """Merge a report, with what was joined to it, into a case of the actor's; from then on its people alone read it.

    Args:
        reference: of the case.
        opens: the purpose of the case, where it is opened for this; None for one that is open.

    Raises:
        Forbidden: the actor handles no reports, or opens no cases.
        NotFound: no such report, or not the actor's; or no such case, or not the actor's.
        InputError: no reason, or nothing that a case may be called.
        Conflict: the report does not wait; the case is closed or being erased, or is there already.
    """
    check_reason(reason)
    if opens is not None:
        with _handling(actor, report_id, now=now, keys=keys, ledger=ledger) as found:
            if found.kept.state is not ReportState.WAITING:
                raise Conflict("as this report stands, this cannot be done to it")
        open_case(actor=actor, reference=reference, purpose=opens, covert=False, now=now, keys=keys, ledger=ledger)
    with _handling(actor, report_id, now=now, keys=keys, ledger=ledger) as found:
        case = case_of(actor, reference)
        refuse_closed(case)
        if erasing.is_being_erased(case.case_id, None):
            raise Conflict("the case is being erased")
        step: dict[str, Any] = {"words": reason}
        for one in _done_to_all(found, ReportStepKind.MERGED, actor=actor, now=now, keys=keys, **step):
            is_lead = one.report_id == report_id
            reports.change(one, case_id=case.case_id, **({"state": ReportState.MERGED} if is_lead else {}))
            deed = told(Act.REPORT_MERGED, one, actor=actor, now=now)
            ledger.write(Deed(deed.act, now, deed.agency_id, deed.officer_id, deed.purpose, case.case_id, deed.details))


def close_report(*, actor: Actor, report_id: UUID, reason: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Close a report that leads nowhere: it waits no more, and is kept until its last day.

    Raises:
        Forbidden: the actor handles no reports.
        NotFound: no such report, or not the actor's.
        InputError: no reason.
        Conflict: it does not wait.
    """
    check_reason(reason)
    with _handling(actor, report_id, now=now, keys=keys, ledger=ledger) as found:
        take_step(found.kept, ReportStepKind.CLOSED, actor=actor, now=now, keys=keys, words=reason)
        reports.change(found.kept, state=ReportState.CLOSED)
        ledger.write(told(Act.REPORT_CLOSED, found.kept, actor=actor, now=now))


def put_back_report(*, actor: Actor, report_id: UUID, reason: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Let a report wait again that was joined, merged or closed; what was joined to it comes with it.

    It has as long as one that comes in today, or longer if it had: else the next night could erase what waits.

    Raises:
        Forbidden: the actor handles no reports.
        NotFound: no such report, or not the actor's.
        InputError: no reason.
        Conflict: it waits already, or its case is being erased.
    """
    check_reason(reason)
    with _handling(actor, report_id, now=now, keys=keys, ledger=ledger) as found:
        if found.kept.case_id is not None and erasing.is_being_erased(found.kept.case_id, None):
            raise Conflict("the case is being erased")
        step: dict[str, Any] = {"words": reason}
        for one in _done_to_all(found, ReportStepKind.PUT_BACK, actor=actor, now=now, keys=keys, **step):
            is_lead = one.report_id == report_id
            waits = {"state": ReportState.WAITING, "joined_to": None} if is_lead else {}
            until = kept_from(one, now)
            reports.change(one, case_id=None, keep_until=until, **waits)
            ledger.write(told(Act.REPORT_PUT_BACK, one, actor=actor, now=now, until=until.isoformat()))


def set_risk(
    *, actor: Actor, report_id: UUID, is_imminent: bool, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Say that a child is at imminent risk, or that this is not so any more. No machine says it.

    The risk is said of the report that this one was joined to as well; it is lifted from each by itself.

    Raises:
        Forbidden: the actor handles no reports.
        NotFound: no such report, or not the actor's.
        InputError: no reason.
        Conflict: it was said already.
    """
    check_reason(reason)
    with _handling(actor, report_id, now=now, keys=keys, ledger=ledger) as found:
        if found.kept.is_imminent is is_imminent:
            raise Conflict("this was said of the report already")
        step: dict[str, Any] = {"actor": actor, "now": now, "keys": keys, "words": reason}
        if is_imminent:
            for one in raise_risk(found.kept, **step):
                ledger.write(told(Act.REPORT_RISK_SET, one, actor=actor, now=now))
        else:
            take_step(found.kept, ReportStepKind.RISK_LIFTED, **step)
            reports.change(found.kept, imminent=False)
            ledger.write(told(Act.REPORT_RISK_LIFTED, found.kept, actor=actor, now=now))


@contextmanager
def _handling(
    actor: Actor, report_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger, beside: UUID | None = None
) -> Iterator[OpenReport]:
    at = (actor, Permission.REPORT_HANDLE, report_id)
    with opened_report(*at, now=now, keys=keys, ledger=ledger, beside=beside) as found:
        yield found


def _done_to_all(found: OpenReport, kind: ReportStepKind, **step: Any) -> Iterator[reports.Envelope]:
    """Add one step to a report and to what was joined to it, and give each."""
    for one in (found.kept, *found.joined):
        take_step(one, kind, follows=one is not found.kept, **step)
        yield one

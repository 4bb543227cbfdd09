"""Reports come in: typed by an officer, or many at once, each kept or refused for itself; sent again, known again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.report import IncomingReport
from tsunagu.domain.report_steps import ReportState, ReportStepKind
from tsunagu.domain.retention import add_months
from tsunagu.exchange.incoming_reports import MOST_REPORTS, read_report, written_report
from tsunagu.records import reports, retention
from tsunagu.records.ledger.chain import canonical
from tsunagu.records.reports import Envelope
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.reports.desk import (
    COMPARES,
    compared_by,
    kept_from,
    opened_content,
    raise_risk,
    sealed_report,
    take_step,
    told,
)

ANOTHER = "this source has used this reference for another report"
PASSED_ON = "this report was passed on: tell the agency that has it what risk there is"


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of one report that was offered.

    Attributes:
        number: its place among those that were offered, from 1.
        source_reference: what its source calls it by, where that could be read.
        report_id: None where it was refused, or where the actor is not told of the one that came in before.
        is_new: False where the very same report had come in before.
        problem: why it was refused.
        field: which field of it is wrong.
    """

    number: int
    source_reference: str | None
    report_id: UUID | None = None
    is_new: bool = False
    problem: str | None = None
    field: str | None = None


def enter_report(*, actor: Actor, report: IncomingReport, now: datetime, keys: Keys, ledger: Ledger) -> Entered:
    """Keep a report that came in, with its last day, and return under which id; the very same one again is known.

    Where it tells of imminent risk the second time alone, the risk is said of the one that is there, which waits again
    where it was closed.

    Raises:
        Forbidden: the actor enters no reports.
        Conflict: the source has used this reference for another report; or the risk is new, and another agency has it.
    """
    with denials_recorded(
        actor=actor, permission=Permission.REPORT_ENTER, asked="reports", now=now, keys=keys, ledger=ledger
    ):
        return _enter(actor, report, 1, now=now, keys=keys, ledger=ledger)


def enter_reports(
    *, actor: Actor, offered: Iterable[object], now: datetime, keys: Keys, ledger: Ledger
) -> tuple[Entered, ...]:
    """Keep what a batch offers, one by one: what is wrong is refused by its field's name, and the others are kept.

    Args:
        offered: reports as JSON has them; at most `MOST_REPORTS`.

    Raises:
        Forbidden: the actor enters no reports.
        InputError: too many at once.
    """
    each = list(offered)
    if len(each) > MOST_REPORTS:
        raise InputError(f"at most {MOST_REPORTS} reports come in at once")
    done = []
    with denials_recorded(
        actor=actor, permission=Permission.REPORT_ENTER, asked="reports", now=now, keys=keys, ledger=ledger
    ):
        for number, one in enumerate(each, 1):
            try:
                done.append(_enter(actor, read_report(one, now=now), number, now=now, keys=keys, ledger=ledger))
            except (InputError, Conflict) as error:
                field = error.details.get("field")
                named = None if field is None else str(field)
                done.append(Entered(number, _reference(one), problem=str(error), field=named))
    return tuple(done)


def _enter(actor: Actor, report: IncomingReport, number: int, *, now: datetime, keys: Keys, ledger: Ledger) -> Entered:
    # When it came in, what graded it, and what risk there is may be said otherwise the second time: it is the same.
    same = {**written_report(report), "received_at": "", "grading": "", "imminent_risk": ""}
    content, called = canonical(same).encode(), report.source_reference
    with acting_for(actor.agency_id):
        before = reports.received_before(actor.agency_id, report.source_kind, report.source, called)
        if before is None:
            kept = _keep(actor, report, keys.mac(COMPARES, content), now=now, keys=keys, ledger=ledger)
            return Entered(number, called, kept, is_new=True)
        is_told = bool(reports.reports_told(actor, [before.report_id]))
        is_same = before.content in keys.macs(COMPARES, content)
        ledger.write(_deed(Act.REPORT_RESENT, before, actor, is_told=is_told, now=now, refused=int(not is_same)))
        rises = is_same and report.is_imminent and not before.is_imminent
        is_here = before.holder_id == actor.agency_id
        if rises and is_here and not _risk_was_said(before, keys):
            for one in raise_risk(before, actor=actor, now=now, keys=keys):
                ledger.write(_deed(Act.REPORT_RISK_SET, one, actor, is_told=is_told, now=now))
                if one.state is ReportState.CLOSED:
                    _wait_again(one, actor, now=now, keys=keys)
                    ledger.write(_deed(Act.REPORT_PUT_BACK, one, actor, is_told=is_told, now=now))
    # What is refused is in the ledger by now.
    if not is_same:
        raise Conflict(ANOTHER, field="source_reference")
    if rises and not is_here:
        raise Conflict(PASSED_ON, field="imminent_risk")
    return Entered(number, called, before.report_id if is_told else None)


def _keep(actor: Actor, report: IncomingReport, content: bytes, *, now: datetime, keys: Keys, ledger: Ledger) -> UUID:
    """Keep a report that has not come in before.

    Args:
        content: a keyed digest of it.
    """
    one = Envelope(
        uuid4(),
        actor.agency_id,
        actor.agency_id,
        (),
        report.source_kind,
        report.source,
        report.source_reference,
        content,
        report.received_at,
        report.is_imminent,
        ReportState.WAITING,
        None,
        None,
        None,
        add_months(now.date(), retention.keep_months()),
    )
    macs = ((ground, keys.mac(COMPARES, data)) for ground, data in compared_by(report))
    reports.add_report(one, sealed_report(one.report_id, report, keys), macs)
    take_step(one, ReportStepKind.ENTERED, actor=actor, now=now, keys=keys)
    about: dict[str, str | int] = {"source_kind": report.source_kind.value, "imminent": int(report.is_imminent)}
    ledger.write(told(Act.REPORT_ENTERED, one, actor=actor, now=now, until=one.keep_until.isoformat(), **about))
    return one.report_id


def _wait_again(one: Envelope, actor: Actor, *, now: datetime, keys: Keys) -> None:
    """Let a report that was closed wait again: whoever closed it did not know of the risk."""
    take_step(one, ReportStepKind.PUT_BACK, actor=actor, now=now, keys=keys)
    reports.change(one, state=ReportState.WAITING, keep_until=kept_from(one, now))


def _risk_was_said(before: Envelope, keys: Keys) -> bool:
    """Return whether a report told of imminent risk at some time: whoever lifted it knew then what is sent again."""
    if any(step.kind is ReportStepKind.RISK_SET for step, _ in reports.steps_of(before.report_id)):
        return True
    return opened_content(before.report_id, reports.content_of([before.report_id])[before.report_id], keys).is_imminent


def _deed(act: Act, one: Envelope, actor: Actor, *, is_told: bool, now: datetime, **details: int) -> Deed:
    """Return a deed with a report that came in before; where the actor is not told of it, nothing leads to it."""
    if is_told:
        return told(act, one, actor=actor, now=now, **details)
    about: dict[str, str | int] = {"source_kind": one.source_kind.value, **details}
    return Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details=about)


def _reference(offered: object) -> str | None:
    told_ = offered.get("source_reference") if isinstance(offered, dict) else None
    return told_[:200] if isinstance(told_, str) and told_.isprintable() else None

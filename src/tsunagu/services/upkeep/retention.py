"""How long cases are kept: set at their opening, reviewed half a year before the end, and erased once it is over."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from uuid import uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.erasure import Erasing, ErasureGround
from tsunagu.domain.errors import Conflict
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.retention import check_notice, checked_months, checked_until
from tsunagu.records import agencies, erasing, retention
from tsunagu.records import cases as rows
from tsunagu.records.session import acting_for, database_time
from tsunagu.services.access import deed, denials_recorded
from tsunagu.services.clock import believe_clock
from tsunagu.services.erasures.erasing import complete_erasures
from tsunagu.services.gate.juveniles import erase_expired_juveniles
from tsunagu.services.isolated import Isolated
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.persons.access import case_opened
from tsunagu.services.references import case_reference, check_reason, reason_reference
from tsunagu.services.referrals.keeping import erase_unkept_referrals
from tsunagu.services.reports.retention import erase_expired_reports


def keep_case(
    *, actor: Actor, reference: str, until: date, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Set another last day on which a case is kept, longer or shorter, and keep why.

    Raises:
        Forbidden: the actor keeps no cases.
        NotFound: no such case, or not the actor's.
        InputError: no reason; or the day is over, or later than the agency or the originator allows, or brought
            forward so far that nobody would have the time to object.
        Conflict: the case is being erased.
    """
    check_reason(reason)
    with case_opened(actor, Permission.CASE_KEEP, reference, now=now, keys=keys, ledger=ledger) as case:
        months = retention.keep_months()
        day = checked_until(until, limit=case.keep_limit, keep_months=months, today=now.date())
        check_notice(day, kept_until=case.keep_until, today=now.date())
        rows.keep_until(case, day)
        if erasing.is_being_erased(case.case_id, None):  # asked once the row is ours: see `retention.still_expired`
            raise Conflict("the case is being erased")
        rows.add_reason(case, officer_id=actor.officer_id, act=Act.CASE_KEPT, reason=reason, now=now)
        told = {"from": case.keep_until.isoformat(), "until": day.isoformat()}
        ledger.write(
            deed(Act.CASE_KEPT, actor=actor, case=case, now=now, reason=reason_reference(keys, case, reason), **told)
        )


def read_retention(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> int:
    """Return for how many months the actor's agency keeps its cases.

    Raises:
        Forbidden: the actor does not set it.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.RETENTION_SET, asked="retention", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        return retention.keep_months()


def set_retention(*, actor: Actor, keep_months: int, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Set for how many months the actor's agency keeps cases at most that are opened, or kept longer, from now on.

    Raises:
        Forbidden: the actor does not set it.
        InputError: it is no such number.
    """
    checked_months(keep_months)
    with (
        denials_recorded(
            actor=actor, permission=Permission.RETENTION_SET, asked="retention", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        before = retention.keep_months()
        retention.set_keep_months(keep_months, agency_id=actor.agency_id, set_by=actor.officer_id, now=now)
        told = {"from_months": before, "months": keep_months}
        ledger.write(Deed(Act.RETENTION_SET, now, actor.agency_id, actor.officer_id, details=told))


def erase_expired(*, now: datetime, keys: Keys, ledger: Ledger, clock_is_right: bool = False) -> int:
    """Erase every case whose last day is over, and complete what was left; return how many erasures were completed.

    Reports of no case go likewise, juveniles whose own last day is over, and packages that neither side keeps any more.
    They are not counted: they have no proof but their entries in the ledger. A case
    into which an intake is under way waits for its end. One that fails does not stop the others. The machine's act,
    daily, or an operator's.

    Args:
        now: the day that counts is its day.
        keys: make the references of what goes.
        ledger: takes what is done.
        clock_is_right: the operator says so.

    Raises:
        Conflict: the clock has leapt, see `services.clock`; nothing is erased.
    """
    believe_clock(now=now, ledger=ledger, is_right=clock_is_right)
    today = min(now, database_time()).date()  # the database lets go what has expired by its own clock, too
    done, each = 0, Isolated()
    for agency_id in agencies.holder_ids():
        with acting_for(agency_id):
            expired = retention.expired_cases(today=today)
        for case in expired:
            with each.step():
                _let_go(case, today=today, now=now, keys=keys, ledger=ledger)
        with each.step():
            done += complete_erasures(now=now, keys=keys, ledger=ledger, agency_ids=[agency_id])
        with each.step():
            erase_expired_reports(agency_id, today=today, now=now, ledger=ledger)
        with each.step():
            erase_expired_juveniles(agency_id, today=today, now=now, ledger=ledger)
    for (
        agency_id
    ) in agencies.agency_cards():  # receivers without Tsunagu too: what lies here for them is kept by nobody
        with each.step():
            erase_unkept_referrals(agency_id, today=today, now=now, ledger=ledger)
    each.finish()
    return done


def _let_go(case: CaseSummary, *, today: date, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Decide the erasure of a case whose last day is over, unless somebody has prolonged it since that was read."""
    one = Erasing(uuid4(), case.agency_id, case.case_id, None, ErasureGround.EXPIRED, now, None)
    with suppress(Conflict), acting_for(case.agency_id):  # tomorrow again; `doctor` tells of cases that stay
        if not retention.still_expired(case.case_id, today=today):
            return
        erasing.begin(one, case_mac=case_reference(keys, case.reference), exhibit_mac=None)
        told = {"erasure": str(one.erasure_id), "until": case.keep_until.isoformat()}
        ledger.write(Deed(Act.CASE_EXPIRED, now, case.agency_id, None, case.purpose, case.case_id, told))

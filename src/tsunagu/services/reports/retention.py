"""Incoming reports that belong to no case go once their last day is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.ledger import Deed
from tsunagu.records import report_erasing, reports
from tsunagu.records.session import acting_for
from tsunagu.services.isolated import Isolated
from tsunagu.services.parts import Ledger


def erase_expired_reports(agency_id: UUID, *, today: date, now: datetime, ledger: Ledger) -> int:
    """Erase an agency's reports of no case whose last day is over, and return how many. The machine's act.

    What was merged into a case goes with it. One that fails does not stop the others.

    Raises:
        Exception: what the first of those raised that could not be erased; all others have had their turn.
    """
    with acting_for(agency_id):
        found = report_erasing.expired(agency_id, today=today)
    done, each = 0, Isolated()
    for together in found:
        with each.step():
            done += _erased(agency_id, together, today=today, now=now, ledger=ledger)
    each.finish()
    return done


def _erased(agency_id: UUID, together: Sequence[UUID], *, today: date, now: datetime, ledger: Ledger) -> int:
    """Erase reports that were joined, unless somebody has done anything to them since they were found."""
    with acting_for(agency_id):
        for one in sorted(together):
            reports.lock(one)
        if sorted(together) not in map(sorted, report_erasing.expired(agency_id, today=today)):
            return 0
        report_erasing.erase(together)
        ledger.write(*(Deed(Act.REPORT_EXPIRED, now, agency_id, details={"report": str(one)}) for one in together))
    return len(together)

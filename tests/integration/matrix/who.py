"""Whose business a value is: what the words of the table mean, for one seat and one value."""

from __future__ import annotations

from enum import Enum

from tsunagu.domain.permission import Permission

from .needles import Needle
from .planted import Planted, Seat


class Who(Enum):
    """Those whom a value may be told to. Nobody is meant who may do nothing now: not signed in, or not certified."""

    WORKS_ON_IT = "works on the case that the row belongs to"
    HOLDS_IT = "works on a case, whosever, that holds the same content"
    IS_NOTIFIED = "works on the case, and the notice is not held for its co-ordinator, or he is one"
    IS_TOLD = "works on a case of another agency that was told of an overlap with this one"
    HAS_SHARED = "works on either case of an overlap that both sides have shared"
    AUDITS_SHARED = "audits the owner, and both sides have shared"
    HIMSELF = "is the officer whose row it is"
    OWN_AGENCY = "is of the owner's agency"
    AUDITS = "audits the owner"
    AUDITS_A_SIDE = "audits the owner, or another agency that was told of an overlap with this case"
    READS_BANKS = "reads the owner's banks"
    READS_LAW = "reads the rules that the owner goes by"
    ENROLS = "administers the owner's officers"
    CONFIRMS = "confirms what is proposed at the owner"
    READS_SERIES = "reads series of the owner, of whatever case"
    READS_REPORTS = "reads the owner's reports; of what was merged into a case, works on it"
    READS_QUEUE = "reads the owner's reports"
    IS_GUEST = "looks at the series that the row is of, as its guest; or the row is of his invitation"
    IS_SENT = "receives what is submitted to his agency, and the row is of a submission to it, or of what is in it"
    GRANTS = "proposes and confirms the owner's grants"


BY_PERMISSION = {
    Who.AUDITS: Permission.LEDGER_READ,
    Who.READS_BANKS: Permission.BANK_READ,
    Who.READS_LAW: Permission.LAW_READ,
    Who.ENROLS: Permission.OFFICER_ENROLL,
    Who.CONFIRMS: Permission.OFFICER_CONFIRM,
    Who.GRANTS: Permission.PERMISSION_GRANT,
    Who.READS_QUEUE: Permission.REPORT_READ,
    Who.READS_SERIES: Permission.SERIES_READ,
}


def is_meant(who: Who, planted: Planted, seat: Seat, needle: Needle) -> bool:
    """Return whether somebody is one of those."""
    is_own = seat.agency_id == planted.agency_id
    told = {case for one in needle.cases for case in planted.told_to.get(one, ())}
    shared = {
        case for one in needle.cases for case in (one, *planted.shared_with.get(one, ())) if one in planted.shared_with
    }
    works_on_it = is_own and bool(seat.cases & needle.cases)
    audits = Permission.LEDGER_READ in seat.may
    reads_reports = is_own and Permission.REPORT_READ in seat.may
    if who in BY_PERMISSION:
        return is_own and BY_PERMISSION[who] in seat.may
    return {
        Who.WORKS_ON_IT: works_on_it,
        Who.HOLDS_IT: bool(seat.cases & needle.held_in),
        Who.IS_NOTIFIED: works_on_it and (not needle.is_held or Permission.HELD_NOTICE_RELEASE in seat.may),
        Who.IS_TOLD: bool(seat.cases & told),
        Who.HAS_SHARED: bool(seat.cases & shared),
        Who.AUDITS_SHARED: bool(shared) and is_own and audits,
        Who.READS_REPORTS: reads_reports and (works_on_it or not needle.cases),
        Who.IS_GUEST: seat.officer_id in planted.guests
        and (needle.field.startswith("Guest") or bool(needle.texts & planted.shown)),
        Who.IS_SENT: seat.agency_id in planted.sent_to
        and Permission.SUBMISSION_RECEIVE in seat.may
        and (needle.field.startswith("Submission") or bool(needle.texts & planted.sent)),
        Who.HIMSELF: seat.officer_id is not None and seat.officer_id == needle.officer,
        Who.OWN_AGENCY: is_own,
        Who.AUDITS_A_SIDE: audits and (is_own or seat.agency_id in {planted.agency_of[case] for case in told}),
    }[who]

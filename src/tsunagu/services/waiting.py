"""How much waits for an officer besides his notices: at his agency, and in his cases."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, Unavailable
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.records import comparisons, enquiries, enquiry_requests, guests, submissions, waiting
from tsunagu.records.enquiry_requests import KeptRequest
from tsunagu.records.referral_packages import SignedPackage
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.gate.requests import RequestsWithheld
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.referrals.desk import key_of
from tsunagu.services.referrals.names import PackagesWithheld

MOST_REFERRALS = 100
"""So many that came are counted, since each is opened first, and so many requests; as many may mean that there are
others."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, mostly counts; 0 or nothing of what the officer may not read.

    Attributes:
        alerts: that his agency has and has not ended.
        alerts_late: those of them whose time is over.
        alerts_news: that were added to since somebody of his agency looked, wherever they are.
        reports: that nobody of his agency has merged into a case, joined or closed.
        reports_at_risk: those of them of which a person has said that a child is at imminent risk.
        referrals: that came to his agency and were neither received nor returned; `MOST_REFERRALS` at most.
        enquiries_late: those of his cases whose day is over without a result.
        visits: invitations to look at a series of another agency that he has not answered.
        guests: invitations to his series that wait for him as a second person.
        submissions: that came to his agency and were neither taken nor rejected.
        submissions_gone: that his agency had taken, and that their owner withdrew lately.
        requests: of other forces that his agency has yet to answer; `MOST_REFERRALS` at most.
        comparisons: at other installations that found a hit of which nobody of his side has taken note.
        to_clear: his cases in which a person's withdrawal is owed.
    """

    alerts: int = 0
    alerts_late: int = 0
    alerts_news: int = 0
    reports: int = 0
    reports_at_risk: int = 0
    referrals: int = 0
    enquiries_late: int = 0
    visits: int = 0
    guests: int = 0
    requests: int = 0
    submissions: int = 0
    submissions_gone: int = 0
    comparisons: int = 0
    to_clear: tuple[waiting.CaseToClear, ...] = ()

    @property
    def is_something(self) -> bool:
        """Whether anything waits."""
        return any(getattr(self, one.name) for one in fields(self))


def count_waiting(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> Waiting:
    """Count what waits for the actor, of what he can list one by one as well: nobody is told of other things.

    Raises:
        Forbidden: the actor reads no cases.
    """
    permission = Permission.CASE_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked="waiting", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        at_alerts = waiting.count_alerts(actor, now=now) if actor.may(Permission.ALERT_READ) else waiting.AlertCounts()
        at_reports = waiting.count_reports(actor) if actor.may(Permission.REPORT_READ) else (0, 0)
        came = _unreceived(actor, keys) if actor.may(Permission.REFERRAL_READ) else 0
        late = enquiries.count_overdue(actor, today=now.date())
        visits, proposed = _guests(actor, now)
        asked = _unanswered(actor, now, keys) if actor.may(Permission.REFERRAL_READ) else 0
        sent = submissions.count_waiting(actor, now=now) if actor.may(Permission.SUBMISSION_RECEIVE) else (0, 0)
        to_clear = waiting.cases_to_clear(actor) if actor.may(Permission.PERSON_WITHDRAW) else ()
        compared = comparisons.count_waiting(actor) if _notes_comparisons(actor) else 0
        found = Waiting(*at_alerts, *at_reports, came, late, visits, proposed, asked, *sent, compared, to_clear)
        about: dict[str, str | int] = {
            "alerts": found.alerts,
            "news": found.alerts_news,
            "reports": found.reports,
            "referrals": found.referrals,
            "enquiries": found.enquiries_late,
            "guests": found.visits + found.guests,
            "requests": found.requests,
            "submissions": found.submissions,
            "withdrawn_submissions": found.submissions_gone,
            "comparisons": found.comparisons,
            "withdrawals": len(found.to_clear),
        }
        ledger.write(Deed(Act.WAITING_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=about))
    return found


def _notes_comparisons(actor: Actor) -> bool:
    return actor.may(Permission.SERIES_READ) and actor.may(Permission.NOTICE_ACKNOWLEDGE)


def _guests(actor: Actor, now: datetime) -> tuple[int, int]:
    """Return how many invitations wait for the actor as a guest, and as a second person."""
    invited, proposed = guests.count_waiting(actor, now=now)
    return (
        invited if actor.may(Permission.GUEST_ANSWER) else 0,
        proposed if actor.may(Permission.GUEST_INVITE) else 0,
    )


def _unreceived(actor: Actor, keys: Keys) -> int:
    """Return how many packages wait to be received, but for those that are withheld from the actor."""
    withheld = PackagesWithheld.from_(actor, came=True)
    found = waiting.unreceived(actor, tells_all=actor.may(Permission.HELD_NOTICE_RELEASE), most=MOST_REFERRALS)

    def is_withheld(one: SignedPackage) -> bool:
        try:
            return withheld.hides(one, key_of(one, keys))
        except Unavailable:
            return False  # whoever opens it is told; one damaged package must not take the whole page away

    return sum(not is_withheld(one) for one in found)


def _unanswered(actor: Actor, now: datetime, keys: Keys) -> int:
    """Return how many requests wait for an answer, but for those that are withheld from the actor."""
    waits = enquiry_requests.to_be_answered(actor, today=now.date(), most=MOST_REFERRALS)
    if not waits:
        return 0
    withheld = RequestsWithheld.from_(actor, came=True)

    def is_withheld(one: KeptRequest) -> bool:
        try:
            return withheld.hides(one, keys)
        except (Conflict, Unavailable):
            return False  # as above

    return sum(not is_withheld(one) for one in waits)

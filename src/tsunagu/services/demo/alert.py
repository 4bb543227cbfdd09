"""The demonstration's alert: from Denmark's series by an international unit to Japan, and its outcome back to both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from tsunagu.domain.actor import Actor
from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.alert import Priority
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.outcome import Disposal, Outcome, OutcomeCode, PersonOutcome, PersonRole
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.series import SeriesStatus
from tsunagu.records.ledger.book import Book
from tsunagu.services.agencies.tree import confirm_places, place_agency
from tsunagu.services.alerts.desk import Command
from tsunagu.services.alerts.outcomes import tell_outcome
from tsunagu.services.alerts.raising import Draft, raise_alert
from tsunagu.services.alerts.steps import acknowledge_alert, pass_alert, take_alert
from tsunagu.services.cases.claims import claim
from tsunagu.services.series.changes import add_to_series
from tsunagu.services.series.facts import set_handling, set_status
from tsunagu.services.series.guests import propose_guest
from tsunagu.services.series.reading import open_series

GUEST_LOOKS: Final = timedelta(days=30)
SERIES: Final = "The room with the blue door"
GROUNDS: Final = (CountryWeight("JP", 0.7), CountryWeight("TW", 0.2))
FOUND: Final = (
    "A uniform is seen, and a chime at noon is heard. Which school is it? (A demonstration: nothing here is real.)",
    "A timetable is on the wall, the same in both clips. Where is it from? (A demonstration: nothing here is real.)",
)


def place_beneath(body: Actor, *, name: str, members: Sequence[str], ledger: Book, **parts: Any) -> None:
    """Let agencies stand beneath the body of this name, as the operator places them and its officer confirms."""
    for one in members:
        place_agency(name=one, under=name, kind=AgencyKind.NATIONAL_POLICE, now=parts["now"], ledger=ledger)
    confirm_places(actor=body, names=members, ledger=ledger, **parts)


def put_a_series_together(officer: Actor, *, case: str, items: Sequence[str], beside: str, **parts: Any) -> None:
    """Let an officer put items of a case into a series that his agency claims, and one of another case as context."""
    asked: dict[str, Any] = {"actor": officer, "name": SERIES, **parts}
    open_series(case=case, purpose=None, **asked)
    add_to_series(case=case, items=items, is_context=False, **asked)
    add_to_series(case=beside, items=["1"], is_context=True, **asked)
    claim(kind=ClaimScope.SERIES, reason="we look for this room", is_imminent=False, **asked)
    set_status(status=SeriesStatus.ALERTED, reason="two alerts go out", **asked)


def ask_for_eyes(officer: Actor, *, agency: str, login: str, **parts: Any) -> None:
    """Let an officer propose that a specialist of another agency looks at the series; a colleague has to confirm it."""
    asked: dict[str, Any] = {"actor": officer, "name": SERIES, **parts}
    of_it: dict[str, Any] = {"receivers": [agency], "purposes": list(Purpose), "may_forward": False, "until": None}
    set_handling(reason="they know such rooms", **of_it, **asked)
    until = parts["now"].date() + GUEST_LOOKS
    propose_guest(agency=agency, login=login, asked="Where are doors painted so?", until=until, **asked)


def send_alerts(
    officer: Actor, body: Actor, last: Actor, *, case: str, overlap: UUID, names: tuple[str, str], **parts: Any
) -> None:
    """Send two alerts that rest on an overlap: the first one's outcome comes back, the other waits where it went.

    Args:
        officer: who raises both.
        body: an officer of the agency above, which passes them on.
        last: an officer of the agency beneath it that takes the first one.
        names: of these two agencies.
    """
    commands: Iterator[dict[str, Any]] = ({"command": Command(str(uuid4())), **parts} for _ in iter(int, 1))
    drafts = [_draft(case, overlap, names[0], finding, parts["now"]) for finding in FOUND]
    sent = [raise_alert(actor=officer, draft=one, **next(commands)) for one in drafts]
    for one in sent:
        acknowledge_alert(actor=body, alert_id=one, **next(commands))
        pass_alert(actor=body, alert_id=one, to=names[1], form=None, words="for your schools", **next(commands))
    take_alert(actor=last, alert_id=sent[0], case=None, **next(commands))
    person = PersonOutcome(1, PersonRole.SUSPECT, (Disposal.ARRESTED,))
    outcome = Outcome({OutcomeCode.SAFEGUARDED: 2}, (person,))
    tell_outcome(actor=last, alert_id=sent[0], outcome=outcome, words="both are with family", **next(commands))


def _draft(case: str, overlap: UUID, to: str, finding: str, now: datetime) -> Draft:
    return Draft(
        case,
        (overlap,),
        to,
        GROUNDS,
        finding,
        Priority.NORMAL,
        "",
        (),
        frozenset({Purpose.VICTIM_IDENTIFICATION, Purpose.INVESTIGATION, Purpose.DEMONSTRATION}),
        may_forward=True,
        until=now + timedelta(days=365),
    )

"""The demonstration's persons of a case, by number alone, and a submission of a series to another agency."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from tsunagu.domain.actor import Actor
from tsunagu.domain.outcome import OutcomeCode, PersonRole
from tsunagu.domain.person import Basis, Ground, GroundKind, TieReason
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.report import SourceGrading
from tsunagu.services.demo.alert import SERIES
from tsunagu.services.persons.stating import add_child, add_subject, state_person, tie_persons
from tsunagu.services.persons.withdrawing import note_told
from tsunagu.services.submissions.choosing import SubmissionDraft
from tsunagu.services.submissions.sending import submit_series

KEPT: Final = timedelta(days=90)
SEEN: Final = "seen in the picture (a demonstration: nothing here is real)"


def enter_people(officer: Actor, *, case: str, now: datetime, **parts: Any) -> None:
    """Let an officer enter two children and three subjects, and state that there is no case against the last.

    Args:
        case: it has a first item, on which everything rests.
        parts: `keys` and `ledger`, as services take them.
    """
    asked: dict[str, Any] = {"actor": officer, "reference": case, "now": now, **parts}
    basis = Basis(SEEN, now.date(), SourceGrading("B", 2), Ground(GroundKind.ITEM, "1"))
    first, second = (add_child(code="", series_names=(SERIES,), **asked) for _ in range(2))
    owner, buyer, stranger = (add_subject(code="", basis=basis, **asked) for _ in range(3))
    for whom, how in (
        (first, OutcomeCode.SAFEGUARDED),
        (second, OutcomeCode.LOCATED),
        (owner, PersonRole.SUSPECT),
        (stranger, PersonRole.NO_CASE),
    ):
        state_person(name=whom, value=how.value, basis=basis, **asked)
    for pair, reason in (
        ((first, owner), TieReason.APPEARS_WITH),
        ((first, second), TieReason.RELATED),
        ((owner, buyer), TieReason.PAID),
    ):
        tie_persons(pair=pair, reason=reason, basis=basis, **asked)
    note_told(name=stranger, receiver="the school's head", **asked)


def submit_to(officer: Actor, *, agency: str, now: datetime, **parts: Any) -> None:
    """Let an officer submit the series to another agency, which has not answered yet."""
    draft = SubmissionDraft(
        agency,
        frozenset(),
        "Blue door",
        Purpose.DEMONSTRATION,
        may_forward=False,
        until=now.date() + KEPT,
        with_media=False,
        reason="they know such rooms",
    )
    submit_series(actor=officer, name=SERIES, draft=draft, now=now, **parts)

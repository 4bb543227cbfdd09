"""Clues by hand, and what they tell together of where a recording was made, weighed anew and signed by an officer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from tsunagu.clues.weighing import METHOD, weigh
from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.assessment import CountryAssessment, CountryState, Weighed
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.clue import MOST_TEXT, Clue, ClueDraft
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.permission import Permission
from tsunagu.records import clues as rows
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, deed, denials_recorded
from tsunagu.services.parts import Keys, Ledger


@dataclass(frozen=True, slots=True)
class ClueView:
    """The clues of a case, what they tell together at this moment, and what was signed so far.

    Attributes:
        seal: names exactly these clues and this list: who signs says by it what he has seen.
    """

    case: CaseSummary
    clues: tuple[Clue, ...]
    weighed: Weighed
    seal: str
    assessments: tuple[CountryAssessment, ...]


def record_clue(*, actor: Actor, reference: str, draft: ClueDraft, now: datetime, keys: Keys, ledger: Ledger) -> Clue:
    """Keep what an officer has seen or heard in an item of his case.

    Raises:
        Forbidden: the actor records no clues.
        NotFound: no such case or item, or not the actor's.
        InputError: with it the clues would exclude every country.
        Conflict: the case is closed.
    """
    permission = Permission.CLUE_RECORD
    case = _open_case_for(actor, reference, permission, now=now, keys=keys, ledger=ledger)
    with (
        denials_recorded(
            actor=actor, permission=permission, asked=f"item {draft.item}", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        clue = rows.add_clue(case, draft, officer_id=actor.officer_id, now=now)
        weigh(rows.clues_of(case))  # refuses what would leave no country: nobody could see the list any more
        ledger.write(deed(Act.CLUE_RECORDED, actor=actor, case=case, now=now, clue=str(clue.clue_id)))
    return clue


def withdraw_clue(
    *, actor: Actor, reference: str, number: int, why: str, now: datetime, keys: Keys, ledger: Ledger
) -> None:
    """Take a clue back, whoever of the case has entered it; it stays in the list with the reason.

    Raises:
        InputError: no reason is given.
        Forbidden: the actor records no clues.
        NotFound: no such case or clue, or not the actor's; or it was taken back already.
        Conflict: the case is closed.
    """
    _check_text(why)
    permission = Permission.CLUE_RECORD
    case = _open_case_for(actor, reference, permission, now=now, keys=keys, ledger=ledger)
    with (
        denials_recorded(actor=actor, permission=permission, asked=f"clue {number}", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        rows.withdraw_clue(case, number, why=why.strip(), now=now)
        ledger.write(deed(Act.CLUE_WITHDRAWN, actor=actor, case=case, now=now, number=number))


def view_clues(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> ClueView:
    """Return the clues of one of the actor's cases, weighed as they are now.

    Raises:
        Forbidden: the actor reads no media.
        NotFound: no such case, or not the actor's.
    """
    permission = Permission.MEDIA_READ
    case = case_for(actor=actor, reference=reference, permission=permission, now=now, keys=keys, ledger=ledger)
    with acting_for(actor.agency_id):
        view = _view(case)
    ledger.record(deed(Act.CLUE_READ, actor=actor, case=case, now=now, clues=len(view.clues)))
    return view


def sign_assessment(
    *,
    actor: Actor,
    reference: str,
    seal: str,
    state: CountryState,
    statement: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> CountryAssessment:
    """Sign the list of countries as the officer has seen it; it stays as it is, whatever is entered later.

    Args:
        seal: of the view that he saw.
        statement: the grounds in his words.

    Raises:
        InputError: there is no statement, or no clue that counts.
        Forbidden: the actor signs no assessments.
        NotFound: no such case, or not the actor's.
        Conflict: the clues are not those that he saw any more, or the case is closed.
    """
    _check_text(statement)
    permission = Permission.COUNTRY_ASSESS
    case = _open_case_for(actor, reference, permission, now=now, keys=keys, ledger=ledger)
    with acting_for(actor.agency_id):
        view = _view(case)
        counting = [one.number for one in view.clues if one.withdrawn_at is None]
        if not counting:
            raise InputError("there is no clue to rest on: enter what was seen or heard first")
        if seal != view.seal:
            raise Conflict("the clues have changed since you saw them: look at the list again, and sign that")
        signed = rows.add_assessment(
            case,
            view.weighed,
            method=METHOD,
            clues=counting,
            state=state,
            statement=statement.strip(),
            officer_id=actor.officer_id,
            now=now,
        )
        told = {"assessment": str(signed.assessment_id), "state": state.value, "seal": view.seal}
        ledger.write(deed(Act.COUNTRY_ASSESSED, actor=actor, case=case, now=now, **told))
    return signed


def _open_case_for(
    actor: Actor, reference: str, permission: Permission, *, now: datetime, keys: Keys, ledger: Ledger
) -> CaseSummary:
    case = case_for(actor=actor, reference=reference, permission=permission, now=now, keys=keys, ledger=ledger)
    if case.closed_at is not None:
        raise Conflict("the case is closed: reopen it before anything is brought into it")
    return case


def _view(case: CaseSummary) -> ClueView:
    clues = rows.clues_of(case)
    weighed = weigh(clues)
    shown = {
        "method": METHOD,
        "clues": [str(one.clue_id) for one in clues if one.withdrawn_at is None],
        "weighed": rows.weighed_json(weighed),
    }
    seal = sha256(json.dumps(shown, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    return ClueView(case, clues, weighed, seal, rows.assessments_of(case))


def _check_text(text: str) -> None:
    if not text.strip() or len(text) > MOST_TEXT or "\x00" in text:
        raise InputError(f"say why, in 1 to {MOST_TEXT} characters")

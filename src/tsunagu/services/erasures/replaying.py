"""Erasures done again after a restore: what was erased after the backup came back with it, and must not stay.

So it is with what was withdrawn of submissions: it is withdrawn again, and erased where it had been taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.erasure import Erasing, ErasureGround, ErasureList, ListedErasure, ListedWithdrawal
from tsunagu.domain.ledger import Deed
from tsunagu.domain.submission import numbers_to_text
from tsunagu.records import erasing, proofs, submission_ends
from tsunagu.records.ledger.book import completed_erasures, last_number, withdrawn_submissions
from tsunagu.records.ledger.erasures import erasures_to_lines
from tsunagu.records.ledger.signing import Signer
from tsunagu.records.session import acting_for
from tsunagu.services.erasures.erasing import complete_erasures
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import case_reference, exhibit_reference


@dataclass(frozen=True, slots=True)
class Replayed:
    """What doing erasures again came to.

    Attributes:
        known_until: when the list was made; None where there was none. Of later erasures nothing is known.
        done_again: erasures that this backup did not know of yet, and that were done again.
        known: erasures that the backup knew of.
        absent: erasures of what came in after the backup, so that there is nothing to be done.
        other_content: how many of those done again took away something else than the first time: the backup was made
            before the last of it had come in.
        withdrawn_again: submissions of which something was withdrawn again.
    """

    known_until: datetime | None
    done_again: int = 0
    known: int = 0
    absent: int = 0
    other_content: int = 0
    withdrawn_again: int = 0


def list_erasures(*, now: datetime, signer: Signer) -> list[str]:
    """Return the signed list of all erasures, to be held elsewhere, a line each. An operator's act."""
    listed = completed_erasures(), withdrawn_submissions()
    return erasures_to_lines(*listed, size=last_number(), now=now, signer=signer)


def replay_erasures(listed: ErasureList | None, *, now: datetime, keys: Keys, ledger: Ledger) -> Replayed:
    """Complete what the backup holds half erased, and do every listed erasure again that it does not know of.

    Then what is listed as withdrawn of submissions is withdrawn, and erased wherever it was taken or passed on to.

    Raises:
        Unavailable: the ledger takes no entry.
    """
    complete_erasures(now=now, keys=keys, ledger=ledger)
    if listed is None:
        return Replayed(None)
    found = Replayed(listed.listed_at)
    for one in listed.erasures:
        with acting_for(one.agency_id):
            if proofs.is_known(one.erasure_id):
                found = replace(found, known=found.known + 1)
                continue
            is_begun = _begin(one, now=now, keys=keys, ledger=ledger)
        if not is_begun:
            found = replace(found, absent=found.absent + 1)
            continue
        complete_erasures(now=now, keys=keys, ledger=ledger, agency_ids=[one.agency_id])
        with acting_for(one.agency_id):
            is_same = proofs.root_of(one.erasure_id) == one.merkle_root
        found = replace(found, done_again=found.done_again + 1, other_content=found.other_content + (not is_same))
    again = {one.submission_id for one in listed.withdrawals if _withdraw_again(one, now=now, ledger=ledger)}
    if again:
        while complete_erasures(now=now, keys=keys, ledger=ledger):  # each may withdraw what was passed on
            pass
    return replace(found, withdrawn_again=len(again))


def _withdraw_again(one: ListedWithdrawal, *, now: datetime, ledger: Ledger) -> bool:
    """Withdraw items of a submission again, and return whether any was not; what an officer had said why is gone."""
    with acting_for(one.agency_id):
        found = submission_ends.withdraw_listed(one)
        if found is None or not found[1]:
            return False
        submission, items = found
        told: dict[str, str | int] = {
            "submission": str(one.submission_id),
            "agency": str(submission.receiver_id),
            "items": items,
            "numbers": numbers_to_text(one.numbers),
            "withdrawn_at": one.withdrawn_at.isoformat(),
        }
        purpose = submission.purpose
        ledger.write(Deed(Act.SUBMISSION_WITHDRAWN_AGAIN, now, one.agency_id, purpose=purpose, details=told))
    return True


def _begin(one: ListedErasure, *, now: datetime, keys: Keys, ledger: Ledger) -> bool:
    """Decide an erasure again, under its own id; return whether there is anything to erase."""
    references = proofs.references_of(one.case_id, one.exhibit_id)
    if references is None:
        return False
    case, exhibit = references
    again = Erasing(one.erasure_id, one.agency_id, one.case_id, one.exhibit_id, ErasureGround.ERASED_BEFORE, now, None)
    erasing.stop_intakes(again, now=now)
    erasing.begin(
        again,
        case_mac=case_reference(keys, case),
        exhibit_mac=None if exhibit is None else exhibit_reference(keys, one.case_id, exhibit),
    )
    told = {"erasure": str(one.erasure_id), "erased_at": one.erased_at.isoformat()}
    ledger.write(Deed(Act.ERASURE_REPEATED, now, one.agency_id, None, case_id=one.case_id, details=told))
    return True

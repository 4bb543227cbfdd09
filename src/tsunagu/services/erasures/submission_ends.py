"""How submissions end: withdrawn, their erasure where they were taken is decided; expired, nothing of them is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.erasure import Erased, Erasing, ErasureGround
from tsunagu.domain.ledger import Deed
from tsunagu.domain.submission import Submission
from tsunagu.records import agencies, erasing, submission_ends, submitted_here
from tsunagu.records.session import acting_for, database_time
from tsunagu.services.access import REFERENCE
from tsunagu.services.clock import believe_clock
from tsunagu.services.isolated import Isolated
from tsunagu.services.parts import Keys, Ledger

GROUND = ErasureGround.WITHDRAWN_ELSEWHERE


def decide_withdrawn(agency_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger) -> tuple[Erasing, ...]:
    """Decide the erasure of all that an agency has taken and its owners have withdrawn since, and return what is new.

    Of a submission that is withdrawn as a whole that is the case; of another one each item by itself. Whoever dies
    between the withdrawal and this leaves it to whoever completes erasures.
    """
    with acting_for(agency_id):
        decided = []
        for one, items in submitted_here.left_at_receiver(agency_id):
            exhibits = [None] if one.withdrawn_at else [item.exhibit_id for item in items]
            for exhibit_id in exhibits:
                if one.case_id is None or erasing.is_being_erased(one.case_id, exhibit_id):
                    continue
                made = Erasing(uuid4(), agency_id, one.case_id, exhibit_id, GROUND, now, None)
                _begin(made, keys)
                ledger.write(_decided(made, one, now))
                decided.append(made)
    return tuple(decided)


def expire_submissions(*, now: datetime, ledger: Ledger, clock_is_right: bool = False) -> int:
    """Keep no digests of what was submitted and nobody has, and nobody takes any more, and return how many are over.

    Their last day has passed before anybody took them, they were withdrawn, or what they were taken as is erased. The
    machine's act, hourly, or an operator's; both ledgers tell.

    Args:
        now: the day that counts is its day.
        ledger: takes what is done.
        clock_is_right: the operator says so.

    Raises:
        Conflict: the clock has leapt too far to be believed.
        Exception: what the first owner raised whose submissions could not be ended; all others have had their turn.
    """
    believe_clock(now=now, ledger=ledger, is_right=clock_is_right)
    today = min(now, database_time()).date()  # by the database's own clock, too
    count, each = 0, Isolated()
    for agency_id in agencies.member_ids():
        with each.step(), acting_for(agency_id):
            gone = submission_ends.expire(agency_id, today=today, now=now)
            ledger.write(*(deed for one in gone for deed in _expired(one, now)))
            count += len(gone)
    each.finish()
    return count


def told_owner(one: Erasing, done: Erased, *, now: datetime) -> tuple[Deed, ...]:
    """Return what the owner's ledger is told once something that he had submitted is erased; the proof's root with it.

    Call it within `acting_for` the receiver, once the erasure is completed.
    """
    gone = submitted_here.forget_erased(one.agency_id, one.case_id, one.exhibit_id, now=now)
    return tuple(
        Deed(
            Act.SUBMISSION_ERASED,
            now,
            each.owner_id,
            purpose=each.purpose,
            details={
                "submission": str(each.submission_id),
                "agency": str(one.agency_id),
                "erasure": str(one.erasure_id),
                "places": done.places,
                "items": done.items,
                "merkle_root": done.merkle_root.hex(),
            },
        )
        for each in gone
    )


def _expired(one: Submission, now: datetime) -> tuple[Deed, Deed]:
    about: dict[str, str | int] = {"submission": str(one.submission_id)}
    about["items"] = sum(item.stands for item in one.items)
    sides = ((one.owner_id, one.receiver_id), (one.receiver_id, one.owner_id))
    own, theirs = (
        Deed(Act.SUBMISSION_EXPIRED, now, side, purpose=one.purpose, details={**about, "agency": str(other)})
        for side, other in sides
    )
    return own, theirs


def _begin(one: Erasing, keys: Keys) -> None:
    case_mac = keys.mac(REFERENCE, f"case {submitted_here.case_reference(one.case_id)}".encode())
    exhibit_mac = None
    if one.exhibit_id is not None:
        name = submitted_here.exhibit_reference(one.exhibit_id)
        exhibit_mac = keys.mac(REFERENCE, f"exhibit {one.case_id} {name}".encode())
    erasing.begin(one, case_mac=case_mac, exhibit_mac=exhibit_mac)


def _decided(made: Erasing, one: Submission, now: datetime) -> Deed:
    told: dict[str, str | int] = {
        "submission": str(one.submission_id),
        "agency": str(one.owner_id),
        "erasure": str(made.erasure_id),
    }
    if made.exhibit_id is not None:
        told["exhibit"] = str(made.exhibit_id)
    return Deed(Act.SUBMISSION_WITHDRAWN, now, made.agency_id, None, one.purpose, made.case_id, told)

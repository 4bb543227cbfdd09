"""What a receiver does with a referral: receives, returns, tells outcomes; and the package as a letter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.outcome import PersonOutcome
from tsunagu.domain.permission import Permission
from tsunagu.domain.referral import ENDS_IT, ReferralState, ReferralStep, ReferralStepKind, ReturnReason
from tsunagu.records import agencies, referrals
from tsunagu.records.referral_packages import SignedBody
from tsunagu.records.referrals import KeptReferral, Source
from tsunagu.records.session import acting_for
from tsunagu.services.isolated import Isolated
from tsunagu.services.members.agency_cards import is_here
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.referrals.desk import OpenReferral, opened_referral, told
from tsunagu.services.referrals.outbox import tell_sender
from tsunagu.services.referrals.sending import withdraw_all

RECALLED = "its receiver has found that there is no case, or a court has acquitted"
"""Said where a withdrawal follows from an outcome."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers in a receiver's name.

    Attributes:
        words: what he says; "" where the step speaks for itself.
        document: SHA-256 of what a receiver sent that is not at this installation; None where it answers itself.
    """

    words: str = ""
    document: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what is no short text."""
        if self.words:
            check_reason(self.words)


@dataclass(frozen=True, slots=True)
class ReferralLetter:
    """A package as it is printed or carried.

    Attributes:
        fields: what it says.
        signed: the same exactly as it was signed.
    """

    fields: Mapping[str, Any] = field(repr=False)
    signed: SignedBody = field(repr=False)


def receive_referral(
    *, actor: Actor, referral_id: UUID, answer: Answer, now: datetime, keys: Keys, ledger: Ledger
) -> ReferralState:
    """Say that a package has arrived.

    Raises:
        Forbidden: the actor answers no referrals.
        NotFound: no such referral, or not the actor's.
        InputError: a document where none belongs, or none where one does.
        Conflict: it is not his agency's to answer, or not any more.
    """
    said = _Said(ReferralStepKind.RECEIVED, Act.REFERRAL_RECEIVED)
    return _answer(actor, referral_id, answer, said, now=now, keys=keys, ledger=ledger)


def return_referral(
    *,
    actor: Actor,
    referral_id: UUID,
    returned: ReturnReason,
    answer: Answer,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> ReferralState:
    """Return a package to its sender; from then on its receiver is not told any more what it says.

    Raises:
        Forbidden, NotFound, InputError, Conflict: as for `receive_referral`.
    """
    said = _Said(ReferralStepKind.RETURNED, Act.REFERRAL_RETURNED, returned=returned)
    return _answer(actor, referral_id, answer, said, now=now, keys=keys, ledger=ledger)


def tell_referral_outcome(
    *,
    actor: Actor,
    referral_id: UUID,
    outcome: PersonOutcome,
    answer: Answer,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> ReferralState:
    """Tell what became of the person; of no case, or an acquittal, whoever had a package of him is told.

    Raises:
        Forbidden, NotFound, InputError, Conflict: as for `receive_referral`.
    """
    said = _Said(ReferralStepKind.OUTCOME, Act.REFERRAL_ANSWERED, outcome=outcome)
    return _answer(actor, referral_id, answer, said, now=now, keys=keys, ledger=ledger)


def write_referral_letter(
    *, actor: Actor, referral_id: UUID, now: datetime, keys: Keys, ledger: Ledger
) -> ReferralLetter:
    """Return a package as it is printed, and note which agency did, so that prints can be called back.

    Raises:
        Forbidden: the actor reads no referrals.
        NotFound: no such referral, or not the actor's.
        Conflict: it was withdrawn; or his agency has returned it, or keeps it no more.
    """
    at = (actor, Permission.REFERRAL_READ, referral_id)
    with opened_referral(*at, now=now, keys=keys, ledger=ledger) as found:
        if found.path.state is ReferralState.RETURNED and found.kept.source is None:
            raise Conflict("your agency has returned this referral, and is not told any more what it says")
        if found.kept.is_over(now.date()):
            raise Conflict("the last day of this referral has passed, and no case of your agency keeps it")
        step = ReferralStep(found.path.last + 1, ReferralStepKind.PRINTED, actor.agency_id, now)
        _keep(found, step, Answer(), actor)
        case_id = None if found.kept.source is None else found.kept.source.case_id
        ledger.write(told(Act.REFERRAL_PRINTED, actor.agency_id, referral_id, step, actor=actor, case_id=case_id))
        package = found.kept.package
        signed = SignedBody.opened(package, found.key)
        return ReferralLetter(json.loads(signed.body), signed)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a receiver's answer is: which step and which act, and why or what it brings."""

    kind: ReferralStepKind
    act: Act
    returned: ReturnReason | None = None
    outcome: PersonOutcome | None = None

    def about(self) -> dict[str, str | int]:
        """Return what the ledger is told of it."""
        if self.outcome is not None:
            return {"role": self.outcome.role.value, "disposals": ",".join(self.outcome.disposals)}
        return {"reason": self.returned.value} if self.returned else {}


def _answer(
    actor: Actor, referral_id: UUID, answer: Answer, said: _Said, *, now: datetime, keys: Keys, ledger: Ledger
) -> ReferralState:
    permission, outcome = Permission.REFERRAL_ANSWER, said.outcome
    with opened_referral(actor, permission, referral_id, now=now, keys=keys, ledger=ledger) as found:
        whose = found.for_receiver(actor)
        if (answer.document is None) is (whose != actor.agency_id):
            raise InputError("what a receiver elsewhere has sent is named by its document, and nothing else is")
        step = ReferralStep(found.path.last + 1, said.kind, whose, now, said.returned, outcome)
        path = found.path.after(step)
        _keep(found, step, answer, actor)
        sender_id, source = found.kept.package.sender_id, found.kept.source
        case_id = None if source is None else source.case_id
        deeds = [told(said.act, actor.agency_id, referral_id, step, actor=actor, case_id=case_id)]
        if actor.agency_id != sender_id and is_here(found.cards, sender_id):
            deeds.append(told(Act.REFERRAL_INFORMED, sender_id, referral_id, step))
        ledger.write(*(replace(one, details={**one.details, **said.about()}) for one in deeds))
    if outcome is not None and outcome.role in ENDS_IT:
        recall_others(sender_id, referral_id, now=now, keys=keys, ledger=ledger)
    return path.state


def recall_others(sender_id: UUID, referral_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Withdraw, in the sender's name, all else that was sent of the person."""
    with acting_for(sender_id):
        source = referrals.source_of(referral_id)
        if source is not None:
            withdraw_all(source, words=RECALLED, by=None, now=now, keys=keys, ledger=ledger, besides=referral_id)


def recall_left(*, now: datetime, keys: Keys, ledger: Ledger) -> int:
    """Withdraw what an outcome has ended and a process that was killed has left, and return of how many persons.

    Where nothing is left it does nothing. The machine's act.

    Raises:
        Exception: what the first of those raised of whom it could not be done; all others have had their turn.
    """
    count, each = 0, Isolated()
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            sources = referrals.sent_and_ended()
        for source in sources:
            with each.step(), acting_for(agency_id):
                count += _recalled_now(source, now, keys, ledger)
    each.finish()
    return count


def _recalled_now(source: Source, now: datetime, keys: Keys, ledger: Ledger) -> bool:
    """Withdraw what is left of a person whose referral stands as ended: no other can have been sent since."""
    sent = referrals.referrals_sent(person_id=source.person_id)
    ended = [one for one in sent if one.path.state is ReferralState.ANSWERED and _is_ended(one)]
    if not ended:
        return False
    besides = ended[0].package.referral_id
    return bool(withdraw_all(source, words=RECALLED, by=None, now=now, keys=keys, ledger=ledger, besides=besides))


def _is_ended(kept: KeptReferral) -> bool:
    return any(one.role in ENDS_IT for one in kept.path.outcomes)


def _keep(found: OpenReferral, step: ReferralStep, answer: Answer, actor: Actor) -> None:
    found.path.after(step)
    package = found.kept.package
    referrals.add_step(
        package.referral_id,
        step,
        entered_by=actor.agency_id,
        officer_id=actor.officer_id,
        words=answer.words,
        key=found.key,
        document=answer.document,
    )
    tell_sender(package, step, answer.words, found.cards[package.sender_id], now=step.at)

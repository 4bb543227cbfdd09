"""Referrals on their way to other installations: a package, what its receiver does with it, and its withdrawal."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from tsunagu.domain.errors import Conflict
from tsunagu.domain.hub import MessageKind
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.referral import ReferralStep, ReferralStepKind
from tsunagu.federation.referral_messages import (
    ToldPackage,
    ToldReferralStep,
    package_said,
    sent_stream,
    step_said,
    told_stream,
)
from tsunagu.federation.sealed_said import MOST_SAID_BYTES
from tsunagu.federation.streams import closing
from tsunagu.records.referral_packages import SignedBody, SignedPackage
from tsunagu.services.members.outbox import line_to, put_sealed

_STEP: Final = MessageKind.REFERRAL_STEP


def queue_package(member_id: UUID, package: SignedPackage, signed: SignedBody, sender: AgencyCard) -> None:
    """Put a package into the outbox, in the transaction that keeps it.

    Raises:
        Conflict: it says more than one message holds.
    """
    if len(signed.body) > MOST_SAID_BYTES // 2:
        raise Conflict("this package says more than goes over the line: hand it over on paper, or as a file")
    told = ToldPackage(
        package.referral_id,
        sender,
        package.receiver_id,
        package.form,
        package.coordinators_alone,
        package.keep_until,
        package.sent_at,
        signed.body.decode(),
        signed.signature,
        signed.public_key,
    )
    stream, now = sent_stream(package.referral_id), package.sent_at
    put_sealed(
        member_id, stream, "package", MessageKind.REFERRAL, package_said(told), speaker_id=sender.agency_id, now=now
    )


def queue_step(member_id: UUID, told: ToldReferralStep, *, speaker_id: UUID | None, now: datetime) -> None:
    """Put into the outbox what a side has done, in the transaction that keeps it. A withdrawal closes the package's."""
    is_over = told.step.kind is ReferralStepKind.WITHDRAWN
    stream = closing(sent_stream(told.referral_id)) if is_over else told_stream(told.referral_id)
    kind = MessageKind.REFERRAL_OVER if is_over else _STEP
    about = f"{told.step.kind.value} {told.step.number}"
    put_sealed(member_id, stream, about, kind, step_said(told), speaker_id=speaker_id, now=now)


def tell_sender(package: SignedPackage, step: ReferralStep, words: str, card: AgencyCard, *, now: datetime) -> None:
    """Put into the outbox what the receiver of a package has done with it, where that came over the line.

    Call it in the transaction that keeps the step, within `acting_for` the receiver.

    Args:
        package: the package.
        step: what was done.
        words: what was said with it.
        card: of the sender.
        now: this moment.
    """
    member_id = line_to(card) if package.by_line and step.agency_id == package.receiver_id else None
    if member_id is not None:
        told = ToldReferralStep(package.referral_id, package.receiver_id, step, words)
        queue_step(member_id, told, speaker_id=package.receiver_id, now=now)

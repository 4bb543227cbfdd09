"""Packages from other installations: kept for the agency here that they are for, and erased when they are withdrawn.

Each message is kept in the name of the agency that speaks; the agency here is told in its own ledger.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.errors import Conflict
from tsunagu.domain.gate import BYPASSED, GateStepKind, Position
from tsunagu.domain.hub import HubRefusal, MessageKind, MessageRefused
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.referral import ReferralStep, ReferralStepKind
from tsunagu.exchange.referral_case import referral_as_case
from tsunagu.exchange.referral_form import text_of
from tsunagu.federation.referral_messages import (
    MOST_A_DAY,
    ToldPackage,
    ToldReferralStep,
    package_in,
    sent_stream,
    step_in,
)
from tsunagu.federation.sealed_said import opened_said
from tsunagu.records import agencies, hub_messages, referrals
from tsunagu.records.hub_messages import Incoming
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.records.keys.signer import public_key_id
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.referral_packages import SignedBody, SignedPackage
from tsunagu.records.referrals import KeptReferral
from tsunagu.records.session import acting_for
from tsunagu.services.members.desk import Post, Sender, hub_desk
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import erased_reference
from tsunagu.services.referrals.desk import key_context, key_of, told
from tsunagu.services.referrals.outbox import queue_step
from tsunagu.services.referrals.package import FORMAT, FORMS
from tsunagu.services.referrals.told import keep_step, kept_key
from tsunagu.services.seized.access import SEALS

_K: Final = ReferralStepKind
_POSITION: Final = GateStepKind.POSITION.value


def keep(sender: Sender, one: Incoming, *, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Keep what a message says of a referral. The same message again changes nothing.

    Raises:
        MessageRefused: UNREADABLE, MALFORMED, FORGED, EXPIRED, FROM_THE_FUTURE, NOT_THEIRS, RE_LABELLED, CONTRADICTS or
            TOO_MANY.
    """
    said = opened_said(one.body.get("sealed"), hub_desk(keys=keys).own)
    try:
        HANDLED[one.kind](Post(sender, now, keys, ledger), said)
    except Conflict:
        raise MessageRefused(HubRefusal.CONTRADICTS) from None


def _keep_package(post: Post, said: Mapping[str, Any]) -> None:
    """Keep a package for the agency here that it is for, and tell its sender that it is here."""
    package = package_in(said)
    package.check_signature()
    _check_label(package, _understood(package))
    post.check_time(package.sent_at)
    if package.keep_until < post.now.date():
        raise MessageRefused(HubRefusal.EXPIRED)
    receiver = _receiver(package)
    post.enter_sender(package.sender)
    with acting_for(package.sender.agency_id):
        before = referrals.referral_of(package.referral_id)
        if before is not None:
            _check_same(before, package, post.keys)
    if before is None:
        post.check_number(MessageKind.REFERRAL, MOST_A_DAY)
        _add(post, package)
    _arrive(post, package.referral_id, receiver.agency_id)


def _understood(package: ToldPackage) -> dict[str, Any]:
    """Return what a package says, once all that is shown of it here can be written.

    Raises:
        MessageRefused: MALFORMED.
    """
    try:
        said: dict[str, Any] = json.loads(package.body)
        text_of(said)
        referral_as_case(said)
        is_whole = said["format"] == FORMAT and said["referral"] == str(package.referral_id) and package.form in FORMS
        if not is_whole or not isinstance(said["law"]["conduct"], str) or not isinstance(said["cover"]["to"], dict):
            raise MessageRefused(HubRefusal.MALFORMED)
        if _POSITION in said["facts"]:
            Position(said["facts"][_POSITION]["position"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise MessageRefused(HubRefusal.MALFORMED) from None
    return said


def _check_label(package: ToldPackage, said: Mapping[str, Any]) -> None:
    """Do nothing when the label of a package is that which its sender has signed.

    Who is said to be police or an official is for the co-ordinators of his agency alone, whatever the label says.

    Raises:
        MessageRefused: RE_LABELLED.
    """
    label = (said["cover"]["form"], said["handling"]["keep_until"])
    is_bypassed = _POSITION in said["facts"] and Position(said["facts"][_POSITION]["position"]) in BYPASSED
    is_same = label == (package.form.value, package.keep_until.isoformat())
    if not is_same or (is_bypassed and not package.coordinators_alone):
        raise MessageRefused(HubRefusal.RE_LABELLED)


def _receiver(package: ToldPackage) -> AgencyCard:
    """Return the agency here that a package is for: that of where he lives, as the package says.

    Raises:
        MessageRefused: NOT_THEIRS.
    """
    receiver = agencies.agency_cards().get(package.receiver_id)
    if receiver is None or receiver.member_id is not None or receiver.is_correspondent:
        raise MessageRefused(HubRefusal.NOT_THEIRS)
    if json.loads(package.body)["cover"]["to"].get("code") != receiver.code:
        raise MessageRefused(HubRefusal.NOT_THEIRS)
    return receiver


def _check_same(kept: KeptReferral, one: ToldPackage, keys: Keys) -> None:
    """Do nothing when a package is here already, just so.

    Raises:
        MessageRefused: RE_LABELLED or CONTRADICTS.
    """
    package = kept.package
    label = (package.receiver_id, package.form, package.coordinators_alone, package.keep_until)
    if label != (one.receiver_id, one.form, one.coordinators_alone, one.keep_until):
        raise MessageRefused(HubRefusal.RE_LABELLED)
    key = key_of(package, keys)
    if key is not None and SignedBody.opened(package, key).body != one.body.encode():
        raise MessageRefused(HubRefusal.CONTRADICTS)


def _add(post: Post, one: ToldPackage) -> None:
    sender_id, key = one.sender.agency_id, os.urandom(KEY_BYTES)
    signed = SignedBody(one.body.encode(), one.signature, public_key_id(one.public_key), one.public_key)
    package = SignedPackage(
        one.referral_id,
        sender_id,
        one.receiver_id,
        one.form,
        one.coordinators_alone,
        post.keys.seal(SEALS, key, key_context(one.referral_id)),
        signed.sealed(one.referral_id, key),
        one.sent_at,
        one.keep_until,
        by_line=True,
    )
    step = ReferralStep(1, _K.SENT, sender_id, one.sent_at, told_at=post.now)
    with acting_for(sender_id):
        referrals.add_told(package)
        referrals.add_step(
            one.referral_id, step, entered_by=sender_id, officer_id=None, words="", key=key, number_there=1
        )


def _arrive(post: Post, referral_id: UUID, receiver_id: UUID) -> None:
    """Tell the receiver, and the sender, that a package is here, unless that was done."""
    with acting_for(receiver_id):
        referrals.lock(referral_id)
        kept = referrals.referral_of(referral_id)
        if kept is None or kept.path.arrived_at is not None:
            return
        step = ReferralStep(kept.path.last + 1, _K.ARRIVED, receiver_id, post.now)
        key = kept_key(kept, post.keys)
        referrals.add_step(referral_id, step, entered_by=receiver_id, officer_id=None, words="", key=key)
        mark = ToldReferralStep(referral_id, receiver_id, step)
        queue_step(post.sender.member_id, mark, speaker_id=receiver_id, now=post.now)
        post.ledger.write(told(Act.REFERRAL_ARRIVED, receiver_id, referral_id, step))


def _keep_over(post: Post, said: Mapping[str, Any]) -> None:
    """Keep that a package is withdrawn, erase what it says, and tell its sender so, with the root of the proof."""
    one = step_in(said)
    if one.step.kind is not _K.WITHDRAWN:
        raise MessageRefused(HubRefusal.MALFORMED)
    post.check_time(one.step.at)
    sender_id, member_id = one.step.agency_id, post.sender.member_id
    if sender_id in agencies.agency_cards():
        post.check_theirs(sender_id)
    with acting_for(member_id):
        hub_messages.close(member_id, sent_stream(one.referral_id), now=post.now)
    with acting_for(sender_id):
        referrals.lock(one.referral_id)
        kept = referrals.referral_of(one.referral_id)
        if kept is not None and kept.package.key is not None:
            _withdraw(post, one, kept)
    if kept is None:  # nothing of it has come, and nothing will be kept
        with acting_for(member_id):
            step = ReferralStep(1, _K.ERASED, one.receiver_id, post.now)
            queue_step(member_id, replace(one, step=step, words=""), speaker_id=None, now=post.now)
        return
    _prove(post, one.referral_id, kept.package.receiver_id)


def _withdraw(post: Post, one: ToldReferralStep, kept: KeptReferral) -> None:
    """Add the withdrawal, and let go of the key of the package and of all that was said of it."""
    step = replace(one.step, number=kept.path.last + 1, told_at=post.now)
    kept.path.after(step)
    referrals.add_step(
        one.referral_id,
        step,
        entered_by=step.agency_id,
        officer_id=None,
        words=one.words,
        key=kept_key(kept, post.keys),
        number_there=one.step.number,
    )
    referrals.erase_said(one.referral_id)
    arrived = replace(step, at=post.now)
    post.ledger.write(told(Act.REFERRAL_RECALLED, kept.package.receiver_id, one.referral_id, arrived))


def _prove(post: Post, referral_id: UUID, receiver_id: UUID) -> None:
    """Tell both ledgers, here and over the line, what is erased, unless that was done."""
    with acting_for(receiver_id):
        referrals.lock(referral_id)
        kept = referrals.referral_of(referral_id)
        if kept is None or kept.path.is_erased:
            return
        named = [f"referral {referral_id}", *(f"step {one.number} of referral {referral_id}" for one in kept.steps)]
        root = merkle_root([erased_reference(post.keys, one) for one in named])
        step = ReferralStep(kept.path.last + 1, _K.ERASED, receiver_id, post.now)
        key = os.urandom(KEY_BYTES)  # its own is gone, and nothing is said
        referrals.add_step(referral_id, step, entered_by=receiver_id, officer_id=None, words="", key=key)
        mark = ToldReferralStep(referral_id, receiver_id, step, items=len(named), root=root)
        queue_step(post.sender.member_id, mark, speaker_id=receiver_id, now=post.now)
        proof: dict[str, Any] = {"items": len(named), "merkle_root": root.hex()}
        post.ledger.write(told(Act.REFERRAL_ERASED, receiver_id, referral_id, step, **proof))


HANDLED: Mapping[MessageKind, Callable[[Post, Mapping[str, Any]], None]] = {
    MessageKind.REFERRAL: _keep_package,
    MessageKind.REFERRAL_STEP: keep_step,
    MessageKind.REFERRAL_OVER: _keep_over,
}
"""What is done with each kind of message."""

"""What receivers at other installations tell of the packages that agencies here have sent them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from tsunagu.domain.act import Act
from tsunagu.domain.errors import Conflict
from tsunagu.domain.hub import HubRefusal, MessageRefused
from tsunagu.domain.referral import ENDS_IT, ReferralPath, ReferralStep, ReferralStepKind
from tsunagu.federation.referral_messages import ToldReferralStep, step_in
from tsunagu.records import referrals
from tsunagu.records.referral_packages import ERASED
from tsunagu.records.referrals import KeptReferral
from tsunagu.records.session import acting_for
from tsunagu.services.members.desk import Post
from tsunagu.services.parts import Keys
from tsunagu.services.referrals.answers import recall_others
from tsunagu.services.referrals.desk import key_of, told

_K: Final = ReferralStepKind
OF_ITS_RECEIVER: Final = frozenset({_K.ARRIVED, _K.RECEIVED, _K.RETURNED, _K.OUTCOME, _K.PRINTED, _K.ERASED})
"""What a receiver's installation tells."""


def keep_step(post: Post, said: Mapping[str, Any]) -> None:
    """Keep what the receiver of a package has done with it, in the record of the agency here that sent it.

    Raises:
        MessageRefused: MALFORMED, FROM_THE_FUTURE, NOT_THEIRS or CONTRADICTS.
        Conflict: it cannot follow.
    """
    one = step_in(said)
    if one.step.kind not in OF_ITS_RECEIVER or one.step.agency_id != one.receiver_id:
        raise MessageRefused(HubRefusal.MALFORMED)
    post.check_time(one.step.at)
    post.check_theirs(one.receiver_id)
    with acting_for(one.receiver_id):
        referrals.lock(one.referral_id)
        kept = referrals.referral_of(one.referral_id)
        if kept is None or not kept.package.by_line or kept.package.receiver_id != one.receiver_id:
            raise MessageRefused(HubRefusal.NOT_THEIRS)
        before = referrals.told_before(one.referral_id, one.step.number)
        if before is None:
            _add(post, one, kept)
        elif replace(before, number=one.step.number, told_at=None) != one.step:
            raise MessageRefused(HubRefusal.CONTRADICTS)
    if one.step.outcome is not None and one.step.outcome.role in ENDS_IT:
        sender_id = kept.package.sender_id
        recall_others(sender_id, one.referral_id, now=post.now, keys=post.keys, ledger=post.ledger)


def _add(post: Post, one: ToldReferralStep, kept: KeptReferral) -> None:
    package = kept.package
    step = replace(one.step, number=kept.path.last + 1, told_at=post.now)
    ReferralPath.of(package.sender_id, package.receiver_id, (*kept.steps, step))
    referrals.add_step(
        one.referral_id,
        step,
        entered_by=step.agency_id,
        officer_id=None,
        words=one.words,
        key=kept_key(kept, post.keys),
        number_there=one.step.number,
    )
    act = Act.REFERRAL_ERASED if step.kind is _K.ERASED else Act.REFERRAL_INFORMED
    told_now = replace(step, at=post.now)
    post.ledger.write(told(act, package.sender_id, one.referral_id, told_now, **_about(one, step)))


def _about(one: ToldReferralStep, step: ReferralStep) -> dict[str, Any]:
    """Return what the ledger is told of a step."""
    about: dict[str, Any] = {"kind": step.kind.value}
    if step.kind is _K.ERASED:
        about |= {"items": one.items, "merkle_root": one.root.hex()}
    if step.outcome is not None:
        about |= {"role": step.outcome.role.value, "disposals": ",".join(step.outcome.disposals)}
    if step.returned is not None:
        about["reason"] = step.returned.value
    return about


def kept_key(kept: KeptReferral, keys: Keys) -> bytes:
    """Return what a package is sealed under.

    Raises:
        Conflict: it is erased.
    """
    key = key_of(kept.package, keys)
    if key is None:
        raise Conflict(ERASED)
    return key

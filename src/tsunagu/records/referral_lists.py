"""Which packages an officer is told of, part by part: nothing of what they say is opened for it."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.referral import ReferralStepKind
from tsunagu.records.models import ReferralRow, ReferralStepRow
from tsunagu.records.referral_packages import SignedPackage, package_from
from tsunagu.records.referrals import told_to


class Among(StrEnum):
    """A part of the packages that an officer is told of.

    Of those that came `own-prints` are withdrawn and were printed; of those that were sent `recalled` were, at their
    receiver.
    """

    CAME = "came"
    SENT = "sent"
    OWN_PRINTS = "own-prints"
    RECALLED = "recalled"


def packages_told(
    actor: Actor,
    among: Among | None,
    *,
    tells_all: bool,
    after: SignedPackage | None = None,
    most: int | None = None,
) -> tuple[SignedPackage, ...]:
    """Return packages that an officer is told of, the newest first.

    Args:
        actor: who reads.
        among: which part of them; None for all.
        tells_all: whether he is told too of what is for co-ordinators alone.
        after: the package after which to go on; None for the first ones.
        most: how many at most; all when it is left out.
    """
    rows = _part(actor, among, tells_all=tells_all)
    if after is not None:
        rows = rows.filter(Q(sent_at__lt=after.sent_at) | Q(sent_at=after.sent_at, id__gt=after.referral_id))
    rows = rows.order_by("-sent_at", "id")
    return tuple(map(package_from, rows if most is None else rows[:most]))


def package_told(actor: Actor, referral_id: UUID, *, tells_all: bool) -> SignedPackage | None:
    """Return one package that an officer is told of; None where there is none, or it is not his."""
    row = told_to(actor, tells_all=tells_all).filter(id=referral_id).first()
    return None if row is None else package_from(row)


def _part(actor: Actor, among: Among | None, *, tells_all: bool) -> QuerySet[ReferralRow]:
    rows = told_to(actor, tells_all=tells_all)
    if among in {Among.CAME, Among.OWN_PRINTS}:
        rows = rows.filter(receiver_id=actor.agency_id)
    if among in {Among.SENT, Among.RECALLED}:
        rows = rows.filter(sender_id=actor.agency_id)
    if among in {Among.OWN_PRINTS, Among.RECALLED}:
        steps = ReferralStepRow.objects.filter(referral_id=OuterRef("id"))
        printed = steps.filter(kind=ReferralStepKind.PRINTED, of_id=OuterRef("receiver_id"))
        rows = rows.filter(Exists(printed), Exists(steps.filter(kind=ReferralStepKind.WITHDRAWN)))
    return rows

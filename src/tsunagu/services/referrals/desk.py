"""The one way to a referral, for the two agencies that are its sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.referral import ReferralPath, ReferralStep
from tsunagu.records import agencies, referrals
from tsunagu.records.referral_packages import ERASED, SignedPackage
from tsunagu.records.referrals import KeptReferral
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.members.outbox import line_to
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.referrals.names import PackagesWithheld
from tsunagu.services.seized.access import SEALS


@dataclass(frozen=True, slots=True)
class OpenReferral:
    """A referral of which the actor's agency is a side, for as long as a service works with it."""

    kept: KeptReferral
    path: ReferralPath
    cards: Mapping[UUID, AgencyCard]
    opened_key: bytes | None = field(repr=False)

    @property
    def key(self) -> bytes:
        """What the package, and what was said in its steps, is sealed under.

        Raises:
            Conflict: it is erased.
        """
        if self.opened_key is None:
            raise Conflict(ERASED)
        return self.opened_key

    def for_receiver(self, actor: Actor) -> UUID:
        """Return the agency in whose name the actor answers: his own, or the receiver that he speaks for.

        Raises:
            Conflict: it is neither.
        """
        package = self.kept.package
        if actor.agency_id == package.receiver_id or speaks_for(self.cards[package.receiver_id], package):
            return package.receiver_id
        raise Conflict("its receiver answers it itself")


def speaks_for(card: AgencyCard, package: SignedPackage) -> bool:
    """Return whether the sender enters what this receiver answers, since it cannot tell it itself.

    It does where it works without Tsunagu, and where its installation is reached by no line: a package that went over
    one is answered over it, as long as that installation is a member.
    """
    is_elsewhere = card.is_correspondent or card.member_id is not None
    return is_elsewhere and not (package.by_line and line_to(card) is not None)


def key_context(referral_id: UUID) -> bytes:
    """Return what a referral's key is bound to in the keyring."""
    return f"referral {referral_id}".encode()


def key_of(package: SignedPackage, keys: Keys) -> bytes | None:
    """Return what a package is sealed under; None once it is erased."""
    return None if package.key is None else keys.open_sealed(SEALS, package.key, key_context(package.referral_id))


@contextmanager
def opened_referral(
    actor: Actor, permission: Permission, referral_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger
) -> Iterator[OpenReferral]:
    """Act for the actor's agency in one transaction on one referral; every denial is written down.

    Raises:
        Forbidden: none of the actor's roles carries the permission.
        NotFound: no such referral, or not his; or it is about somebody who bears his name, or a colleague's.
    """
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(referral_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        withheld = PackagesWithheld.from_(actor)
        referrals.lock(referral_id)
        kept = referrals.referral_told(actor, referral_id, tells_all=actor.may(Permission.HELD_NOTICE_RELEASE))
        key = key_of(kept.package, keys)
        if withheld.hides(kept.package, key):
            raise NotFound(referrals.NO_SUCH)
        yield OpenReferral(kept, kept.path, agencies.agency_cards(), key)


def told(
    act: Act,
    agency_id: UUID,
    referral_id: UUID,
    step: ReferralStep,
    *,
    actor: Actor | None = None,
    case_id: UUID | None = None,
    **details: str | int,
) -> Deed:
    """Return the deed of one step for the ledger, as one agency's; the machine's where nobody of it did it."""
    about: dict[str, str | int] = {"referral": str(referral_id), "step": step.number, **details}
    is_own = actor is not None and actor.agency_id == agency_id
    officer = actor.officer_id if actor is not None and is_own else None
    purpose = actor.purpose if actor is not None and is_own else None
    return Deed(act, step.at, agency_id, officer, purpose, case_id=case_id, details=about)

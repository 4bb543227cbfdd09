"""Referrals as their two sides list them; a package is opened only where it is shown, or left out for its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.referral import ReferralPath
from tsunagu.records import agencies
from tsunagu.records.referral_lists import Among, package_told, packages_told
from tsunagu.records.referral_packages import SignedPackage
from tsunagu.records.referrals import KeptReferral, with_steps
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.first_shown import first_shown
from tsunagu.services.page import Page
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.referrals.desk import key_of
from tsunagu.services.referrals.names import PackagesWithheld

MOST_PRINTS = 100
"""So many packages whose prints are to be destroyed are listed, the newest, and so many whose prints are called back.

The lists of what came and of what was sent go on to all others.
"""


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral as one of its sides lists it."""

    kept: KeptReferral
    path: ReferralPath
    sender: AgencyCard
    receiver: AgencyCard


@dataclass(frozen=True, slots=True)
class ReferralPages:
    """What an officer is told of, in parts, each the newest first.

    Attributes:
        came: to his agency.
        sent: from his cases.
        own_prints: that came, were printed there and are withdrawn; `MOST_PRINTS` at most.
        recalled: that were sent, whose receiver has prints of what is withdrawn; as many by themselves.
    """

    came: Page[ReferralView]
    sent: Page[ReferralView]
    own_prints: Page[ReferralView]
    recalled: Page[ReferralView]


def list_referrals(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[ReferralView, ...]:
    """Return the referrals that the actor is told of, sent from his cases or to his agency, the newest first.

    Raises:
        Forbidden: the actor reads no referrals.
    """
    with _reading(actor, now=now, keys=keys, ledger=ledger) as reader:
        shown = reader.views(reader.told(None, None, None))
        ledger.write(_listed(actor, len(shown), now))
    return tuple(shown.values())


def browse_referrals(
    *,
    actor: Actor,
    most: int,
    came_after: UUID | None = None,
    sent_after: UUID | None = None,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> ReferralPages:
    """Return a page of the referrals that came to the actor's agency, one of those sent, and those with prints.

    Args:
        most: how many a page has at most.
        came_after: the referral after which those that came go on; None, or one that he is not told of, for the first.
        sent_after: likewise of those that were sent.

    Raises:
        Forbidden: the actor reads no referrals.
    """
    with _reading(actor, now=now, keys=keys, ledger=ledger) as reader:
        parts = [
            Page.of(reader.told(among, after, so_many + 1), so_many)
            for among, after, so_many in (
                (Among.CAME, came_after, most),
                (Among.SENT, sent_after, most),
                (Among.OWN_PRINTS, None, MOST_PRINTS),
                (Among.RECALLED, None, MOST_PRINTS),
            )
        ]
        shown = reader.views(tuple(one for part in parts for one in part))
        ledger.write(_listed(actor, len(shown), now))
    return ReferralPages(*(Page((shown[one.referral_id] for one in part), has_more=part.has_more) for part in parts))


@contextmanager
def _reading(actor: Actor, *, now: datetime, keys: Keys, ledger: Ledger) -> Iterator[_Reader]:
    permission = Permission.REFERRAL_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked="referrals", now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        yield _Reader.of(actor, keys)


def _listed(actor: Actor, count: int, now: datetime) -> Deed:
    about = {"referrals": count}
    return Deed(Act.REFERRAL_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=about)


@dataclass(frozen=True, slots=True)
class _Reader:
    """An officer before the packages that he is told of; each is opened once at most."""

    actor: Actor
    keys: Keys
    withheld: PackagesWithheld
    tells_all: bool
    hidden: dict[UUID, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, actor: Actor, keys: Keys) -> _Reader:
        tells_all = actor.may(Permission.HELD_NOTICE_RELEASE)
        return cls(actor, keys, PackagesWithheld.from_(actor), tells_all)

    def told(self, among: Among | None, after: UUID | None, most: int | None) -> tuple[SignedPackage, ...]:
        """Return those of a part that he is shown, the newest first."""
        last = None if after is None else package_told(self.actor, after, tells_all=self.tells_all)

        def fetch(at: SignedPackage | None, wanted: int | None) -> tuple[SignedPackage, ...]:
            return packages_told(self.actor, among, tells_all=self.tells_all, after=at, most=wanted)

        begins = None if last is None or self.hides(last) else last
        return first_shown(fetch, self.hides, after=begins, most=most)

    def hides(self, one: SignedPackage) -> bool:
        if one.referral_id not in self.hidden:
            self.hidden[one.referral_id] = self.withheld.hides(one, key_of(one, self.keys))
        return self.hidden[one.referral_id]

    def views(self, packages: tuple[SignedPackage, ...]) -> dict[UUID, ReferralView]:
        """Return the referrals of these packages with how they stand, each once, by id."""
        cards = agencies.agency_cards()
        return {
            one.package.referral_id: ReferralView(
                one, one.path, cards[one.package.sender_id], cards[one.package.receiver_id]
            )
            for one in with_steps({one.referral_id: one for one in packages}.values())
        }

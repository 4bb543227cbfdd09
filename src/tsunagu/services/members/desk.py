"""What every exchange with another installation needs: who we are, our keys, and which keys of a member's count now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tsunagu.domain.hub import CARRIED_LASTS, SKEW, HubRefusal, MessageKind, MessageRefused
from tsunagu.domain.party import AgencyCard
from tsunagu.federation.keys import MemberKeys, OwnKeys
from tsunagu.records import agencies, hub_members, hub_messages
from tsunagu.records.session import acting_for
from tsunagu.services.members.agency_cards import enter_named
from tsunagu.services.parts import Keys, Ledger

_DAY = timedelta(days=1)
PURPOSE = "hub"
"""The purpose of the keyring by which the private keys of this installation are sealed."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The member that a message comes from.

    Attributes:
        name: tells its agencies from others of the same name.
    """

    member_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    """A message that is being acted upon: who sent it, and what it is kept with."""

    sender: Sender
    now: datetime
    keys: Keys
    ledger: Ledger

    def check_theirs(self, agency_id: UUID) -> None:
        """Do nothing when an agency speaks through the member that the message comes from.

        Raises:
            MessageRefused: NOT_THEIRS.
        """
        card = agencies.agency_cards().get(agency_id)
        if card is None or card.member_id != self.sender.member_id:
            raise MessageRefused(HubRefusal.NOT_THEIRS)

    def check_time(self, at: datetime) -> None:
        """Do nothing when something was done before now, as far as clocks agree.

        Raises:
            MessageRefused: FROM_THE_FUTURE.
        """
        if at > self.now + SKEW:
            raise MessageRefused(HubRefusal.FROM_THE_FUTURE)

    def check_number(self, kind: MessageKind, most_a_day: int) -> None:
        """Do nothing when fewer messages of a kind were taken from the member within a day than may be.

        Raises:
            MessageRefused: TOO_MANY.
        """
        with acting_for(self.sender.member_id):
            taken = hub_messages.taken_since(self.sender.member_id, kind, self.now - _DAY)
        if taken >= most_a_day:
            raise MessageRefused(HubRefusal.TOO_MANY)

    def enter_sender(self, card: AgencyCard) -> None:
        """Enter an agency of the member's that a message names and nobody knows here.

        Raises:
            MessageRefused: NOT_THEIRS: it is one of ours, or of another member; TOO_MANY or MALFORMED.
        """
        if card.agency_id in agencies.agency_cards():
            self.check_theirs(card.agency_id)
        else:
            member_id, member = self.sender.member_id, self.sender.name
            enter_named(card, member_id=member_id, member=member, now=self.now, ledger=self.ledger)


@dataclass(frozen=True, slots=True)
class HubDesk:
    """This installation, as it signs and opens messages.

    Attributes:
        own: all its keys, oldest first: those that a member does not know yet sign nothing for it, and older ones still
            open what was sealed before.
    """

    own_id: UUID
    own: tuple[OwnKeys, ...]

    def numbered(self, number: int) -> OwnKeys | None:
        """Return our keys of this number; None where there are none."""
        return next((one for one in self.own if one.number == number), None)

    @property
    def newest(self) -> OwnKeys:
        """Our newest keys."""
        return self.own[-1]


def hub_desk(*, keys: Keys) -> HubDesk:
    """Return this installation, ready to sign and to open messages.

    Raises:
        Unavailable: it has no card yet, or the keyring does not open its keys.
    """
    own_id = hub_members.required_own_id()
    with acting_for(own_id):
        sealed = hub_members.sealed_keys_of(own_id)
    return HubDesk(own_id, tuple(opened(keys, own_id, *one) for one in sealed))


def still_good(held: Sequence[tuple[MemberKeys, datetime]], *, now: datetime) -> tuple[MemberKeys, ...]:
    """Return which keys count: the newest, and those before as long as a message by them may be on its way.

    Args:
        held: keys with since when they are known, oldest first.
        now: this moment.
    """
    ended = [since for _, since in held[1:]]
    return tuple(
        one for number, (one, _) in enumerate(held) if number == len(held) - 1 or ended[number] + CARRIED_LASTS > now
    )


def sealed_keys(keys: Keys, own_id: UUID, own: OwnKeys) -> bytes:
    """Return our private keys, sealed by the keyring."""
    secret = json.dumps({"secret": own.secret.hex(), "identity": own.identity}).encode()
    return keys.seal(PURPOSE, secret, _context(own_id, own.number))


def opened(keys: Keys, own_id: UUID, number: int, sealed: bytes) -> OwnKeys:
    """Return our private keys of one number.

    Raises:
        Unavailable: the keyring does not open them.
    """
    said = json.loads(keys.open_sealed(PURPOSE, sealed, _context(own_id, number)))
    return OwnKeys(number, bytes.fromhex(said["secret"]), said["identity"])


def _context(own_id: UUID, number: int) -> bytes:
    return own_id.bytes + number.to_bytes(4)

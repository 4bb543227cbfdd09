"""Referrals on their way between installations: the package, what its receiver does with it, and that it is withdrawn.

The package goes in one stream, what its receiver does in another, and a withdrawal closes the first one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tsunagu.domain.alert import HandOver, check_words
from tsunagu.domain.clock import utc_text
from tsunagu.domain.hub import HubRefusal, MessageRefused
from tsunagu.domain.outcome import MOST_COUNTED, AgeBand, Disposal, PersonOutcome, PersonRole
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.referral import ReferralStep, ReferralStepKind, ReturnReason
from tsunagu.federation.card import agency_from, agency_plain
from tsunagu.federation.moments import moment_in
from tsunagu.federation.sealed_said import understanding

MOST_A_DAY: Final = 5_000
"""So many packages are taken from one member in a day."""
ROOT_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class ToldPackage:
    """A package as it goes to its receiver's installation.

    Attributes:
        coordinators_alone: whether nobody else of the receiving agency is told of it.
        body: canonical JSON in UTF-8, exactly as signed; signature and raw public key beside it.
    """

    referral_id: UUID
    sender: AgencyCard
    receiver_id: UUID
    form: HandOver
    coordinators_alone: bool
    keep_until: date
    sent_at: datetime
    body: str = field(repr=False)
    signature: bytes
    public_key: bytes

    def check_signature(self) -> None:
        """Do nothing when the body is as it was signed.

        Raises:
            MessageRefused: FORGED.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(self.signature, self.body.encode())
        except (InvalidSignature, ValueError):
            raise MessageRefused(HubRefusal.FORGED) from None


@dataclass(frozen=True, slots=True)
class ToldReferralStep:
    """What one side has done to a referral.

    Attributes:
        step: with the number that it has at the installation that tells it.
        items, root: what was erased, and the root of its proof, where something was.
    """

    referral_id: UUID
    receiver_id: UUID
    step: ReferralStep
    words: str = field(default="", repr=False)
    items: int = 0
    root: bytes = b""


def sent_stream(referral_id: UUID) -> str:
    """Return the stream in which a package goes."""
    return f"referral:{referral_id}"


def told_stream(referral_id: UUID) -> str:
    """Return the stream of what its receiver does with it."""
    return f"referral-told:{referral_id}"


def package_said(told: ToldPackage) -> dict[str, Any]:
    """Return a package as plain values."""
    return {
        "referral": str(told.referral_id),
        "sender": agency_plain(told.sender),
        "receiver": str(told.receiver_id),
        "form": told.form.value,
        "coordinators_alone": told.coordinators_alone,
        "keep_until": told.keep_until.isoformat(),
        "sent_at": utc_text(told.sent_at),
        "body": told.body,
        "signature": told.signature.hex(),
        "public_key": told.public_key.hex(),
    }


def package_in(said: Mapping[str, Any]) -> ToldPackage:
    """Return the package that plain values tell.

    Raises:
        MessageRefused: MALFORMED.
    """
    with understanding():
        if type(said["coordinators_alone"]) is not bool or type(said["body"]) is not str:
            raise ValueError
        return ToldPackage(
            UUID(said["referral"]),
            agency_from(said["sender"]),
            UUID(said["receiver"]),
            HandOver(said["form"]),
            said["coordinators_alone"],
            date.fromisoformat(said["keep_until"]),
            moment_in(said["sent_at"]),
            said["body"],
            bytes.fromhex(said["signature"]),
            bytes.fromhex(said["public_key"]),
        )


def step_said(told: ToldReferralStep) -> dict[str, Any]:
    """Return a step as plain values."""
    step, outcome = told.step, told.step.outcome
    return {
        "referral": str(told.referral_id),
        "receiver": str(told.receiver_id),
        "number": step.number,
        "kind": step.kind.value,
        "of": str(step.agency_id),
        "at": utc_text(step.at),
        "returned": None if step.returned is None else step.returned.value,
        "role": None if outcome is None else outcome.role.value,
        "disposals": [] if outcome is None else [one.value for one in outcome.disposals],
        "age": None if outcome is None or outcome.age is None else outcome.age.value,
        "words": told.words,
        "items": told.items,
        "root": told.root.hex(),
    }


def step_in(said: Mapping[str, Any]) -> ToldReferralStep:
    """Return the step that plain values tell.

    Raises:
        MessageRefused: MALFORMED.
    """
    with understanding():
        numbers, root = (said["number"], said["items"]), bytes.fromhex(said["root"])
        if any(type(one) is not int or not 0 <= one <= MOST_COUNTED for one in numbers):
            raise ValueError
        if len(root) not in {0, ROOT_BYTES} or len(said["disposals"]) > len(Disposal):
            raise ValueError
        if said["words"] != "":
            check_words(said["words"])
        outcome = None
        if said["role"] is not None:
            age = None if said["age"] is None else AgeBand(said["age"])
            outcome = PersonOutcome(1, PersonRole(said["role"]), tuple(map(Disposal, said["disposals"])), age=age)
        step = ReferralStep(
            said["number"],
            ReferralStepKind(said["kind"]),
            UUID(said["of"]),
            moment_in(said["at"]),
            None if said["returned"] is None else ReturnReason(said["returned"]),
            outcome,
        )
        ids = (UUID(said["referral"]), UUID(said["receiver"]))
        return ToldReferralStep(*ids, step, said["words"], said["items"], root)

"""Referrals as people read them: one with what its package says, and all that were made from a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.gate import GateStanding
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.referral import ReferralPath, ReferralState
from tsunagu.law.gate_file import GateFile
from tsunagu.records import agencies, gate_steps, referrals
from tsunagu.records.referral_packages import SignedBody
from tsunagu.records.referrals import KeptReferral, PlaceOfSource
from tsunagu.services.access import deed
from tsunagu.services.gate.desk import GateDesk
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.referrals.desk import opened_referral, speaks_for
from tsunagu.services.referrals.lists import ReferralView
from tsunagu.services.seized.access import opening
from tsunagu.services.seized.stages import persons_past

NOT_TOLD = frozenset({ReferralState.RETURNED, ReferralState.WITHDRAWN})
"""How a referral stands whose receiver is not told any more what it says."""


@dataclass(frozen=True, slots=True)
class ReadReferral:
    """A referral as one of its sides reads it.

    Attributes:
        content: what the package says; None where its receiver is not told any more.
        words: what was said in each step, by number.
        place: where it was made; None at the receiver.
        is_for_you: whether the reader's agency answers it, for itself or for a receiver elsewhere.
        speaks: whether it answers for a receiver elsewhere, by a document.
    """

    view: ReferralView
    content: Mapping[str, Any] | None = field(repr=False)
    words: Mapping[int, str] = field(repr=False)
    cards: Mapping[UUID, AgencyCard]
    place: PlaceOfSource | None
    is_for_you: bool
    speaks: bool


@dataclass(frozen=True, slots=True)
class PackageOfList:
    """A package that was made from a list.

    Attributes:
        person: the first row of whom it is about; None where the list does not name him any more.
        is_suspect: whether he is one at this moment.
    """

    kept: KeptReferral
    path: ReferralPath
    receiver: AgencyCard
    person: int | None
    is_suspect: bool

    @property
    def is_to_be_recalled(self) -> bool:
        """Whether a receiver has it, or prints of it, though nobody should act on it."""
        return (self.path.is_out and not self.is_suspect) or self.path.is_to_be_called_back


def view_referral(*, actor: Actor, referral_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> ReadReferral:
    """Return a referral with what its package says and every step.

    Raises:
        Forbidden: the actor reads no referrals.
        NotFound: no such referral, or not the actor's.
    """
    with opened_referral(actor, Permission.REFERRAL_READ, referral_id, now=now, keys=keys, ledger=ledger) as found:
        kept, package, source = found.kept, found.kept.package, found.kept.source
        sender, receiver = (found.cards[one] for one in (package.sender_id, package.receiver_id))
        is_told = source is not None or not (found.path.state in NOT_TOLD or kept.is_over(now.date()))
        case_id = None if source is None else source.case_id
        about = {"referral": str(referral_id)}
        told = Deed(
            Act.REFERRAL_READ, now, actor.agency_id, actor.officer_id, actor.purpose, case_id=case_id, details=about
        )
        ledger.write(told)
        speaks = actor.agency_id != package.receiver_id and speaks_for(receiver, package)
        key = found.opened_key
        return ReadReferral(
            ReferralView(kept, found.path, sender, receiver),
            json.loads(SignedBody.opened(package, key).body) if is_told and key is not None else None,
            {} if key is None else referrals.words_of(referral_id, key),
            found.cards,
            None if source is None else referrals.place_of(source),
            is_for_you=speaks or actor.agency_id == package.receiver_id,
            speaks=speaks,
        )


def packages_of_list(
    *, actor: Actor, reference: str, number: int | None, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[PackageOfList, ...]:
    """Return the packages that were made from a list, the newest first, and which of them are to be called back.

    Raises:
        Forbidden: the actor reads no referrals.
        NotFound: no such case or list, or not the actor's.
        Conflict: the case has several lists, and no number was given.
    """
    with opening(actor, Permission.REFERRAL_READ, reference, number, now=now, keys=keys, ledger=ledger) as found:
        one, cards = found.seized, agencies.agency_cards()
        past = persons_past(one, found.seal, actor, GateDesk.at(found, actor, keys).withheld)
        sent = [kept for kept in referrals.referrals_sent(list_id=one.list_id) if kept.source is not None]
        whom = {kept.source.person_id for kept in sent if kept.source is not None}
        named = gate_steps.rows_of_persons(one.list_id, whom)
        rows = {person_id: numbers[0] for person_id, (numbers, is_named) in named.items() if is_named}
        packages = tuple(
            PackageOfList(
                kept,
                kept.path,
                cards[kept.package.receiver_id],
                rows.get(kept.source.person_id),
                is_suspect=_is_suspect(past.files, kept.source.person_id),
            )
            for kept in sent
            if kept.source is not None and kept.source.person_id not in past.hidden
        )
        about: dict[str, str | int] = {"list": str(one.list_id), "referrals": len(packages)}
        ledger.write(deed(Act.REFERRAL_READ, actor=actor, case=found.case, now=now, **about))
    return packages


def _is_suspect(files: Mapping[UUID, GateFile], person_id: UUID) -> bool:
    return person_id in files and files[person_id].stands is GateStanding.SUSPECT

"""Referrals as their sender makes, sends and withdraws them: past the gate alone, to one receiver at a time."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import Conflict
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.referral import ReferralState, ReferralStep, ReferralStepKind, ReturnReason
from tsunagu.federation.referral_messages import ToldReferralStep
from tsunagu.records import agencies, referrals
from tsunagu.records.cases import exhibits_of
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.records.ledger.chain import canonical
from tsunagu.records.ledger.signing import Signer
from tsunagu.records.referral_packages import ERASED, SignedBody, SignedPackage
from tsunagu.records.referrals import Source
from tsunagu.services.access import deed
from tsunagu.services.gate.desk import OpenedPerson, opened_person, residence_of
from tsunagu.services.members.agency_cards import is_here
from tsunagu.services.members.outbox import line_to
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.referrals.desk import key_context, key_of, opened_referral, told
from tsunagu.services.referrals.outbox import queue_package, queue_step
from tsunagu.services.referrals.package import ReferralDraft, content_of
from tsunagu.services.seized.access import SEALS, refuse_closed


@dataclass(frozen=True, slots=True)
class Preview:
    """A package as it would be sent.

    Attributes:
        sha256: of what it says, in hexadecimal: sending names it, so that what is sent is what was looked at.
    """

    content: dict[str, Any] = field(repr=False)
    receiver: AgencyCard
    sha256: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """Who is told that a referral was withdrawn, and whether there are prints to be called back."""

    referral_id: UUID
    receiver: AgencyCard
    was_printed: bool


def make_referral(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    person: int,
    draft: ReferralDraft,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Preview:
    """Return the package about a suspect as it would be sent now, to the agency of where he lives; nothing is kept.

    Args:
        reference: of the case.
        number: of the list within the case; None for the only one.
        person: the number of his first row.

    Raises:
        Forbidden: the actor refers nobody.
        NotFound: no such case, list or person, or not the actor's.
        Conflict: he is no suspect at this moment; risk, welfare or residence are missing; the directory has not one
            agency for where he lives; or he is referred already, or was returned by the very agency.
    """
    at = (actor, Permission.REFERRAL_SEND, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        made = _preview(one, draft, actor, now)
        found = one.desk.found
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "person": str(one.person_id)}
        ledger.write(deed(Act.REFERRAL_MADE, actor=actor, case=found.case, now=now, **about))
    return made


def send_referral(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    person: int,
    draft: ReferralDraft,
    sha256: str,
    now: datetime,
    signer: Signer,
    keys: Keys,
    ledger: Ledger,
) -> UUID:
    """Sign the package about a suspect, hand it over to the agency of where he lives, and return its id.

    Args:
        sha256: of what was looked at, as `make_referral` told it.
        signer: the key that roots of the ledger are signed with.

    Raises:
        Forbidden, NotFound: as for `make_referral`.
        Conflict: likewise; or what would be sent is not what was looked at, or more than goes over the line.
    """
    at = (actor, Permission.REFERRAL_SEND, reference, number, person)
    with opened_person(*at, now=now, keys=keys, ledger=ledger) as one:
        made, found = _preview(one, draft, actor, now), one.desk.found
        if made.sha256 != sha256:
            raise Conflict("this is not what was looked at: something has changed since, so look at it again")
        referral_id, key, member_id = uuid4(), os.urandom(KEY_BYTES), line_to(made.receiver)
        body = canonical({**made.content, "referral": str(referral_id), "written_at": utc_text(now)}).encode()
        signed = SignedBody(body, signer.sign(body), signer.key_id, signer.public_key)
        package = SignedPackage(
            referral_id,
            actor.agency_id,
            made.receiver.agency_id,
            draft.form,
            one.file.is_kept_from_colleagues,
            keys.seal(SEALS, key, key_context(referral_id)),
            signed.sealed(referral_id, key),
            now,
            found.case.keep_until,
            by_line=member_id is not None,
        )
        referrals.add_referral(package, Source(found.case.case_id, found.seized.list_id, one.person_id))
        if member_id is not None:
            queue_package(member_id, package, signed, agencies.agency_cards()[actor.agency_id])
        step = ReferralStep(1, ReferralStepKind.SENT, actor.agency_id, now)
        referrals.add_step(
            referral_id, step, entered_by=actor.agency_id, officer_id=actor.officer_id, words="", key=key
        )
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "person": str(one.person_id)}
        about |= {"referral": str(referral_id), "to": str(made.receiver.agency_id), "form": draft.form.value}
        deeds = [deed(Act.REFERRAL_SENT, actor=actor, case=found.case, now=now, **about)]
        if is_here(agencies.agency_cards(), made.receiver.agency_id):
            deeds.append(told(Act.REFERRAL_ARRIVED, made.receiver.agency_id, referral_id, step))
        ledger.write(*deeds)
    return referral_id


def withdraw_referral(
    *, actor: Actor, referral_id: UUID, words: str, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[Recalled, ...]:
    """Withdraw every package about the person whom one is about, and return who is told; also who had returned one.

    Raises:
        Forbidden: the actor refers nobody.
        NotFound: no such referral, or not the actor's.
        InputError: nothing is said of why.
        Conflict: his agency did not send it, or all of them are withdrawn.
    """
    check_reason(words)
    at = (actor, Permission.REFERRAL_SEND, referral_id)
    with opened_referral(*at, now=now, keys=keys, ledger=ledger) as found:
        source = found.kept.source
        if source is None:
            raise Conflict("only who sent a referral withdraws it")
        recalled = withdraw_all(source, words=words, by=actor, now=now, keys=keys, ledger=ledger)
        if not recalled:
            raise Conflict("this referral was withdrawn")
    return recalled


def withdraw_all(
    source: Source,
    *,
    words: str,
    by: Actor | None,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
    besides: UUID | None = None,
) -> tuple[Recalled, ...]:
    """Withdraw what was sent of a person and is not withdrawn. Call it within `acting_for` the sender.

    Args:
        words: why.
        by: the officer; None where it follows from what a receiver has told.
        besides: the referral that stays.
    """
    cards, recalled, deeds = agencies.agency_cards(), [], list[Deed]()
    for kept in referrals.referrals_sent(person_id=source.person_id):
        package, path = kept.package, kept.path
        if path.state is ReferralState.WITHDRAWN or package.referral_id == besides:
            continue
        step = ReferralStep(path.last + 1, ReferralStepKind.WITHDRAWN, package.sender_id, now)
        path.after(step)
        key = key_of(package, keys)
        if key is None:
            raise Conflict(ERASED)
        referrals.add_step(
            package.referral_id,
            step,
            entered_by=package.sender_id,
            officer_id=None if by is None else by.officer_id,
            words=words,
            key=key,
        )
        member_id = line_to(cards[package.receiver_id]) if package.by_line else None
        if member_id is not None:
            over = ToldReferralStep(package.referral_id, package.receiver_id, step, words)
            queue_step(member_id, over, speaker_id=package.sender_id, now=now)
        about = (package.referral_id, step)
        deeds.append(told(Act.REFERRAL_WITHDRAWN, package.sender_id, *about, actor=by, case_id=source.case_id))
        if is_here(cards, package.receiver_id):
            deeds.append(told(Act.REFERRAL_RECALLED, package.receiver_id, *about))
        recalled.append(Recalled(package.referral_id, cards[package.receiver_id], bool(path.printed)))
    if deeds:
        ledger.write(*deeds)
    return tuple(recalled)


def _preview(one: OpenedPerson, draft: ReferralDraft, actor: Actor, now: datetime) -> Preview:
    found = one.desk.found
    refuse_closed(found.case)
    referrals.lock(one.person_id)
    cards = agencies.agency_cards()
    code = f"JP-{residence_of(one)}"
    found_there = [card for card in cards.values() if card.code == code]
    if len(found_there) != 1:
        raise Conflict("the directory has no agency for where this person lives, or more than one")
    [receiver] = found_there
    _refuse_another(one.person_id, receiver)
    exhibit = next(each.reference for each in exhibits_of(found.case) if each.exhibit_id == found.seized.exhibit_id)
    content = content_of(one, draft, (cards[actor.agency_id], receiver), exhibit, now)
    return Preview(content, receiver, hashlib.sha256(canonical(content).encode()).hexdigest())


def _refuse_another(person_id: UUID, receiver: AgencyCard) -> None:
    """Do nothing when a person may be referred to an agency.

    Raises:
        Conflict: he is with a receiver; or this one returned him, and nothing says that it is another matter now.
    """
    for kept in referrals.referrals_sent(person_id=person_id):
        path = kept.path
        if path.is_out:
            raise Conflict("this person is referred already: one package has one receiver")
        has_left = path.returned in {ReturnReason.WRONG_AREA, ReturnReason.MOVED}
        if has_left and kept.package.receiver_id == receiver.agency_id:
            raise Conflict("this agency returned him: people confirm where he lives first (`tsunagu gate residence`)")

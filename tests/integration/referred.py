"""Referrals between two agencies of one installation, and packages that stand in for whole ways through the gate."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.alert import HandOver
from tsunagu.domain.permission import Permission
from tsunagu.domain.referral import ReferralStep, ReferralStepKind
from tsunagu.records import agencies, gate_steps, referrals, seized
from tsunagu.records.cases import case_of
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.records.ledger.chain import canonical
from tsunagu.records.models import ReferralRow
from tsunagu.records.referral_packages import SignedBody, SignedPackage
from tsunagu.records.referrals import Source
from tsunagu.records.session import acting_for
from tsunagu.services.referrals.desk import key_context, told
from tsunagu.services.referrals.keeping import take_referral
from tsunagu.services.seized.access import SEALS

from .world import Person, World, now, random_name

FIELDS: dict[str, Any] = {
    "cover": {
        "form": "designation",
        "from": {"agency": "A", "country": "DK", "contact": "a desk"},
        "to": {"agency": "B"},
        "reference": "r",
        "authority": "an article",
    },
    "person": {
        "standing": "suspect",
        "said": {},
        "rows": [1],
        "prefecture": {"code": "01", "name": "p", "confirmed": False, "method": "postcode", "confidence": "firm"},
    },
    "purchases": [],
    "checklist": [],
    "law": {"conduct": "possession", "act_on": "2016-05-01", "jurisdiction": "JP", "rules": []},
    "titles": [],
    "exhibits": [],
    "facts": {},
    "deconfliction": "nobody",
    "not_known": [],
    "receipt": ["received"],
    "format": "tsunagu-referral/1",
    "handling": {"restriction": "restricted", "keep_until": "2030-01-01"},
    "written_at": "2026-11-26T00:00:00Z",
}
"""The least that a form needs."""
STANDS = {"received": False, "returned": False, "answered": True, "taken": True, "withdrawn": False, "told": False}
"""By the word of the door that is tried on it: whether its receiver has received it."""


def be_of(world: World, person: Person, given: str) -> None:
    """Let an agency be the one of a prefecture, and no other of this directory."""
    with acting_for(person.actor.agency_id):
        cards = agencies.agency_cards()
    for card in cards.values():
        is_meant = card.agency_id == person.actor.agency_id
        if is_meant or card.code == given:
            with acting_for(card.agency_id):
                agencies.describe_agency(replace(card, code=given if is_meant else ""))


def refer(world: World, sender: Person, case: str, receiver: Person) -> dict[str, str]:
    """Let packages about persons of a case's list be with another agency, one for each door, and one in the case.

    That agency has a case, too, into which one may be taken.
    """
    found = {"taken": random_name("case")}
    assert world.run(receiver, "case", "open", found["taken"]).status == 0
    for word, is_received in STANDS.items():
        person = 1 if word == "withdrawn" else 2  # all of a person are withdrawn together
        found[f"referral {word}"] = str(refer_one(world, sender, case, receiver, person, is_received=is_received))
    take_referral(actor=sender.actor, referral_id=come(world, receiver, sender), reference=case, **world.parts)
    return found


def come(world: World, sender: Person, receiver: Person) -> UUID:
    """Let a package be with an agency that has received it, of which its sender keeps nothing any more."""
    package = _package(world, sender, receiver)
    with acting_for(package.sender_id):
        kept = {"id": package.referral_id, "key": package.key, "sealed": package.sealed, "form": package.form}
        sides = {"sender_id": package.sender_id, "receiver_id": package.receiver_id, "kept_by_sender": False}
        days = {"sent_at": package.sent_at, "keep_until": package.keep_until}
        ReferralRow.objects.create(coordinators_alone=False, **kept, **sides, **days)
    key = world.rooms.keys.open_sealed(SEALS, package.key, key_context(package.referral_id))
    with acting_for(package.receiver_id):
        for number, kind, side in ((1, ReferralStepKind.SENT, sender), (2, ReferralStepKind.RECEIVED, receiver)):
            step = ReferralStep(number, kind, side.actor.agency_id, now())
            who = {"entered_by": package.receiver_id, "officer_id": None, "words": "", "key": key}
            referrals.add_step(package.referral_id, step, document=os.urandom(32), **who)
    return package.referral_id


def _package(world: World, sender: Person, receiver: Person, called: str = "") -> SignedPackage:
    """Return a package that says the least, signed and sealed; of a name where one is given."""
    referral_id, key, keys = uuid4(), os.urandom(KEY_BYTES), world.rooms.keys
    person = FIELDS["person"] | ({"said": {"name": [{"said": called}]}} if called else {})
    signer, body = keys.signer(), canonical({**FIELDS, "person": person, "referral": str(referral_id)}).encode()
    signed = SignedBody(body, signer.sign(body), signer.key_id)
    sides = (sender.actor.agency_id, receiver.actor.agency_id)
    sealed_key = keys.seal(SEALS, key, key_context(referral_id))
    sealed = signed.sealed(referral_id, key)
    return SignedPackage(referral_id, *sides, HandOver.DESIGNATION, False, sealed_key, sealed, now(), date(2099, 1, 1))


def refer_one(
    world: World,
    sender: Person,
    case: str,
    receiver: Person,
    person: int,
    *,
    is_received: bool,
    number: int | None = None,
    called: str = "",
) -> UUID:
    """Let a package about one person of a list be with another agency, past what stands before it."""
    package = _package(world, sender, receiver, called)
    referral_id, sides = package.referral_id, (package.sender_id, package.receiver_id)
    key = world.rooms.keys.open_sealed(SEALS, package.key, key_context(referral_id))
    with acting_for(sender.actor.agency_id):
        one = case_of(sender.actor, case)
        list_id, _ = seized.row_of(one, number)
        person_id, _ = gate_steps.person_at(list_id, person)
        referrals.add_referral(package, Source(one.case_id, list_id, person_id))
        who = {"entered_by": sides[0], "officer_id": sender.actor.officer_id, "words": "", "key": key}
        step = ReferralStep(1, ReferralStepKind.SENT, sides[0], now())
        referrals.add_step(referral_id, step, document=os.urandom(32), **who)
        world.rooms.ledger.write(told(Act.REFERRAL_SENT, sides[0], referral_id, step, case_id=one.case_id))
    if is_received:
        with acting_for(sides[1]):
            who |= {"entered_by": sides[1], "officer_id": receiver.actor.officer_id}
            referrals.add_step(referral_id, ReferralStep(2, ReferralStepKind.RECEIVED, sides[1], now()), **who)
    return referral_id


SAID = ("--authority", "an article", "--handling", "none", "--deconfliction", "nobody")
STRANGERS = {"strangers": ("ben", "cleo", "carl")}
AT_THE_RECEIVER = {"entitled": "dora", **STRANGERS}
DOORS_TO_REFERRALS: tuple[dict[str, Any], ...] = (
    *(
        {
            "command": f"referral {act}",
            "arguments": ("--case", "{target}", "--person", "2", *SAID, *more),
            "service": f"{act}_referral",
            "permission": Permission.REFERRAL_SEND,
            "target": "case",
            "status": 6,  # he is no suspect
        }
        for act, more in (("make", ()), ("send", ("--sha256", "0f" * 32)))
    ),
    {
        "command": "referral list",
        "arguments": (),
        "service": "list_referrals",
        "permission": Permission.REFERRAL_READ,
    },
    {
        "command": "referral letter",
        "arguments": ("{target}", "--out", "{out}", "--without-pdf"),
        "service": "write_referral_letter",
        "permission": Permission.REFERRAL_READ,
        "target": "referral told",
        **STRANGERS,
    },
    {
        "command": "referral withdraw",
        "arguments": ("{target}", "--reason", "w"),
        "service": "withdraw_referral",
        "permission": Permission.REFERRAL_SEND,
        "target": "referral withdrawn",
        **STRANGERS,
    },
    *(
        {
            "command": f"referral {act}",
            "arguments": ("{target}", *more),
            "service": service,
            "permission": Permission.REFERRAL_ANSWER,
            "target": f"referral {word}",
            **AT_THE_RECEIVER,
        }
        for act, more, service, word in (
            ("receive", (), "receive_referral", "received"),
            ("return", ("--because", "moved"), "return_referral", "returned"),
            ("outcome", ("--role", "suspect", "--done", "cleared"), "tell_referral_outcome", "answered"),
            ("take", ("--case", "{taken}"), "take_referral", "taken"),
        )
    ),
)
"""Commands about referrals; each field as `scene.Door` has it."""

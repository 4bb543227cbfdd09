"""Referrals between two agencies of one installation, and packages that stand in for whole ways through the gate."""

from __future__ import annotations

import os
from dataclasses import replace
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
from tsunagu.records.referrals import SignedBody, SignedPackage, Source
from tsunagu.records.session import acting_for
from tsunagu.services.referral_desk import key_context, told
from tsunagu.services.seized_access import SEALS

from .world import Person, World, now

FIELDS: dict[str, Any] = {
    "cover": {
        "form": "designation",
        "from": {"agency": "A", "contact": "a desk"},
        "to": {"agency": "B"},
        "reference": "r",
        "authority": "an article",
    },
    "person": {
        "said": {},
        "prefecture": {"code": "01", "confirmed": False, "method": "postcode", "confidence": "firm"},
    },
    "purchases": [],
    "checklist": [],
    "law": {"conduct": "possession", "act_on": "2016-05-01", "jurisdiction": "JP", "rules": []},
    "titles": [],
    "exhibits": [],
    "facts": {},
    "deconfliction": "nobody",
    "not_known": [],
    "handling": {"restriction": "restricted", "keep_until": "2030-01-01"},
    "written_at": "2026-11-26T00:00:00Z",
}
"""The least that a form needs."""
STANDS = {"received": False, "returned": False, "answered": True, "withdrawn": False, "told": False}
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
    """Let packages about persons of a case's list be with another agency, one for each door."""
    found = {}
    for word, is_received in STANDS.items():
        person = 1 if word == "withdrawn" else 2  # all of a person are withdrawn together
        found[f"referral {word}"] = str(refer_one(world, sender, case, receiver, person, is_received=is_received))
    return found


def refer_one(
    world: World,
    sender: Person,
    case: str,
    receiver: Person,
    person: int,
    *,
    is_received: bool,
    number: int | None = None,
) -> UUID:
    """Let a package about one person of a list be with another agency, past what stands before it."""
    referral_id, key, keys = uuid4(), os.urandom(KEY_BYTES), world.rooms.keys
    signer, body = keys.signer(), canonical({**FIELDS, "referral": str(referral_id)}).encode()
    signed = SignedBody(body, signer.sign(body), signer.key_id)
    sides = (sender.actor.agency_id, receiver.actor.agency_id)
    sealed_key = keys.seal(SEALS, key, key_context(referral_id))
    package = SignedPackage(
        referral_id, *sides, HandOver.DESIGNATION, False, sealed_key, signed.sealed(referral_id, key), now()
    )
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
        )
    ),
)
"""Commands about referrals; each field as `scene.Door` has it."""

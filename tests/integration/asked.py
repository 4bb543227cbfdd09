"""Requests between two forces, kept as they are sent, past what stands before asking; and the doors to them."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tsunagu.domain.enquiry_request import RequestSummary
from tsunagu.domain.permission import Permission
from tsunagu.records import enquiry_requests, gate_steps, seized
from tsunagu.records.cases import case_of
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.records.session import acting_for
from tsunagu.services.gate.requests import key_context
from tsunagu.services.seized.access import SEALS

from .enquired import SOON
from .world import Person, World, now, random_name

STANDS = ("told", "answered", "answered on a page")
CONTENT: dict[str, Any] = {
    "format": "tsunagu-enquiry/1",
    "written_at": "2026-11-26T00:00:00Z",
    "from": {"agency": "A", "local_name": "", "contact": "a desk"},
    "to": {"agency": "B", "local_name": ""},
    "last_day": SOON,
    "wanted": ["residence"],
    "not_known": ["kana"],
}


def ask_one(world: World, sender: Person, case: str, receiver: Person, said: dict[str, str]) -> str:
    """Let a force ask another about the second person of a case's list, and return the request's id."""
    key, at = os.urandom(KEY_BYTES), now()
    sides = (sender.actor.agency_id, receiver.actor.agency_id)
    summary = RequestSummary(uuid4(), *sides, at, at.date() + timedelta(days=40), None, None)
    content = CONTENT | {"request": str(summary.request_id), "authority": said["authority"]}
    content["person"] = {"name": [said["name"]]}
    with acting_for(sides[0]):
        list_id, _ = seized.row_of(case_of(sender.actor, case), None)
        person_id, _ = gate_steps.person_at(list_id, 2)
        sealed_key = world.rooms.keys.seal(SEALS, key, key_context(summary.request_id))
        of = {"list_id": list_id, "person_id": person_id}
        enquiry_requests.add(summary, content, key=key, sealed_key=sealed_key, **of)
    return str(summary.request_id)


def ask(world: World, sender: Person, case: str, receiver: Person) -> tuple[dict[str, str], set[str]]:
    """Let requests be with another force, one for each door; return them by kind, and what is secret of them."""
    said = {one: random_name(one) for one in ("authority", "name")}
    found = {f"request {word}": ask_one(world, sender, case, receiver, said) for word in STANDS}
    answered = ask_one(world, sender, case, receiver, said)
    with acting_for(receiver.actor.agency_id):
        kept = enquiry_requests.request_told(receiver.actor, UUID(answered))
        key = world.rooms.keys.open_sealed(SEALS, kept.key or b"", key_context(kept.summary.request_id))
        told = {"found": {"residence": "confirmed"}, "words": ""}
        enquiry_requests.answer(kept, told, key=key, document=os.urandom(32), now=now())
    return found, set(said.values())


STRANGERS = {"strangers": ("ben", "cleo", "carl")}
DOORS_TO_REQUESTS: tuple[dict[str, Any], ...] = (
    {
        "command": "enquiry ask",
        "arguments": ("--case", "{target}", "--person", "2", "--want", "born", "--authority", "a", "--until", SOON),
        "service": "ask_force",
        "permission": Permission.GATE_RECORD,
        "target": "case",
        "status": 6,  # the directory has no force where he lives
    },
    {
        "command": "enquiry requests",
        "arguments": (),
        "service": "list_enquiry_requests",
        "permission": Permission.REFERRAL_READ,
    },
    {
        "command": "enquiry request",
        "arguments": ("{target}",),
        "service": "view_enquiry_request",
        "permission": Permission.REFERRAL_READ,
        "target": "request told",
        **STRANGERS,
    },
    {
        "command": "enquiry request-letter",
        "arguments": ("{target}", "--out", "{out}.txt"),
        "service": "write_enquiry_letter",
        "permission": Permission.REFERRAL_READ,
        "target": "request told",
        **STRANGERS,
    },
    {
        "command": "enquiry tell",
        "arguments": ("{target}", "--found", "residence=confirmed"),
        "service": "answer_enquiry_request",
        "permission": Permission.REFERRAL_ANSWER,
        "target": "request answered",
        "entitled": "dora",
        **STRANGERS,
    },
)
"""Commands about requests; each field as `scene.Door` has it."""

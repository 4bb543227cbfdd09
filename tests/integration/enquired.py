"""Enquiries of a case: one that waits for its result, one that has it, and one that is overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tsunagu.domain.enquiry import EnquiryDraft, EnquiryResult
from tsunagu.domain.permission import Permission
from tsunagu.services.cases.enquiries import answer_enquiry, record_enquiry

from .world import Person, World, now, random_name

SOON = f"{now().date() + timedelta(days=40)}"


def enquire_once_more(world: World, person: Person, reference: str, *, days: int = -1) -> EnquiryDraft:
    """Let an officer have asked something in a case that is due in so many days, and return it."""
    asked_at = now() + timedelta(days=min(days, 0))
    draft = EnquiryDraft(random_name("question"), random_name("receiver"), (now() + timedelta(days=days)).date())
    parts = world.parts | {"now": asked_at}
    record_enquiry(actor=person.actor, reference=reference, draft=draft, **parts)
    return draft


def enquire(world: World, person: Person, reference: str) -> set[str]:
    """Let an officer have asked three times in a case, and return what is secret of it."""
    drafts = [enquire_once_more(world, person, reference, days=days) for days in (9, 9, -1)]
    secrets = {text for one in drafts for text in (one.what, one.to)}
    words = random_name("nobody")
    told = {"number": 2, "result": EnquiryResult.NOTHING_FOUND, "words": words}
    answer_enquiry(actor=person.actor, reference=reference, **told, **world.parts)
    return secrets | {words}


DOORS_TO_ENQUIRIES: tuple[dict[str, Any], ...] = (
    {
        "command": "enquiry add",
        "arguments": ("--case", "{target}", "--what", "{new}", "--to", "a provider", "--due", SOON),
        "service": "record_enquiry",
        "permission": Permission.ENQUIRY_RECORD,
        "target": "case",
    },
    {
        "command": "enquiry answer",
        "arguments": ("1", "--case", "{target}", "--result", "found", "--words", "w"),
        "service": "answer_enquiry",
        "permission": Permission.ENQUIRY_RECORD,
        "target": "case",
    },
    {
        "command": "enquiry list",
        "arguments": ("--case", "{target}"),
        "service": "list_enquiries",
        "permission": Permission.CASE_READ,
        "target": "case",
    },
    {
        "command": "enquiry overdue",
        "arguments": (),
        "service": "list_overdue_enquiries",
        "permission": Permission.CASE_READ,
    },
)
"""Commands about enquiries; each field as `scene.Door` has it."""

"""A series of the scene's agency A of which items are submitted to B, with submissions as they may stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.submission import Rejection
from tsunagu.services.submissions.choosing import SubmissionDraft
from tsunagu.services.submissions.inbox import reject_submission
from tsunagu.services.submissions.sending import submit_series
from tsunagu.services.submissions.taking import take_submission

from .guested import show_to
from .world import Person, World, now, random_name

SOON = f"{now().date() + timedelta(days=40)}"
WAITING = ("submission", "submission rejecting", "submission withdrawing")


def a_draft(to: str, **said: Any) -> SubmissionDraft:
    """Return what an officer says who submits all of a series, unless something else is said."""
    draft = SubmissionDraft(
        to, frozenset(), "harbor", Purpose.INVESTIGATION, False, now().date() + timedelta(days=40), False, "they know"
    )
    return replace(draft, **said)


def submit(world: World, owner: Person, name: str, receiver: Person, **said: Any) -> UUID:
    """Let an officer submit all of a series, and return the submission's id."""
    draft = a_draft(receiver.agency, **{"investigation": random_name("harbor"), **said})
    return submit_series(actor=owner.actor, name=name, draft=draft, **world.parts).submission_id


def take(world: World, receiver: Person, submission_id: UUID, reference: str = "") -> str:
    """Let an officer take a submission as a case, and return its reference."""
    taken = take_submission(
        actor=receiver.actor,
        submission_id=submission_id,
        reference=reference or random_name("case"),
        vault=world.rooms.vault,
        **world.parts,
    )
    return taken.case


def send_some(world: World, owner: Person, case: str, receiver: Person) -> tuple[dict[str, str], set[str]]:
    """Let submissions stand in every way; return what doors name of them, and what is secret."""
    name, content = show_to(world, owner, case, receiver)
    targets, secrets = {"submitted series": name}, {name, content}
    for kind in WAITING:
        investigation, why = random_name("investigation"), random_name("reason")
        targets[kind] = str(submit(world, owner, name, receiver, investigation=investigation, reason=why))
        secrets |= {investigation, why}
    other, _ = show_to(world, owner, case, receiver)  # what is taken is its receiver's as well, and no secret
    said = {"investigation": random_name("investigation")}
    targets["submission taking"] = str(submit(world, owner, other, receiver, **said))
    words = random_name("words")
    rejected = submit(world, owner, name, receiver, **said)
    reject_submission(
        actor=receiver.actor, submission_id=rejected, items=(), why=Rejection.OTHER, words=words, **world.parts
    )
    return targets, secrets | {words}


WHY = ("--reason", "it is needed")
OF_RECEIVERS = {"entitled": "ben", "strangers": ("cleo", "carl", "anna"), "unfit": ("adam", "bella")}
DOORS_TO_SUBMISSIONS: tuple[dict[str, Any], ...] = (
    {
        "command": "series submit",
        "arguments": (
            "{target}", "--all", "--to", "{guest_agency}", "--investigation", "{new}", "--purpose", "investigation",
            "--until", SOON, *WHY,
        ),
        "service": "submit_series",
        "permission": Permission.SUBMISSION_SEND,
        "target": "submitted series",
    },
    {
        "command": "series submissions",
        "arguments": ("{target}",),
        "service": "list_submissions",
        "permission": Permission.SERIES_READ,
        "target": "submitted series",
    },
    {
        "command": "submissions withdraw",
        "arguments": ("{target}", *WHY),
        "service": "withdraw_submission",
        "permission": Permission.SUBMISSION_SEND,
        "target": "submission withdrawing",
    },
    {
        "command": "submissions list",
        "arguments": (),
        "service": "list_received",
        "permission": Permission.SUBMISSION_RECEIVE,
        **OF_RECEIVERS,
        "strangers": ("cleo", "carl"),
    },
    *(
        {
            "command": f"submissions {command}",
            "arguments": ("{target}", *more),
            "service": service,
            "permission": Permission.SUBMISSION_RECEIVE,
            "target": target,
            **OF_RECEIVERS,
        }
        for command, service, target, more in (
            ("show", "view_received", "submission", ()),
            ("take", "take_submission", "submission taking", ("{new}",)),
            ("reject", "reject_submission", "submission rejecting", ("--reason", "other", "--words", "w")),
        )
    ),
)  # fmt: skip
"""Commands about submissions; each field as `scene.Door` has it."""

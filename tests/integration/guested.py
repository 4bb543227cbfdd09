"""A series of the scene's agency A that a specialist of B looks at, with invitations as they may stand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tsunagu.domain.clue import Bearing, Weighing
from tsunagu.domain.guest import Answer, Guest
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.report import SourceGrading
from tsunagu.records import guests, series
from tsunagu.records.session import acting_for
from tsunagu.services.series.changes import add_to_series
from tsunagu.services.series.facts import name_series, set_handling
from tsunagu.services.series.reading import open_series
from tsunagu.services.series.visits import accept_visit, answer_visit

from .series_scene import hold
from .world import Person, World, now, random_name

SOON = f"{now().date() + timedelta(days=40)}"
ACCEPTED = ("guest", "guest leaving", "guest ending")
INVITED = ("guest invited", "guest declining")
PROPOSED = ("guest proposed",)


def an_answer(words: str, item: bytes | None = None) -> Answer:
    """Return an answer that weighs nothing."""
    return Answer(words, SourceGrading("B", 2), Weighing(Bearing.NEUTRAL), item)


def show_to(world: World, owner: Person, case: str, other: Person) -> tuple[str, str]:
    """Let an officer have a series of one content that its handling lets another agency be given; return both names."""
    actor: dict[str, Any] = {"actor": owner.actor, **world.parts}
    name, [content] = random_name("series"), hold(world, owner, case, 1)
    open_series(name=name, case=case, purpose=None, **actor)
    add_to_series(name=name, case=case, items=[content], is_context=False, **actor)
    handling = {"receivers": [other.agency], "purposes": list(Purpose), "may_forward": False, "until": None}
    set_handling(name=name, reason="they know the place", **handling, **actor)
    return name, content


def invite(owner: Person, second: Person, name: str, guest: Person, *, is_confirmed: bool = True) -> Guest:
    """Let one officer have proposed a guest of a series, and another have confirmed him."""
    with acting_for(owner.actor.agency_id):
        found = series.series_called(owner.actor, name)
        one = Guest(
            uuid4(), found.root_id, name, owner.actor.agency_id, guest.actor.agency_id, guest.login,
            random_name("asked"), found.purpose, now().date() + timedelta(days=30), second.actor.officer_id, now(),
            None, None, None, None, None, None,
        )  # fmt: skip
        guests.add_guest(one)
        if is_confirmed:
            guests.confirm(one.guest_id, confirmed_by=owner.actor.officer_id, now=now())
    return one


def look_at(world: World, owner: Person, second: Person, case: str, guest: Person) -> tuple[dict[str, str], set[str]]:
    """Let a guest look at a series, and be invited otherwise; return what doors name of it, and what is secret."""
    name, content = show_to(world, owner, case, guest)
    alias = random_name("alias")
    name_series(name=name, alias=alias, is_dropped=False, actor=owner.actor, **world.parts)
    targets, secrets = {"looked-at series": name, "guest agency": guest.agency}, {name, content, alias}
    for kind in (*ACCEPTED, *INVITED, *PROPOSED):
        one = invite(owner, second, name, guest, is_confirmed=kind not in PROPOSED)
        targets[kind] = str(one.guest_id)
        secrets.add(one.asked)
        if kind in ACCEPTED:
            accept_visit(actor=guest.actor, guest_id=one.guest_id, **world.parts)
    answer = an_answer(random_name("seen"), bytes.fromhex(content))
    answer_visit(actor=guest.actor, guest_id=UUID(targets["guest"]), answer=answer, **world.parts)
    return targets, secrets | {answer.words}


OF_GUESTS = {"entitled": "ben", "strangers": ("cleo", "carl", "anna"), "unfit": ("adam", "bella")}
DOORS_TO_GUESTS: tuple[dict[str, Any], ...] = (
    {
        "command": "guest invite",
        "arguments": ("{target}", "--agency", "{guest_agency}", "--login", "{new}", "--asked", "w", "--until", SOON),
        "service": "propose_guest",
        "permission": Permission.GUEST_INVITE,
        "target": "looked-at series",
    },
    {
        "command": "guest confirm",
        "arguments": ("{target}",),
        "service": "confirm_guest",
        "permission": Permission.GUEST_INVITE,
        "target": "guest proposed",
    },
    {
        "command": "guest end",
        "arguments": ("{target}",),
        "service": "end_guest",
        "permission": Permission.GUEST_INVITE,
        "target": "guest ending",
    },
    {
        "command": "guest list",
        "arguments": (),
        "service": "list_guests",
        "permission": Permission.SERIES_READ,
    },
    {
        "command": "guest visits",
        "arguments": (),
        "service": "list_visits",
        "permission": Permission.GUEST_ANSWER,
        **OF_GUESTS,
        "strangers": ("cleo", "carl"),
    },
    *(
        {
            "command": f"guest {command}",
            "arguments": ("{target}", *more),
            "service": service,
            "permission": Permission.GUEST_ANSWER,
            "target": target,
            **OF_GUESTS,
        }
        for command, service, target, more in (
            ("accept", "accept_visit", "guest invited", ()),
            ("decline", "decline_visit", "guest declining", ()),
            ("leave", "leave_visit", "guest leaving", ()),
            ("show", "view_visit", "guest", ()),
            ("answer", "answer_visit", "guest", ("--words", "w", "--grading", "B2")),
        )
    ),
)
"""Commands about guests; each field as `scene.Door` has it."""

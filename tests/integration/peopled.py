"""Persons of a case: a child, two subjects who are tied, and one who was withdrawn; and the commands about them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tsunagu.domain.permission import Permission
from tsunagu.domain.person import Basis, Ground, PersonEnd, TieReason
from tsunagu.domain.real_identity import RealIdentity
from tsunagu.domain.report import SourceGrading
from tsunagu.services.persons.identities import ask_identity, keep_identity
from tsunagu.services.persons.stating import add_child, add_subject, tie_persons
from tsunagu.services.persons.withdrawing import answer_recall, note_told, withdraw_person

from .world import Person, World, random_name

DOCUMENT = f"document:{'ab' * 32}"
SAID = ("--reason", "seen beside the child", "--since", "2026-01-02", "--grading", "B2", "--evidence", DOCUMENT)


def basis(words: str = "") -> Basis:
    """Return a basis that rests on a document."""
    return Basis(words or random_name("words"), date(2026, 1, 2), SourceGrading("B", 2), Ground.parse(DOCUMENT))


def people_a_case(world: World, person: Person, reference: str, series: str | None = None) -> set[str]:
    """Let an officer have entered persons into a case, kept who one is, and return what is secret of it."""
    parts = {"actor": person.actor, "reference": reference} | world.parts
    codes = [random_name("code") for _ in range(2)]
    names = [random_name("name"), random_name("address"), random_name("told"), random_name("words")]
    child = add_child(code=codes[0], series_names=(series,) if series else (), **parts)
    subject = add_subject(code=codes[1], basis=basis(names[3]), **parts)
    other, *_ = [add_subject(code="", basis=basis(), **parts) for _ in range(3)]
    keep_identity(name=child, identity=RealIdentity(names[0], address=names[1]), **parts)
    keep_identity(name=subject, identity=RealIdentity(names[0]), **parts)
    ask_identity(name=child, reason=names[3], is_emergency=True, **parts)
    tie_persons(pair=(child, subject), reason=TieReason.APPEARS_WITH, basis=basis(), **parts)
    for one in (other, other, other, subject):
        note_told(name=one, receiver=names[2], **parts)
    withdraw_person(name=other, why=PersonEnd.MISTAKEN, **parts)
    answer_recall(name=other, number=2, answer=names[3], **parts)
    return {*codes, *names}


def _door(command: str, service: str, permission: Permission, *arguments: str, **more: Any) -> dict[str, Any]:
    named = {"command": f"person {command}", "arguments": ("{target}", *arguments), "service": service}
    return named | {"permission": permission, "target": "case"} | more


NOBODY: str = "00000000-0000-4000-8000-000000000000"
RECORD, READ, WITHDRAW = Permission.PERSON_RECORD, Permission.PERSON_READ, Permission.PERSON_WITHDRAW
DOORS_TO_PERSONS: tuple[dict[str, Any], ...] = (
    _door("add-child", "add_child", RECORD),
    _door("add-subject", "add_subject", RECORD, *SAID),
    _door("state", "state_person", RECORD, "child-1", "located", *SAID),
    _door("tie", "tie_persons", RECORD, "child-1", "subject-1", "paid", *SAID),
    _door("list", "list_persons", READ),
    _door("network", "list_persons", READ),
    _door("told", "note_told", RECORD, "subject-1", "--receiver", "a force"),
    _door("recalls", "list_recalls", READ),
    _door("openings", "list_openings", READ),
    _door("keep-identity", "keep_identity", RECORD, "child-1", lines=('{"name": "nobody"}',)),
    _door("open-identity", "ask_identity", READ, "child-1", "--reason", "she is in danger", "--emergency"),
    _door("confirm-identity", "confirm_opening", READ, NOBODY, status=4),
    _door("read-identity", "read_identity", READ, NOBODY, status=4),
    _door(
        "review-identity",
        "review_opening",
        Permission.IDENTITY_REVIEW,
        NOBODY,
        status=4,
        strangers=("ben", "cleo"),
        unfit=("adam", "audra", "carl"),
    ),
    _door("withdraw", "withdraw_person", WITHDRAW, "subject-3", "--why", "ruled-out"),
    _door("recalled", "answer_recall", WITHDRAW, "subject-2", "1", "--answer", "destroyed"),
)
"""Commands about persons; each field as `scene.Door` has it. Openings last for minutes, which a scene outlasts."""
TYPED = {
    "words": "w", "since": "2026-01-02", "grading": "B2", "rests_on": "document", "evidence": "ab" * 32
}  # fmt: skip
PAIR = {"entry": "tie", "one": "child-1", "other": "subject-1", "how": "paid"}
OF_PERSONS: tuple[dict[str, Any], ...] = tuple(
    {"name": name, "service": service, "permission": permission, "target": "case", "typed": typed}
    | {"status": 200 if typed is None else 302}
    for name, service, permission, typed in (
        ("persons", "list_persons", READ, None),
        ("persons", "add_child", RECORD, {"entry": "child"}),
        ("persons", "add_subject", RECORD, {"entry": "subject", **TYPED}),
        ("persons", "tie_persons", RECORD, PAIR | TYPED),
        ("one_person", "list_persons", READ, None),
        ("one_person", "state_person", RECORD, {"value": "located", **TYPED}),
        ("one_person_withdraw", "withdraw_person", WITHDRAW, {"why": "mistaken"}),
        ("persons_recalls", "list_openings", READ, None),
        ("persons_recalls", "answer_recall", WITHDRAW, {"called": "subject-2", "recall": "3", "answer": "destroyed"}),
    )
)
"""Pages about persons; each field as the tests of the pages' permissions have it."""

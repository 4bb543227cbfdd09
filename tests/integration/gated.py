"""One invented buyer whom a seized list names, and all that has to be recorded before he may be called a suspect."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tsunagu.domain.permission import Role
from tsunagu.law.applying import Showing
from tsunagu.law.gate import Allegation, Majority
from tsunagu.law.points import Evidence, Point
from tsunagu.law.shipped import shipped_text
from tsunagu.services.cases.opening import staff_case
from tsunagu.services.gate import decisions as service
from tsunagu.services.gate.facts import AgeFact, PointFact

from .adopted import adopt, review, row_digests
from .seized import COLUMNS, Desk
from .world import Person, World

ALL_COLUMNS = {**COLUMNS, "title-code": "商品コード", "title": "商品名", "ordered-on": "注文日"}
DAY = "2016-05-01"
BUYER = (
    "江頭 佐江", "エガシラ サエ", "sae@example.jp", "090-0000-0001", "811-5301", "長崎県壱岐市", "1980-01-02",
    "T0001", "記録集 第1巻", DAY,
)  # fmt: skip
ADULT = ("age", "--as", "adult", "--evidence", "E-1=the family register")
POINTS = {
    "identity": ("--evidence", "E-1=the family register", "--evidence", "E-2=a carrier"),
    "payment": ("--evidence", "E-3=a bank"),
    "delivery": ("--evidence", "E-2=a carrier"),
    "item": ("--evidence", "E-4=two assessors", "--title", "1"),
    "day": ("--evidence", "E-2=a carrier"),
}


def listed(*rows: tuple[str, ...]) -> bytes:
    """Return rows with titles and days, as a file in UTF-8."""
    lines = [tuple(ALL_COLUMNS.values()), *rows]
    return "".join(",".join(line) + "\r\n" for line in lines).encode()


@dataclass
class Force:
    """A police force whose rules counsel has reviewed: officers, and an administrator who enrols more."""

    one: Person
    other: Person
    administrator: Person
    counsel: Person

    @classmethod
    def found(cls, world: World) -> Force:
        """Found one, and let it go by the shipped rules, one of which is reviewed: possession in Japan."""
        one, administrator = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
        other, counsel = world.enroll(administrator, Role.OFFICER), world.enroll(administrator, Role.COUNSEL)
        made = cls(one, other, administrator, counsel)
        adopt(world, (one, administrator), shipped_text())
        review(world, counsel, made.rule)
        return made

    @property
    def rule(self) -> str:
        """The SHA-256 of the rule on possession."""
        return row_digests(shipped_text())["JP-CP-03"]


@dataclass
class Gated:
    """A list within a case of a force, and its first person."""

    desk: Desk
    force: Force
    person: int = 1

    @classmethod
    def of(cls, world: World, force: Force, folder: Path, *rows: tuple[str, ...]) -> Gated:
        """Bring a list in, resolve it, and enter and assess its title."""
        desk = Desk.of(world, (force.one, force.other), folder)
        desk.bring_in(listed(*(rows or (BUYER,))), columns=ALL_COLUMNS)
        desk.resolve()
        made = cls(desk, force)
        made.run("title", "add", "--title", "記録集 第1巻", "--code", "T0001")
        made.assess("illegal")
        return made

    def run(self, *typed: str, status: int = 0, by: Person | None = None) -> list[dict[str, Any]]:
        """Run a command about the case, and return what it prints."""
        done = self.desk.world.run(by or self.desk.one, *typed, "--case", self.desk.case, "--json")
        assert done.status == status, done.text
        return [json.loads(line) for line in done.stdout.splitlines()] if not status else []

    def assess(self, value: str) -> None:
        """Say what the title is."""
        law = ("--jurisdiction", "JP", "--from", "2015-07-15", "--reason", "seen")
        self.run("title", "assess", "1", "--as", value, *law)

    def gate(self, command: str, *typed: str, status: int = 0, by: Person | None = None) -> list[dict[str, Any]]:
        """Do something with the person."""
        return self.run("gate", command, "--person", str(self.person), *typed, status=status, by=by)

    def take_up(self, day: str = DAY) -> None:
        """Let an officer look into him."""
        alleged = ("--jurisdiction", "JP", "--conduct", "possession", "--date", day)
        self.gate("promote", "--to", "person-of-interest", *alleged, "--reason", "the parcel arrived")

    def find(self, point: str, showing: str = "shown", *more: str, status: int = 0) -> None:
        """Record what was found of a point."""
        typed = POINTS[point] if showing == "shown" else ()
        self.gate("record", "--point", point, "--showing", showing, *typed, *more, status=status)

    def show_all(self) -> None:
        """Record all five points, and that he is an adult."""
        for point in POINTS:
            self.find(point)
        self.gate(*ADULT)

    def promote(self, *, status: int = 0) -> None:
        """Let an officer decide that he is a suspect."""
        self.gate("promote", "--to", "suspect", "--reason", "all five are shown", status=status)

    def suspect(self) -> None:
        """Go all the way, by the services that the commands call."""
        at: dict[str, Any] = {"actor": self.desk.one.actor, "reference": self.desk.case, "number": None}
        at |= {"person": self.person, **self.desk.world.parts}
        alleged = Allegation("JP", "possession", date.fromisoformat(DAY))
        service.take_up(allegation=alleged, reasons="the parcel arrived", **at)
        shown = (Evidence("E-1", "the family register"), Evidence("E-2", "a carrier"))
        for point in Point:
            title = 1 if point is Point.ITEM else None
            service.record_fact(fact=PointFact(point, Showing.SHOWN, shown, title), **at)
        service.record_fact(fact=AgeFact(Majority.ADULT, shown), **at)
        service.promote(reasons="all five are shown", **at)

    def told(self, by: Person | None = None) -> dict[str, Any]:
        """Return how he stands."""
        [view] = self.gate("show", by=by)
        return view


def assign(gated: Gated) -> Person:
    """Let an officer who is assigned to juveniles work on the case."""
    made = gated.desk.world.enroll(gated.force.administrator, Role.JUVENILE)
    staff_case(actor=gated.desk.one.actor, reference=gated.desk.case, login=made.login, **gated.desk.world.parts)
    return made

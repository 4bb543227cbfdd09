"""Agencies in a tree, with media in common and alerts between them, within this process."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tsunagu.domain.agency_tree import AgencyKind, ListedAgency
from tsunagu.domain.alert import Priority
from tsunagu.domain.assessment import CountryWeight
from tsunagu.domain.purpose import Purpose
from tsunagu.records import agencies
from tsunagu.services.agencies.tree import confirm_places, load_agencies, place_agency
from tsunagu.services.alerts import outcomes
from tsunagu.services.alerts import raising as alert_raising
from tsunagu.services.alerts import reading as alerts
from tsunagu.services.alerts import steps as alert_steps
from tsunagu.services.alerts.desk import Command
from tsunagu.services.alerts.raising import Draft
from tsunagu.services.alerts.reading import AlertView

from .linked import Held, Made, copy, overlap_between
from .scene import OVERSEES, WORKS
from .world import Person, World, now, random_name

JAPAN = (CountryWeight("JP", 0.8), CountryWeight("TW", 0.1))


def command(key: str | None = None, document: bytes | None = None) -> Command:
    """Return a command of a key of its own, unless one is given."""
    return Command(key or str(uuid4()), document)


def member(world: World, above: Person | None = None, kind: AgencyKind = AgencyKind.REGIONAL_POLICE) -> Person:
    """Found an agency, beneath another one where that is given, and return an officer of it."""
    officer, _ = world.found(WORKS, OVERSEES)
    if above is not None:
        stand(world, officer.agency, above, kind)
    return officer


def stand(world: World, name: str, above: Person, kind: AgencyKind = AgencyKind.REGIONAL_POLICE) -> None:
    """Let an agency stand beneath a member, as two people make it."""
    place_agency(name=name, under=above.agency, kind=kind, now=now(), ledger=world.rooms.ledger)
    confirm_places(actor=above.actor, names=[name], **world.parts)


def correspondent(world: World, above: Person) -> str:
    """Enter an agency without Tsunagu beneath a member, and return its name."""
    listed = ListedAgency(random_name("correspondent"), "", AgencyKind.REGIONAL_POLICE, "", "JP", "", "a desk")
    load_agencies(listed=[listed], under=above.agency, now=now(), ledger=world.rooms.ledger)
    confirm_places(actor=above.actor, names=[listed.name], **world.parts)
    return listed.name


@dataclass
class Cascade:
    """A body, whose case overlaps with one of Denmark; a bureau beneath it, and Osaka and Kyoto beneath that.

    Attributes:
        at: what time it is for them.
    """

    world: World
    body: Person
    denmark: Person
    bureau: Person
    osaka: Person
    kyoto: Person
    stranger: Person
    held: Held
    theirs: Held
    overlap: UUID
    at: datetime = field(default_factory=now)

    @classmethod
    def open(cls, world: World) -> Cascade:
        body = member(world)
        denmark = member(world, body, AgencyKind.NATIONAL_POLICE)
        bureau = member(world, body, AgencyKind.NATIONAL_POLICE)
        osaka, kyoto = member(world, bureau), member(world, bureau)
        first = Made().file()
        held, theirs = Held.open(world, body).bring(first), Held.open(world, denmark).bring(copy(first))
        overlap = overlap_between(held, theirs)
        held.share(overlap)
        theirs.share(overlap)
        return cls(world, body, denmark, bureau, osaka, kyoto, member(world), held, theirs, overlap)

    @property
    def parts(self) -> dict[str, Any]:
        """What every service is given, at their time."""
        return self.world.parts | {"now": self.at}

    def wait(self, **how_long: float) -> Cascade:
        """Let time pass."""
        self.at += timedelta(**how_long)
        return self

    def draft(self, **other: Any) -> Draft:
        """Return what the body wants to send onward."""
        draft = Draft(
            self.held.case.reference,
            (self.overlap,),
            self.bureau.agency,
            JAPAN,
            "a uniform and a chime at noon",
            Priority.NORMAL,
            "",
            (),
            frozenset({Purpose.VICTIM_IDENTIFICATION, Purpose.INVESTIGATION}),
            may_forward=True,
            until=self.at + timedelta(days=400),
        )
        return replace(draft, **other)

    def raise_alert(self, key: str | None = None, **other: Any) -> UUID:
        """Let the body raise an alert."""
        return alert_raising.raise_alert(
            actor=self.body.actor, draft=self.draft(**other), command=command(key), **self.parts
        )

    def acknowledge(self, person: Person, alert_id: UUID, **how: Any) -> int:
        return alert_steps.acknowledge_alert(
            actor=person.actor, alert_id=alert_id, command=command(**how), **self.parts
        )

    def pass_on(self, person: Person, alert_id: UUID, to: str | None, form: Any = None, **how: Any) -> int:
        return alert_steps.pass_alert(
            actor=person.actor, alert_id=alert_id, to=to, form=form, words="for there", command=command(**how),
            **self.parts,
        )  # fmt: skip

    def refuse(self, person: Person, alert_id: UUID, refusal: Any, **how: Any) -> int:
        return alert_steps.refuse_alert(
            actor=person.actor, alert_id=alert_id, refusal=refusal, words="another uniform",
            command=command(**how), **self.parts,
        )  # fmt: skip

    def take(self, person: Person, alert_id: UUID, case: str | None = None, **how: Any) -> int:
        return alert_steps.take_alert(
            actor=person.actor, alert_id=alert_id, case=case, command=command(**how), **self.parts
        )

    def withdraw(self, person: Person, alert_id: UUID) -> int:
        return alert_steps.withdraw_alert(
            actor=person.actor, alert_id=alert_id, words="by mistake", command=command(), **self.parts
        )

    def tell(self, person: Person, alert_id: UUID, outcome: Any, **how: Any) -> int:
        return outcomes.tell_outcome(
            actor=person.actor, alert_id=alert_id, outcome=outcome, words="", command=command(**how), **self.parts
        )

    def view(self, person: Person, alert_id: UUID, purpose: Purpose | None = None) -> AlertView:
        actor = replace(person.actor, purpose=purpose)
        return alerts.view_alert(actor=actor, alert_id=alert_id, **self.parts).view

    def listed(self, person: Person) -> list[UUID]:
        return [one.alert_id for one in alerts.list_alerts(actor=person.actor, **self.parts)]

    def overdue(self, person: Person) -> list[UUID]:
        return [one.alert_id for one in alerts.list_overdue(actor=person.actor, **self.parts)]

    def id_of(self, name: str) -> UUID:
        card = agencies.agency_called(name)
        assert card
        return card.agency_id

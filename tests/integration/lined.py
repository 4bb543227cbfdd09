"""Two installations that are members of each other: a force at one, and those whom it refers to at the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tsunagu.domain.hub import MessageKind, MessageRefused
from tsunagu.domain.permission import Role
from tsunagu.federation.keys import OwnKeys
from tsunagu.federation.sealed_said import sealed_said
from tsunagu.records.hub_messages import Incoming
from tsunagu.services.hub.membership import join_member
from tsunagu.services.members.desk import Sender, hub_desk

from .gated import Force
from .homes import Home, exchange
from .referred import be_of
from .three_homes import Three
from .world import Person, now


@dataclass
class Line:
    """A force at one installation; and those of Nagasaki and Fukuoka at another.

    Attributes:
        plain: an officer of Nagasaki's who is no co-ordinator.
    """

    three: Three
    force: Force
    nagasaki: Person
    fukuoka: Person
    plain: Person

    @property
    def here(self) -> Home:
        return self.three.body_home

    @property
    def there(self) -> Home:
        return self.three.japan

    def carry(self) -> None:
        exchange(self.here, self.there)

    def do(self, by: Person, *typed: str, status: int = 0) -> list[dict[str, Any]]:
        """Let somebody there run a command, and return what it prints."""
        with self.there.here() as world:
            done = world.run(by, *typed, "--json")
        assert done.status == status, done.text
        return [json.loads(line) for line in done.stdout.splitlines()] if not status else []


def between(three: Three) -> Line:
    """Let agencies be founded at both, and those there be known here."""
    with three.japan.here() as world:
        nagasaki, administrator = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
        fukuoka, _ = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
        plain = world.enroll(administrator, Role.OFFICER)
        be_of(world, nagasaki, "JP-42")
        be_of(world, fukuoka, "JP-40")
    three.japan.write_card(three.npa.agency, nagasaki.agency, fukuoka.agency)
    with three.body_home.here() as world:
        join_member(text=three.japan.card, now=now(), ledger=world.rooms.ledger)
        force = Force.found(world)
    return Line(three, force, nagasaki, fukuoka, plain)


def own_keys(home: Home) -> tuple[OwnKeys, ...]:
    """Return the private keys of an installation: other tests change them."""
    with home.here() as world:
        return hub_desk(keys=world.rooms.keys).own


def keep(
    home: Home, keeper: Callable[..., None], kind: MessageKind, said: dict[str, Any], *, by: UUID | None
) -> str | None:
    """Let a message of a member come to an installation, and return why it is refused."""
    body = {"sealed": sealed_said(said, own_keys(home)[-1].public)}
    assert by
    with home.here() as world:
        try:
            keeper(Sender(by, "a member"), Incoming(0, "s", 1, kind, body), **world.parts)
        except MessageRefused as refused:
            return refused.refusal.value
    return None

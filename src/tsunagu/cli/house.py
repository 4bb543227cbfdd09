"""The house as commands see it: who is signed in, and what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

import click

from tsunagu.domain.actor import Actor
from tsunagu.domain.purpose import Purpose
from tsunagu.services.agencies.identity import actor_of
from tsunagu.services.house import House, Rooms
from tsunagu.services.parts import Keys, Ledger

purpose_option = click.option(
    "--purpose",
    type=click.Choice([one.value for one in Purpose]),
    help="Why you ask; the case's own purpose when left out.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")


class Parts(TypedDict):
    """What every service is given besides its own arguments."""

    actor: Actor
    now: datetime
    keys: Keys
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Desk:
    """A signed-in officer with the open rooms."""

    actor: Actor
    rooms: Rooms

    @property
    def parts(self) -> Parts:
        """What a service is called with at this moment."""
        return Parts(actor=self.actor, now=now(), keys=self.rooms.keys, ledger=self.rooms.ledger)


def now() -> datetime:
    """Return the time at which a command asks."""
    return datetime.now(UTC)


@contextmanager
def signed_in(house: House, purpose: str | None) -> Iterator[Desk]:
    """Open the house for the officer who is signed in.

    Raises:
        NotSignedIn: nobody is, or not any more.
    """
    token = house.token()
    with house.open() as rooms:
        actor = actor_of(token=token, purpose=Purpose(purpose) if purpose else None, now=now(), keys=rooms.keys)
        yield Desk(actor, rooms)

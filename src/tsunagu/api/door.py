"""Who asks: a program with an officer's key, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.http import HttpRequest
from ninja.security import HttpBearer

from tsunagu.domain.actor import Actor
from tsunagu.services.agencies.api_keys import LedgerByKey, actor_by_key
from tsunagu.services.house import Rooms
from tsunagu.services.parts import Keys, Ledger


class ApiRequest(HttpRequest):
    """A request whose key was found good.

    Attributes:
        auth: the officer for whom it acts, with the key.
    """

    auth: Actor


class Parts(TypedDict):
    """What every service is given besides its own arguments."""

    actor: Actor
    now: datetime
    keys: Keys
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Door:
    """The parts that operations work with, as the wiring has put them together.

    Attributes:
        rooms: returns the rooms that are open in this process.
        now: returns the time at which a request is answered.
    """

    rooms: Callable[[], Rooms]
    now: Callable[[], datetime]

    def parts_of(self, request: ApiRequest) -> Parts:
        """Return what a service is called with for this request; each entry in the ledger names the key."""
        rooms = self.rooms()
        return Parts(
            actor=request.auth, now=self.now(), keys=rooms.keys, ledger=LedgerByKey(rooms.ledger, request.auth)
        )


class ApiKey(HttpBearer):
    """`Authorization: Bearer` with a key: the only way in."""

    def __init__(self, door: Door) -> None:
        """Ask for keys at this door."""
        super().__init__()
        self._door = door

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return for whom the key acts.

        Raises:
            NotSignedIn: there is no such key, or it opens nothing any more.
        """
        del request
        rooms = self._door.rooms()
        return actor_by_key(token=token, now=self._door.now(), keys=rooms.keys, ledger=rooms.ledger)

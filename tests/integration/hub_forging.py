"""Messages between installations as a bad line or a forger brings them, and that a refusal is recorded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tsunagu.domain.hub import CARRIED_LASTS, MessageKind
from tsunagu.federation import envelope as envelope_module
from tsunagu.federation.envelope import Envelope, seal
from tsunagu.federation.keys import OwnKeys
from tsunagu.services.members.desk import hub_desk

from .homes import Home
from .three_homes import Three
from .world import now


def keys_at(home: Home, number: int = 1) -> OwnKeys:
    """Return private keys of an installation."""
    with home.here() as world:
        found = hub_desk(keys=world.rooms.keys).numbered(number)
    assert found
    return found


def sealed(three: Three, *, by: OwnKeys | None = None, to: Home | None = None, **other: Any) -> bytes:
    """Return a message of Japan to the body, or to another home, as somebody may have made it."""
    receiver = to or three.body_home
    assert three.japan.installation_id
    assert receiver.installation_id
    envelope = Envelope(
        uuid4(), three.japan.installation_id, receiver.installation_id, MessageKind.ALERT_STEP,
        f"test:{uuid4()}", 1, now(), now() + CARRIED_LASTS, {},
    )  # fmt: skip
    return seal(replace(envelope, **other), by or keys_at(three.japan), keys_at(receiver).public)


def sealed_as_written(three: Three, body: str, **other: Any) -> bytes:
    """Return a message of Japan to the body, well signed, whose own body is this text, JSON or not."""
    written = envelope_module._text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(envelope_module, "_text", lambda value: written(value).replace(b'"BODY"', body.encode()))
        return sealed(three, body="BODY", **other)


@contextmanager
def refused(home: Home, reason: str) -> Iterator[None]:
    """Check that the block leaves in an installation's ledger that a message was refused, once, for this reason."""
    with home.here() as world:
        before = world.entry_count()
    yield
    with home.here() as world:
        told = [one["details"] for one in world.entries()[before:] if one["act"] == "hub:refused"]
    assert [one["reason"] for one in told] == [reason]


def carried_by_a_bad_line(three: Three, chance: random.Random) -> int:
    """Carry messages an hour later, all of them twice or more and in any order, until none waits; return how many."""
    later, carried = now() + timedelta(hours=1), 0
    while True:
        waiting = [
            (to, message)
            for one in (*three.homes, *three.homes)  # the whole outbox twice, sealed anew
            for to, messages in one.out(later, again=True).items()
            for message in messages
        ]
        if not waiting:
            return carried
        carried += len(waiting)
        chance.shuffle(waiting)
        while waiting:
            some = [waiting.pop() for _ in range(min(len(waiting), chance.randint(1, 40)))]
            for home in three.homes:
                came = [message for to, message in some if to == home.installation_id]
                home.take([*came, *(message for message in came if chance.random() < 0.3)], later)
        later += timedelta(hours=1)

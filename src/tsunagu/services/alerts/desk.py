"""What every step of an alert needs: who acts for which agency, the key of a command, and what the ledger is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import Alert
from tsunagu.domain.alert_path import AlertPath, AlertStep
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, alerts
from tsunagu.records.alert_rows import KeptStep
from tsunagu.records.alerts import Party
from tsunagu.records.session import acting_for
from tsunagu.services.access import MOST_REFERENCE, denials_recorded
from tsunagu.services.alerts.outbox import queue_steps
from tsunagu.services.parts import Keys, Ledger

DOCUMENT_BYTES = 32


CLOCK_KEY = "clock of "
"""How the keys of the machine's own steps begin: no officer's key may take their place."""


@dataclass(frozen=True, slots=True)
class Command:
    """What an officer asks for, so that it can be asked for again without being done again.

    Attributes:
        key: his own; the same key with the same words is the same command.
        document: SHA-256 of what a correspondent sent, 32 bytes; None where the actor answers for his own agency.
    """

    key: str
    document: bytes | None = None

    def __post_init__(self) -> None:
        if not self.key.strip() or len(self.key) > MOST_REFERENCE or not self.key.isprintable():
            raise InputError(f"a command's key is 1 to {MOST_REFERENCE} printable characters")
        if self.key.startswith(CLOCK_KEY):
            raise InputError("this key is the clock's own")
        if self.document is not None and len(self.document) != DOCUMENT_BYTES:
            raise InputError("a document is named by its SHA-256")

    def digest(self, *words: object) -> bytes:
        """Return what tells this command from another one, 32 bytes."""
        document = None if self.document is None else self.document.hex()
        return hashlib.sha256(json.dumps([document, *map(str, words)]).encode()).digest()


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert as it stands, locked until the transaction ends.

    Attributes:
        cards: the directory of agencies.
    """

    alert: Alert
    party: Party
    steps: tuple[KeptStep, ...]
    path: AlertPath
    cards: Mapping[UUID, AgencyCard]

    def for_whom(self, actor: Actor, command: Command) -> UUID:
        """Return the agency that has the alert, in whose name the actor acts: his own, or a correspondent's.

        For a correspondent acts who stands before it on the way, with what it has sent.

        Raises:
            Conflict: the alert is with another agency.
            InputError: a document where none belongs, or none where one does.
        """
        holder = self.path.holder_id
        if holder == actor.agency_id:
            if command.document is not None:
                raise InputError("an agency that works with Tsunagu answers itself, and not by a document")
            return holder
        if speaker_of(self.path, self.cards) != actor.agency_id:
            raise Conflict("this alert is not with your agency now")
        if command.document is None:
            raise InputError("what a correspondent says is entered with its document")
        return holder


def speaker_of(path: AlertPath, cards: Mapping[UUID, AgencyCard], agency_id: UUID | None = None) -> UUID:
    """Return the agency whose officers act for one on the way: itself, or the last member before it.

    Args:
        path: the way.
        cards: the directory.
        agency_id: the one on the way; the one that has the alert when it is left out.
    """
    line = [path.hops[one].agency_id for one in path.line]
    until = line.index(agency_id or path.holder_id)
    return next(one for one in reversed(line[: until + 1]) if not cards[one].is_correspondent)


@contextmanager
def opened(
    actor: Actor, alert_id: UUID, permission: Permission, *, now: datetime, keys: Keys, ledger: Ledger
) -> Iterator[OpenAlert]:
    """Act for the actor's agency in one transaction on one alert that he is told of; every denial is written down.

    Raises:
        Forbidden: none of the actor's roles carries the permission.
        NotFound: no such alert, or not his.
    """
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(alert_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        party = alerts.party_of(actor, alert_id)
        alerts.lock(alert_id)
        alert, steps = alerts.alert_of(alert_id), alerts.steps_of([alert_id])[alert_id]
        path = AlertPath.of(alert.priority, (one.step for one in steps))
        yield OpenAlert(alert, party, steps, path, agencies.agency_cards())


def keep_step(found: OpenAlert, kept: KeptStep, *, actor: Actor, command: Command, digest: bytes) -> AlertPath:
    """Add a step to an open alert, and return the path after it.

    Raises:
        Conflict: the step cannot follow, as the alert stands.
    """
    path = found.path.after(kept.step)
    alerts.add_step(found.alert.alert_id, kept, path, officer_id=actor.officer_id, key=command.key, digest=digest)
    steps = (*found.steps, kept)
    queue_steps(found.alert, steps, path, found.cards, speaker_id=actor.agency_id, now=kept.step.at)
    return path


def was_done(actor: Actor, alert_id: UUID, command: Command, digest: bytes) -> int | None:
    """Return the number of the step that this command has brought about before; None if it has not.

    Raises:
        Conflict: another command of the actor's agency had the same key.
    """
    before = alerts.repeated(actor.agency_id, command.key, digest)
    if before is None:
        return None
    if before[0] != alert_id:
        raise Conflict("another command had this key")
    return before[1]


def told(
    act: Act,
    agency_id: UUID,
    alert_id: UUID,
    step: AlertStep,
    *,
    actor: Actor | None = None,
    case_id: UUID | None = None,
    **details: str | int,
) -> Deed:
    """Return the deed of one step for the ledger, as one agency's; the machine's where nobody of it did it."""
    more: dict[str, str | int] = {"alert": str(alert_id), "step": step.number, **details}
    officer = actor.officer_id if actor is not None and actor.agency_id == agency_id else None
    purpose = actor.purpose if actor is not None and actor.agency_id == agency_id else None
    return Deed(act, step.at, agency_id, officer, purpose, case_id=case_id, details=more)

"""Mappings of seized lists that an officer keeps under names of his own, and uses again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListMapping
from tsunagu.domain.writing import is_printable
from tsunagu.exchange.seized.mapping import mapping_json, mapping_of
from tsunagu.records import saved_mappings
from tsunagu.records.saved_mappings import KeptMapping
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import SEALS

MOST_SAVED: Final = 100
MOST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class SavedMapping:
    """A mapping under the name that its officer gave it; nobody else is told of it."""

    name: str
    mapping: ListMapping = field(repr=False)
    saved_at: datetime
    mapping_id: UUID


def save_mapping(
    *, actor: Actor, name: str, mapping: ListMapping, now: datetime, keys: Keys, ledger: Ledger
) -> SavedMapping:
    """Keep a mapping under a name; what had this name before is kept no more.

    Raises:
        Forbidden: the actor imports no seized lists.
        InputError: it is no name, or the mapping names no column.
        Conflict: he keeps as many as he may.
    """
    called = name.strip()
    if not called or len(called) > MOST_NAME or not is_printable(called):
        raise InputError("a mapping is called by at most 100 printable characters")
    mapping_of(mapping_json(mapping))
    with _at_his_own(actor, called, now=now, keys=keys, ledger=ledger):
        before = _saved(actor, keys)
        same = [one for one in before if one.name == called]
        if len(before) - len(same) >= MOST_SAVED:
            raise Conflict("so many mappings are kept that one has to be deleted first")
        for one in same:
            saved_mappings.delete_mapping(one.mapping_id)
        made = SavedMapping(called, mapping, now, uuid4())
        plain = json.dumps({"name": called, "mapping": mapping_json(mapping)}, ensure_ascii=False).encode()
        kept = KeptMapping(made.mapping_id, keys.seal(SEALS, plain, _context(made.mapping_id)), now)
        saved_mappings.add_mapping(kept, agency_id=actor.agency_id, officer_id=actor.officer_id)
        ledger.write(_deed(Act.SEIZED_LIST_MAPPING_SAVED, actor, now, mapping=str(made.mapping_id)))
    return made


def list_mappings(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[SavedMapping, ...]:
    """Return the mappings that the actor keeps, the newest first.

    Raises:
        Forbidden: the actor imports no seized lists.
    """
    with _at_his_own(actor, "mappings", now=now, keys=keys, ledger=ledger):
        found = _saved(actor, keys)
        ledger.write(_deed(Act.SEIZED_LIST_MAPPINGS_READ, actor, now, mappings=len(found)))
    return found


def saved_mapping(*, actor: Actor, name: str, now: datetime, keys: Keys, ledger: Ledger) -> ListMapping:
    """Return the mapping that the actor keeps under a name.

    Raises:
        Forbidden: the actor imports no seized lists.
        NotFound: he keeps none of that name.
    """
    with _at_his_own(actor, name, now=now, keys=keys, ledger=ledger):
        found = _called(actor, name, keys)
        ledger.write(_deed(Act.SEIZED_LIST_MAPPINGS_READ, actor, now, mappings=1))
    return found.mapping


def delete_mapping(*, actor: Actor, name: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Keep a mapping no more.

    Raises:
        Forbidden: the actor imports no seized lists.
        NotFound: he keeps none of that name.
    """
    with _at_his_own(actor, name, now=now, keys=keys, ledger=ledger):
        found = _called(actor, name, keys)
        saved_mappings.delete_mapping(found.mapping_id)
        ledger.write(_deed(Act.SEIZED_LIST_MAPPING_DELETED, actor, now, mapping=str(found.mapping_id)))


@contextmanager
def _at_his_own(actor: Actor, asked: str, *, now: datetime, keys: Keys, ledger: Ledger) -> Iterator[None]:
    permission = Permission.SEIZED_LIST_IMPORT
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        yield


def _saved(actor: Actor, keys: Keys) -> tuple[SavedMapping, ...]:
    found = []
    for kept in saved_mappings.mappings_of(actor.officer_id):
        told = json.loads(keys.open_sealed(SEALS, kept.sealed, _context(kept.mapping_id)))
        found.append(SavedMapping(told["name"], mapping_of(told["mapping"]), kept.saved_at, kept.mapping_id))
    return tuple(found)


def _called(actor: Actor, name: str, keys: Keys) -> SavedMapping:
    found = next((one for one in _saved(actor, keys) if one.name == name.strip()), None)
    if found is None:
        raise NotFound("no such mapping")
    return found


def _context(mapping_id: UUID) -> bytes:
    return f"mapping {mapping_id}".encode()


def _deed(act: Act, actor: Actor, now: datetime, **about: str | int) -> Deed:
    return Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details=about)

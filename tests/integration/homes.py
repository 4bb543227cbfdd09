"""Several installations within this process: a database and keys for each, and one of them is where we are."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from tsunagu.federation.bundle import bundled, unbundled
from tsunagu.records.keys.keyring import Keyring
from tsunagu.records.postgres import rights
from tsunagu.records.postgres.addresses import DatabaseAddress
from tsunagu.records.postgres.embedded_roles import DATABASE
from tsunagu.records.postgres.embedded_roles import EMBEDDED_NAMES as ROLES
from tsunagu.services.hub.carrying import Brought, messages_to_carry, take_messages
from tsunagu.services.hub.membership import accept_member, join_member, write_card

from .counting import DOORS_TO_THE_DATABASE
from .world import Person, Table, World, now, random_name

FRESH = "tsunagu_fresh"


@dataclass
class Home:
    """One installation.

    Attributes:
        installation_id: as its card names it, once it has one.
    """

    database: str
    world: World
    name: str
    installation_id: UUID | None = None
    card: str = ""
    fingerprint: str = ""

    @contextmanager
    def here(self) -> Iterator[World]:
        """Be at this installation as long as the block lasts."""
        with _at(self.database):
            yield self.world

    def write_card(self, *agencies: str) -> None:
        """Write the card of this installation, with these agencies of it."""
        with self.here() as world:
            text, card = write_card(name=self.name, address=None, listed=agencies, **world.parts)
        self.card, self.fingerprint, self.installation_id = text, card.keys.fingerprint, card.installation_id

    def join(self, other: Home, accepted_by: Person) -> None:
        """Let the operator enter another installation, and a co-ordinator accept it."""
        with self.here() as world:
            join_member(text=other.card, now=now(), ledger=world.rooms.ledger)
            accept_member(actor=accepted_by.actor, name=other.name, fingerprint=other.fingerprint, **world.parts)

    def out(self, at: datetime | None = None, *, again: bool = False) -> dict[UUID, list[bytes]]:
        """Return the sealed messages that this installation has for others, by whom they are for."""
        with self.here() as world:
            found = messages_to_carry(to=None, at_once=again, **self.parts(world, at))
        return {one.member_id: list(unbundled(one.content)) for one in found}

    def take(self, messages: list[bytes], at: datetime | None = None) -> Brought:
        """Bring sealed messages to this installation."""
        with self.here() as world:
            return take_messages(messages=unbundled(bundled(messages)), **self.parts(world, at))

    @staticmethod
    def parts(world: World, at: datetime | None) -> dict[str, Any]:
        return world.parts | ({} if at is None else {"now": at})


def exchange(*homes: Home, at: datetime | None = None) -> None:
    """Carry messages between installations until nobody has any for another."""
    by_id = {one.installation_id: one for one in homes}
    for _ in range(30):
        waiting = [(to, messages) for one in homes for to, messages in one.out(at).items()]
        if not waiting:
            return
        for to, messages in waiting:
            assert by_id[to].take(messages, at).refused == ()
    raise AssertionError("installations that talk without end")


KEPT: dict[tuple[str, str], BaseDatabaseWrapper] = {}
"""Connections that are open, by database and alias."""


@contextmanager
def _at(database: str) -> Iterator[None]:
    before = connections.databases["default"]["NAME"]
    _point(database)
    try:
        yield
    finally:
        _point(before)


def _point(database: str) -> None:
    """Let everything in this process ask another database.

    The connections of the thread that tests run in are kept, for to connect takes longer than most of what is asked.
    """
    is_main = threading.current_thread() is threading.main_thread()
    for alias in DOORS_TO_THE_DATABASE:
        if is_main:
            KEPT[connections[alias].settings_dict["NAME"], alias] = connections[alias]
        else:
            connections[alias].close()
        connections.databases[alias]["NAME"] = database
        kept = KEPT.get((database, alias)) if is_main else None
        connections[alias] = kept or _connection(alias)


def _connection(alias: str) -> BaseDatabaseWrapper:
    """Return a connection that stays where it is when others are pointed elsewhere."""
    made: BaseDatabaseWrapper = connections.create_connection(alias)
    made.settings_dict = dict(made.settings_dict)
    return made


def keep_fresh(admin: DatabaseAddress) -> None:
    """Copy the database that all tests share as long as nothing is in it: to migrate another one takes far longer."""
    connections.close_all()
    with psycopg.connect(admin.conninfo(), autocommit=True) as server:
        _copy(server, DATABASE, FRESH)


def _copy(server: psycopg.Connection, database: str, to: str) -> None:
    parts = {"name": sql.Identifier(to), "like": sql.Identifier(database), "owner": sql.Identifier(ROLES.owner)}
    server.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {like} OWNER {owner}").format(**parts))


def open_homes(world: World, admin: DatabaseAddress, folder: Path, *names: str) -> tuple[Home, ...]:
    """Make installations beside the one that all tests share."""
    made: list[Home] = []
    with psycopg.connect(admin.conninfo(), autocommit=True) as server:
        for name in names:
            database = random_name("home").replace("-", "_")
            _copy(server, FRESH, database)
            with psycopg.connect(replace(admin, database=database).conninfo(), autocommit=True) as inside:
                for statement in rights.statements(database, ROLES):
                    inside.execute(statement)
            made.append(_home(world, folder / database, database, name))
    return tuple(made)


def _home(world: World, folder: Path, database: str, name: str) -> Home:
    environ = {"TSUNAGU_HOME": str(folder)}
    folder.mkdir()
    rooms = replace(world.rooms, keys=Keyring.create(folder, environ))
    return Home(database, World(rooms, Table(rooms), folder), f"{name} {os.getpid()}")


def drop_homes(admin: DatabaseAddress, homes: tuple[Home, ...]) -> None:
    """Remove their databases."""
    assert connections.databases["default"]["NAME"] == DATABASE
    for database, alias in list(KEPT):
        if database != DATABASE:
            KEPT.pop((database, alias)).close()
    with psycopg.connect(admin.conninfo(), autocommit=True) as server:
        for one in homes:
            statement = sql.SQL("DROP DATABASE {name} WITH (FORCE)")
            server.execute(statement.format(name=sql.Identifier(one.database)))

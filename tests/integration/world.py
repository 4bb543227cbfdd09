"""Agencies, officers and what they do, through the services and the commands, within this process."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from click.testing import CliRunner
from django.db import connections
from pyotp.totp import TOTP

from tsunagu.cli.main import program
from tsunagu.config.children import table_child
from tsunagu.domain.actor import Actor
from tsunagu.domain.intake import ScanKey
from tsunagu.domain.permission import Permission, Role
from tsunagu.media.sandbox.pool import DecodePool
from tsunagu.records.look_ups import remembered
from tsunagu.records.session import LINKER, looking_up
from tsunagu.services.agencies.identity import NewOfficer, actor_of, enroll_factor, found_agency, sign_in
from tsunagu.services.agencies.invitations import accept_invitation
from tsunagu.services.agencies.officers import certify_officer
from tsunagu.services.agencies.proposals import confirm_proposal, propose_officer
from tsunagu.services.house import Rooms
from tsunagu.services.intake.ingest import ingest
from tsunagu.services.intake.keeping import IngestReport
from tsunagu.services.intake.scan import scan
from tsunagu.services.media.examination import LocalExaminer

from .counting import counting

PASSWORD = "correct horse battery"


def now() -> datetime:
    return datetime.now(UTC)


def random_name(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(6)}"


class NoDecoder:
    """Stands for the limited children where nothing is media."""

    def decode(self, *_: object) -> Iterator[Any]:
        raise AssertionError("the tests within this process bring in nothing that is decoded")

    fingerprint = decode_rgb = decode


class NoOperator:
    """Stands for the operator of a host, who keeps nothing here."""

    def refuse_without_database(self) -> None:
        pass

    def note_verified(self, _: object) -> None:
        pass


class Table:
    """A house whose rooms are open already, and whose system user has the token that he is given."""

    workers = 1

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._token = ""

    @contextmanager
    def open(self) -> Iterator[Rooms]:
        yield self._rooms

    @contextmanager
    def decoder(self) -> Iterator[NoDecoder]:
        yield NoDecoder()

    def tables(self) -> DecodePool:
        return table_child()

    def token(self) -> str:
        return self._token

    def keep_token(self, token: str) -> None:
        self._token = token

    def drop_token(self) -> None:
        self._token = ""

    def operator(self) -> NoOperator:
        return NoOperator()


@dataclass(frozen=True)
class Person:
    """An officer who is signed in."""

    login: str
    agency: str
    totp_secret: str
    token: str
    actor: Actor


@dataclass(frozen=True)
class Outcome:
    """All that somebody can tell of what became of his command, and what it left in the ledger."""

    status: int
    stdout: str
    stderr: str
    queries: dict[str, int]
    entries: int

    @property
    def text(self) -> str:
        return self.stdout + self.stderr


@dataclass
class World:
    """The house, and ways to fill it."""

    rooms: Rooms
    table: Table
    folder: Path
    runner: CliRunner = field(default_factory=CliRunner)
    founders: dict[str, tuple[Person, ...]] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, Any]:
        """What every service is given."""
        return {"now": now(), "keys": self.rooms.keys, "ledger": self.rooms.ledger}

    def found(self, *roles: set[Role]) -> tuple[Person, ...]:
        """Found an agency with one officer for each set of roles, and sign them in."""
        newcomers = tuple(NewOfficer(random_name("officer"), "Name", frozenset(one), PASSWORD) for one in roles)
        name = random_name("agency")
        _, enrolled = found_agency(
            name=name, country="DK", contact=f"{name}@example.org", officers=newcomers, **self.parts
        )
        founders = tuple(self.sign_in(one.officer.login, name, one.totp_secret) for one in enrolled)
        self.founders[name] = founders
        return founders

    def enroll(self, administrator: Person, *roles: Role) -> Person:
        """Let an administrator and a second founder of his agency invite an officer, certify him, and sign him in."""
        login = random_name("officer")
        token = self.invite(administrator, login, *roles)
        accept_invitation(token=token, password=PASSWORD, **self.parts)
        enrolled = enroll_factor(login=login, password=PASSWORD, **self.parts)
        certify_officer(actor=administrator.actor, login=login, **self.parts)
        return self.sign_in(login, administrator.agency, enrolled.totp_secret)

    def invite(self, administrator: Person, login: str, *roles: Role) -> str:
        """Let two people invite somebody, and return the invitation."""
        proposal_id = propose_officer(
            actor=administrator.actor, login=login, name="Name", roles=frozenset(roles), **self.parts
        )
        return self.confirm(administrator, proposal_id)

    def confirm(self, proposer: Person, proposal_id: UUID) -> str:
        """Let a founder of the proposer's agency confirm what he has proposed."""
        colleagues = [one for one in self.founders[proposer.agency] if one != proposer]
        second = next(one for one in colleagues if one.actor.may(Permission.OFFICER_CONFIRM))
        return confirm_proposal(actor=second.actor, proposal_id=proposal_id, **self.parts) or ""

    def sign_in(self, login: str, agency: str, totp_secret: str) -> Person:
        """Sign an officer in with the code of this moment."""
        code = TOTP(totp_secret).at(now())
        token, _ = sign_in(login=login, password=PASSWORD, code=code, **self.parts)
        actor = actor_of(token=token, purpose=None, now=now(), keys=self.rooms.keys)
        return Person(login, agency, totp_secret, token, actor)

    def file(self, content: bytes) -> str:
        """Write a file of no type that Tsunagu decodes, and return its path."""
        path = self.folder / f"{random_name('file')}.txt"
        path.write_bytes(content)
        return str(path)

    def bring_in(self, person: Person, case: str, exhibit: str, *paths: str) -> IngestReport:
        """Let an officer bring files into a case of his, and compare them with all that is held."""
        return ingest(
            actor=person.actor,
            case_reference=case,
            exhibit_reference=exhibit,
            paths=[os.fsencode(path) for path in paths],
            decoder=NoDecoder(),
            examiner=LocalExaminer(NoDecoder(), 1),
            queue=self.rooms.queue,
            vault=self.rooms.vault,
            clock=lambda: self.parts["now"],
            keys=self.rooms.keys,
            ledger=self.rooms.ledger,
        )

    def scan(self, *paths: str, key: ScanKey | None = None, decoder: Any = None) -> Path:
        """Scan files, of which none is decoded unless a decoder is given, and return the intake file."""
        out = self.folder / random_name("scan")
        with out.open("wb") as file:
            scan(
                paths=[os.fsencode(path) for path in paths],
                out=file,
                key=key,
                scanner="1.0",
                now=now(),
                decoder=decoder or NoDecoder(),
                workers=1,
            )
        return out

    def run(self, person: Person | str, *arguments: str, lines: tuple[str, ...] = ()) -> Outcome:
        """Run a command as somebody, or with a token, and measure what it does."""
        self.table.keep_token(person if isinstance(person, str) else person.token)
        before = self.entry_count()
        with counting() as queries:
            typed = "".join(f"{line}\n" for line in lines)
            done = self.runner.invoke(program, arguments, input=typed, obj=self.table)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Outcome(done.exit_code, done.stdout, done.stderr, queries, self.entry_count() - before)

    def json(self, person: Person, *arguments: str) -> list[dict[str, Any]]:
        """Run a command with --json, and return the objects that it prints."""
        done = self.run(person, *arguments, "--json")
        assert done.status == 0, done.text
        return [json.loads(line) for line in done.stdout.splitlines()]

    def entry_count(self) -> int:
        with connections["owner"].cursor() as cursor:
            # There is no gap, and to count them all of them would be read.
            cursor.execute("SELECT ledger.last_number()")
            return int(cursor.fetchone()[0])

    def entries(self) -> list[dict[str, Any]]:
        """Return all entries of the ledger, whoever's they are, oldest first."""
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT body FROM ledger.entries() ORDER BY number")
            return [json.loads(body) for (body,) in cursor.fetchall()]

    def last_entry(self) -> dict[str, Any]:
        """Return the newest entry of the ledger, whoever's it is."""
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT body FROM ledger.entries() ORDER BY number DESC LIMIT 1")
            return dict(json.loads(cursor.fetchone()[0]))


def remember(*asked: tuple[UUID, bytes]) -> None:
    """Keep what agencies asked for, as look-ups do."""
    with looking_up(), connections[LINKER].cursor() as cursor:
        for statement in remembered(asked):
            cursor.execute(*statement)

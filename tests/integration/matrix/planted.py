"""The world that the matrix is tried in: an agency whose every field holds what is found nowhere else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from django.apps import apps
from django.db import connections, models
from psycopg import sql

from tsunagu.domain.permission import Permission, Role
from tsunagu.records import agencies, grants
from tsunagu.records.models import (
    CaseMember,
    GuestRow,
    Officer,
    OverlapNotice,
    SeriesAlias,
    SeriesItemRow,
    SubmissionItemRow,
    SubmissionRow,
)
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.api_keys import make_key
from tsunagu.services.agencies.invitations import end_officer
from tsunagu.services.cases.opening import staff_case

from ..api.programs import Program, lendable  # noqa: TID252 - tests are no package with a name
from ..scene import Scene, set_the_scene  # noqa: TID252 - likewise
from ..web.visitors import Visitor  # noqa: TID252 - likewise
from ..world import Person, World, now, random_name  # noqa: TID252 - likewise

SHORT_DIGEST = 16
"""So many hex digits of a digest name it, as in `needles`."""
TOLD_OF = ("open case", "covert case", "shared case")
ANY = "substr(md5(random()::text), 1, 12)"
UNIQUE = (
    ("officer", "name", f"'name-' || {ANY}"),
    ("exhibit", "reference", f"'exhibit-' || {ANY}"),
    ("case_reason", "reason", f"'because-' || {ANY}"),
    ("media_item", "codecs", f"jsonb_build_array('codec-' || {ANY})"),
    ("media_item", "tags", f"jsonb_build_object('tag-' || {ANY}, 'made-by-' || {ANY})"),
    (
        "proposal",
        "terms",
        f"CASE WHEN terms ? 'name' THEN terms || jsonb_build_object('name', 'new-' || {ANY}) ELSE terms END",
    ),
    ("bank_item", "details", f"jsonb_build_object('comments', 'said-' || {ANY})"),
    ("api_key", "name", f"'script-' || {ANY}"),
    ("reveal", "reason", f"'reason-' || {ANY}"),
    ("intake_change", "path", f"convert_to('changed-' || {ANY}, 'UTF8')"),
    ("intake", "folder", f"convert_to('folder-' || {ANY}, 'UTF8')"),
)


@dataclass(frozen=True)
class Seat:
    """Somebody who tries every door, with what he comes in by.

    Attributes:
        cases: those that he works on and may read in.
        may: what he may do at this moment.
        program: acts for him through the API; None where he may lend a key nothing.
        token: of his sign-in at the command line.
    """

    name: str
    person: Person | None
    visitor: Visitor
    program: Program | None
    token: str
    cases: frozenset[UUID] = frozenset()
    may: frozenset[Permission] = frozenset()
    agency_id: UUID | None = None
    officer_id: UUID | None = None
    is_coordinator: bool = False

    def __str__(self) -> str:
        return self.name


@dataclass
class Planted:
    """The world, and who tries its doors.

    Attributes:
        scene: agency A, which everything is planted with, B, which overlaps with it, and C, which has nothing of it.
        told_to, shared_with: by case of A, the cases of others that were told of an overlap with it, and those that
            both sides have shared one with.
        agency_of: the agencies of those cases of others.
        guests, shown: the officers of others who look at a series of A, and what they are shown of it.
        sent_to, sent: the agencies that A has submitted a series to, and what they are told of it.
        folder: the name of a folder that A's tools have put where it is watched.
    """

    scene: Scene
    seats: dict[str, Seat]
    told_to: dict[UUID, set[UUID]] = field(default_factory=dict)
    shared_with: dict[UUID, set[UUID]] = field(default_factory=dict)
    agency_of: dict[UUID, UUID] = field(default_factory=dict)
    guests: set[UUID] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    sent_to: set[UUID] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    folder: str = ""

    @property
    def world(self) -> World:
        return self.scene.world

    @property
    def agency_id(self) -> UUID:
        """A's id."""
        return self.scene.people["anna"].actor.agency_id


def plant(world: World, watched: Path, superuser: psycopg.Connection) -> Planted:
    """Set the scene, add those whom it lacks, and let no field of A's hold what others hold as well."""
    with _numbers_that_are_found_nowhere_else():
        scene = set_the_scene(world)
        people = scene.people
        adam, anna, cleo = people["adam"], people["anna"], people["cleo"]
        people["cora"] = world.founders[cleo.agency][1]
        for name in ("oscar", "lena", "liam"):
            people[name] = world.enroll(adam, Role.OFFICER)
            for kind in TOLD_OF:
                parts = {"reference": scene.targets[kind], "login": people[name].login, **world.parts}
                staff_case(actor=anna.actor, **parts)
    _make_unique(superuser, anna.actor.agency_id)
    folder = random_name("watched")
    (watched / str(anna.actor.agency_id) / folder).mkdir(parents=True)
    names = ("anna", "oscar", "carl", "lena", "liam", "adam", "audra", "ben", "bella", "cleo", "cora")
    seats = {name: _seat(world, name, people[name]) for name in names}
    seats["nobody"] = Seat("nobody", None, Visitor(world), Program(world), "")
    _part(scene)
    planted = Planted(scene, {name: _as_it_is(one) for name, one in seats.items()}, folder=folder)
    _know_who_was_told(planted)
    return planted


def _part(scene: Scene) -> None:
    """Let Lena's certification expire, and Liam leave; what they came in by before is all in their hands."""
    lena, liam, adam = (scene.people[name].actor for name in ("lena", "liam", "adam"))
    with acting_for(lena.agency_id):
        agencies.certify(lena.officer_id, now() - timedelta(seconds=1))
    end_officer(actor=adam, officer_id=liam.officer_id, **scene.world.parts)


def _seat(world: World, name: str, person: Person) -> Seat:
    program = None
    if lendable(person):
        key, _ = make_key(actor=person.actor, name=random_name("key"), scopes=lendable(person), days=1, **world.parts)
        program = Program(world, key)
    return Seat(name, person, Visitor(world).sits_down_as(person), program, person.token)


def _as_it_is(seat: Seat) -> Seat:
    """Return a seat with what its officer may do now."""
    if seat.person is None:
        return seat
    actor = seat.person.actor
    with acting_for(actor.agency_id):
        officer = Officer.objects.get(pk=actor.officer_id)
        member_of = frozenset(CaseMember.objects.filter(officer=officer).values_list("case_id", flat=True))
        card = agencies.officer_card(actor.officer_id) if officer.is_active else None
        acting = None if card is None else type(actor).of(card, purpose=None, now=now())
        granted = grants.granted(actor.officer_id, now=now())
    may = frozenset(one for one in Permission if acting is not None and (acting.may(one) or one in granted))
    return Seat(
        seat.name, seat.person, seat.visitor, seat.program, seat.token,
        member_of if Permission.CASE_READ in may else frozenset(),
        may, actor.agency_id if card else None, actor.officer_id if card else None,
        Permission.HELD_NOTICE_RELEASE in may,
    )  # fmt: skip


def _know_who_was_told(planted: Planted) -> None:
    with acting_for(planted.agency_id):
        ours = dict(OverlapNotice.objects.values_list("overlap_id", "case_id"))
        looked_at = SeriesItemRow.objects.filter(series__name=planted.scene.targets["looked-at series"])
        digests = looked_at.values_list("item__sha256", flat=True)
        planted.guests = set(GuestRow.objects.exclude(taken_at=None).values_list("officer_id", flat=True))
        planted.shown = {bytes(one).hex()[:SHORT_DIGEST] for one in digests}
        aliases = SeriesAlias.objects.filter(series__in=looked_at.values("series"))
        planted.shown |= set(aliases.values_list("alias", flat=True))
        planted.shown.add(planted.scene.targets["looked-at series"])
        planted.sent_to = set(SubmissionRow.objects.values_list("receiver_id", flat=True))
        digests = SubmissionItemRow.objects.values_list("sha256", flat=True)
        planted.sent = {bytes(one).hex()[:SHORT_DIGEST] for one in digests}
        planted.sent |= set(SubmissionRow.objects.values_list("name", flat=True))
    ben = planted.scene.people["ben"].actor
    with acting_for(ben.agency_id):
        for notice in OverlapNotice.objects.filter(overlap_id__in=ours):
            planted.agency_of[notice.case_id] = ben.agency_id
            planted.told_to.setdefault(ours[notice.overlap_id], set()).add(notice.case_id)
            if notice.revealed:
                planted.shared_with.setdefault(ours[notice.overlap_id], set()).add(notice.case_id)


def _make_unique(superuser: psycopg.Connection, agency_id: UUID) -> None:
    """Give a value of its own to what the services were given the same for, or nothing."""
    for table, column, value in UNIQUE:
        change = sql.SQL("UPDATE {} SET {} = {} WHERE agency_id = %s")
        superuser.execute(change.format(sql.Identifier(table), sql.Identifier(column), sql.SQL(value)), [agency_id])
    superuser.commit()


LOG_OF_BANKS = "public.bank_item_id_seq"
"""The numbers of items are places in a log, which never goes back: who has followed it so far would miss the rest."""


@contextmanager
def _numbers_that_are_found_nowhere_else() -> Iterator[None]:
    """Let the rows that are made meanwhile have numbers of fifteen digits."""
    found = []
    for model in apps.get_app_config("records").get_models():
        key = model._meta.pk
        if isinstance(key, models.BigAutoField):
            found.append((model._meta.db_table, key.column))
    with connections["owner"].cursor() as cursor:
        before = []
        for table, column in found:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'public."{table}"', column])
            name = cursor.fetchone()[0]
            cursor.execute("SELECT nextval(%s)", [name])
            value = cursor.fetchone()[0]
            before.append((name, value))
            # What was not set back the last time goes on from there.
            cursor.execute("SELECT setval(%s, %s)", [name, max(value, 10**14 + secrets.randbelow(8 * 10**14))])
    try:
        yield
    finally:
        with connections["owner"].cursor() as cursor:
            for name, value in before:
                if name != LOG_OF_BANKS:
                    cursor.execute("SELECT setval(%s, %s)", [name, value])


def gain(planted: Planted) -> None:
    """Let A gain one more of what its people can bring about, of which nobody else holds anything."""
    world, scene = planted.world, planted.scene
    anna, case, exhibit = scene.people["anna"], random_name("case"), ("--exhibit", "E1")
    path, bank = world.file(secrets.token_hex(20).encode()), random_name("bank")
    for command in (
        ("case", "open", case),
        ("ingest", "--case", case, *exhibit, path),
        ("exhibit", "key", "--case", case, *exhibit, "--out", str(world.folder / random_name("key"))),
        ("case", "join", case, scene.people["oscar"].login),
        ("bank", "open", bank, "--semantics", "benign", "--ground", "a law"),
        ("bank", "add", bank, path),
        ("deletion", "propose", case, "--ground", "ordered"),
        ("alerts", "raise", "--case", case, "--to", scene.targets["above"], "--country", "DK=1", "--finding", "a bell"),
    ):
        assert world.run(anna, *command).status in {0, 2}  # the file is of no type that is read
    invite = ("officer", "invite", random_name("officer"), "--name", "N", "--role", "officer")
    for command in (invite, ("permission", "propose", "media:vault", "--officer", scene.people["oscar"].login)):
        assert world.run(scene.people["adam"], *command).status == 0

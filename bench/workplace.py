"""A workplace to measure: agencies with their officers, founded by the program; what they hold, made by SQL."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import psycopg

from tsunagu.domain.clock import utc_text

if TYPE_CHECKING:
    from tsunagu.services.house import Rooms  # which wants Django set up

PASSWORD = "of a throw-away home"  # noqa: S105
AGENCIES = 5
ROWS = Path(__file__).with_name("workplace.sql")
CASES, EXHIBITS, HITS = 12, 3, 50
"""Cases of an agency, exhibits of a case, and at most so many hits of an overlap."""
ENTRIES = 200_000
"""Entries that the ledger has before anybody signs in."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in.

    Attributes:
        oversees: whether he administers or audits, and so reads no content.
    """

    login: str
    totp_secret: str
    oversees: bool


Furnish: TypeAlias = "Callable[[Rooms, datetime], None]"
"""Adds to a workplace, once it holds its cases and items, what certain pages show."""


def make_workplace(
    home: Path, *, officers: int, items: int, now: datetime, furnish: Furnish | None = None
) -> list[Person]:
    """Found the agencies in a new home, fill them, and return who works there: `officers`, then two who count queries.

    Every tenth oversees his agency; all others work on cases.

    Args:
        home: an empty folder that others may pass.
        officers: how many are going to work at once.
        items: how many media items are held by all agencies together.
        now: the time of what was done before anybody signs in.
    """
    from tsunagu.config.application import Application  # noqa: PLC0415 - Django is set up by now
    from tsunagu.records.keys.keyring import Keyring  # noqa: PLC0415

    environ = {"TSUNAGU_HOME": str(home)}
    Keyring.create(home, environ)
    with Application(environ).open() as rooms:
        people = _found(rooms, officers + 2, now)
        _fill(home, items, now)
        if furnish is not None:
            furnish(rooms, now)
    return people


def _found(rooms: Rooms, count: int, now: datetime) -> list[Person]:
    from tsunagu.domain.permission import Role  # noqa: PLC0415
    from tsunagu.services.agencies.identity import NewOfficer, found_agency  # noqa: PLC0415

    agencies = min(AGENCIES, max(2, count // 10))
    works, oversees = frozenset({Role.OFFICER, Role.COORDINATOR}), frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
    people: list[Person] = []
    for agency in range(agencies):
        crew = range(agency, max(count, 2 * agencies), agencies)
        roles = [oversees if place % 10 == 1 else works for place in range(len(crew))]
        newcomers = [NewOfficer(f"officer-{n:03}", "Name", role, PASSWORD) for n, role in zip(crew, roles, strict=True)]
        _, enrolled = found_agency(
            name=f"Agency {agency}",
            country="DK",
            contact="nobody",
            officers=tuple(newcomers),
            now=now,
            keys=rooms.keys,
            ledger=rooms.ledger,
        )
        people += [
            Person(one.officer.login, one.totp_secret, role is oversees)
            for one, role in zip(enrolled, roles, strict=True)
        ]
    return people


def _fill(home: Path, items: int, now: datetime) -> None:
    from tsunagu.records.postgres.server import EmbeddedPostgres  # noqa: PLC0415

    numbers = {"items": items, "cases": CASES, "exhibits": EXHIBITS, "hits": HITS, "entries": min(ENTRIES, items)}
    statements = ROWS.read_text(encoding="utf-8")
    for name, value in (numbers | {"at": f"'{utc_text(now)}'"}).items():
        statements = statements.replace(f":{name}:", str(value))
    address = replace(EmbeddedPostgres(home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo(), autocommit=True) as connection:
        connection.execute(statements.encode())
        connection.execute("VACUUM ANALYZE")  # as the server itself does within a minute of so many new rows


def targets_of(home: Path, login: str) -> Mapping[str, list[str]]:
    """Return where an officer may click: references of his cases, his overlaps, and hits that he may judge."""
    return targets_found(home, login, TARGETS)


def targets_found(home: Path, login: str, statement: str) -> Mapping[str, list[str]]:
    """Return what a statement finds for a login, as one JSON object of lists."""
    from tsunagu.records.postgres.server import EmbeddedPostgres  # noqa: PLC0415

    address = replace(EmbeddedPostgres(home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo()) as connection:
        [(found,)] = connection.execute(statement.encode(), {"login": login}).fetchall()
    return dict(json.loads(found))


TARGETS = """
WITH mine AS (SELECT c.* FROM "case" c JOIN case_member m ON m.case_id = c.id
              JOIN officer o ON o.id = m.officer_id WHERE o.login = %(login)s)
SELECT json_build_object(
    'case', (SELECT coalesce(json_agg(reference ORDER BY reference), '[]') FROM mine),
    'intake', (SELECT coalesce(json_agg(i.id ORDER BY i.id), '[]') FROM intake i JOIN exhibit e ON e.id = i.exhibit_id
               JOIN mine ON mine.id = e.case_id),
    'overlap', (SELECT coalesce(json_agg(overlap_id ORDER BY overlap_id), '[]') FROM overlap_notice n
                JOIN mine ON mine.id = n.case_id),
    'hit', (SELECT coalesce(json_agg(overlap_id || '/hits/' || id), '[]') FROM (
            SELECT h.overlap_id, h.id FROM hit h JOIN overlap_notice n USING (overlap_id)
            JOIN mine ON mine.id = n.case_id
            WHERE n.revealed IS NOT NULL ORDER BY h.id LIMIT 2000) f))::text
"""


def main() -> None:
    """Make a workplace in an empty home and print who works there, one JSON object a line: for another process."""
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
    django.setup()
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--officers", type=int, required=True)
    parser.add_argument("--items", type=int, required=True)
    given = parser.parse_args()
    now = datetime.now(UTC)  # noqa: TID251
    for one in make_workplace(given.home, officers=given.officers, items=given.items, now=now):
        print(json.dumps(asdict(one)))


if __name__ == "__main__":
    main()

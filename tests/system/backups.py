"""What the tests of backups share: a home with something in it, copies of its backup, and homes with its keys alone."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, sql
from pyotp.totp import TOTP

from tsunagu.records.keys.keyring import Keyring
from tsunagu.records.postgres.embedded_roles import DATABASE
from tsunagu.records.postgres.server import EmbeddedPostgres

from .conftest import PASSWORD, Installation

SECRET_WORDS = ("DK-4711", "exhibit-seven", "holiday.txt", "Agency of Anna", "anna")


def fill(house: Installation, folder: Path) -> None:
    """Let the two agencies open cases that share a file, share and judge it, and Ben submit it to Anna."""
    with EmbeddedPostgres(house.home).use():  # not begun and ended anew for each command
        _fill(house, folder)


def _fill(house: Installation, folder: Path) -> None:
    folder.mkdir()
    (folder / "holiday.txt").write_bytes(b"the same file")
    for officer, case in (("anna", "DK-4711"), ("ben", "AU-1")):
        house.run("case", "open", case, officer=officer)
        house.run(
            "ingest", "--case", case, "--exhibit", "exhibit-seven", folder, officer=officer, status=2
        )  # of no known type, kept all the same
    [found] = house.json("overlaps", officer="anna")
    house.run("share", found["overlap"], officer="anna")
    house.run("share", found["overlap"], officer="ben")
    [hit] = house.json("hits", found["overlap"], officer="anna")
    ben: dict[str, Any] = {"officer": "ben"}
    house.run("series", "open", "harbor", "--case", "AU-1", **ben)
    house.run("series", "add", "harbor", "1", "--case", "AU-1", **ben)
    to = ("--to", "Agency of Anna")
    house.run("series", "handling", "harbor", *to, "--use", "investigation", "--reason", "they asked", **ben)
    label = ("--purpose", "investigation", "--until", f"{datetime.now(UTC).date() + timedelta(days=30)}")
    said = ("--investigation", "harbor", "--reason", "they asked")
    house.run("series", "submit", "harbor", "--all", *to, *label, *said, **ben)
    house.run("judge", str(hit["hit"]), "same", "--what", "file", officer="anna")


def backed_up(house: Installation, parent: Path, *options: str) -> Path:
    """Make a backup, and return its folder."""
    [told] = house.json("backup", "--to", parent, *options)
    return Path(told["backup"])


def with_keys_of(house: Installation, make_installation: Callable[..., Installation], **environ: str) -> Installation:
    """A home that holds the keys of another and nothing else, as the custodians' shares bring them back."""
    fresh = make_installation(**environ)
    (fresh.home / "keys").mkdir(mode=0o700)
    for name in ("master.key", "keyring.json"):
        shutil.copy(house.home / "keys" / name, fresh.home / "keys" / name)
    return replace(fresh, secrets=dict(house.secrets), tokens=dict(house.tokens))


def sign_in_again(house: Installation, *logins: str) -> None:
    """Sign officers in with a code that nobody has used yet, waiting for one if need be."""
    for login in logins:
        # After half a minute there is a new code; a fifth failure would lock him out.
        for offset in (-1, 0, 1, 1, 1):
            code = TOTP(house.secrets[login]).at(datetime.now(UTC), counter_offset=offset)
            if house.run("sign-in", login, lines=(PASSWORD, code), status=None).returncode == 0:
                house.tokens[login] = house.token_file.read_text()
                break
            time.sleep(16 if offset == 1 else 0)
        else:
            raise AssertionError("no code was taken")


def certify_again(house: Installation, *logins: str) -> None:
    """Let the administrators of these officers, who need no certification for it, certify them anew."""
    for login in logins:
        sign_in_again(house, f"{login}-admin")
        house.run("officer", "certify", login, officer=f"{login}-admin")


def keyring(house: Installation) -> Keyring:
    return Keyring.open(house.home, {})


@contextmanager
def superuser(house: Installation) -> Iterator[Connection[Any]]:
    """The embedded database, as its superuser reaches it."""
    server = EmbeddedPostgres(house.home)
    with (
        server.use(),
        psycopg.connect(replace(server.admin_address(), database=DATABASE).conninfo(), autocommit=True) as admin,
    ):
        yield admin


def rows(admin: Connection[Any]) -> dict[str, list[Any]]:
    """Every row of every table as text, but for the ledger, which goes on, and what a restore ends."""
    admin.execute("SET TimeZone = 'UTC'")
    names = admin.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()
    text = "SELECT (to_jsonb(t) - 'certified_until')::text FROM {} AS t"
    return {
        name: sorted(admin.execute(sql.SQL(text).format(sql.Identifier(name))).fetchall())
        for (name,) in names
        if name not in {"sign_in", "web_session"}
    }


def entries(admin: Connection[Any]) -> list[Any]:
    return admin.execute("SELECT number, body, hash FROM ledger.entry ORDER BY number").fetchall()


def acts(admin: Connection[Any]) -> list[str]:
    return [json.loads(body)["act"] for _, body, _ in entries(admin)]

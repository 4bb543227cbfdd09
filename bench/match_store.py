"""An installation to measure look-ups in: one bank with so many fingerprints, a published index, and a key."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

ROWS_AT_ONCE = 50_000
LOOK_UPS = 100_000_000
PASSWORD = "of a throw-away home"  # noqa: S105


def make_store(home: Path, rows: Path) -> str:
    """Found an agency in an empty home, fill its bank, publish the index, and return the key of a program.

    Args:
        home: an empty folder that others may pass.
        rows: the fingerprints, shape (n, 32), uint8, as NumPy writes them.
    """
    from tsunagu.config.application import Application  # noqa: PLC0415 - Django is set up by now
    from tsunagu.domain.actor import Actor  # noqa: PLC0415
    from tsunagu.domain.bank import BankSemantics  # noqa: PLC0415
    from tsunagu.domain.permission import Permission, Role  # noqa: PLC0415
    from tsunagu.domain.purpose import Purpose  # noqa: PLC0415
    from tsunagu.records import bank_items  # noqa: PLC0415
    from tsunagu.records.keys.keyring import Keyring  # noqa: PLC0415
    from tsunagu.records.new_items import NewItem, pack  # noqa: PLC0415
    from tsunagu.records.session import acting_for  # noqa: PLC0415
    from tsunagu.services.agencies.api_keys import make_key  # noqa: PLC0415
    from tsunagu.services.agencies.identity import NewOfficer, found_agency  # noqa: PLC0415
    from tsunagu.services.banks.ownership import open_bank  # noqa: PLC0415

    now = datetime.now(UTC)  # noqa: TID251
    environ = {"TSUNAGU_HOME": str(home)}
    Keyring.create(home, environ)
    with Application(environ).open() as rooms:
        works, oversees = frozenset({Role.OFFICER, Role.COORDINATOR}), frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
        newcomers = [NewOfficer(f"officer-{n}", "Name", role, PASSWORD) for n, role in enumerate((works, oversees))]
        parts: dict[str, Any] = {"now": now, "keys": rooms.keys, "ledger": rooms.ledger}
        _, enrolled = found_agency(name="Agency", country="DK", contact="nobody", officers=tuple(newcomers), **parts)
        actor = Actor.of(enrolled[0].officer, purpose=Purpose.INVESTIGATION, now=now)
        bank = open_bank(actor=actor, name="BENCH", semantics=BankSemantics.ALERT, legal_ground="a bench", **parts)
        table = np.load(rows)
        for begin in range(0, len(table), ROWS_AT_ONCE):
            some = pack(NewItem(pdq=one.tobytes()) for one in table[begin : begin + ROWS_AT_ONCE])
            with acting_for(actor.agency_id):
                bank_items.add_items(bank.bank_id, some, agency_id=actor.agency_id, now=now)
        rooms.known().publish()
        _settle(home)
        scopes = frozenset({Permission.MEDIA_LOOK_UP, Permission.BANK_DISTANCE})
        return make_key(actor=actor, name="bench", scopes=scopes, days=1, look_ups=LOOK_UPS, **parts)[0]


def _settle(home: Path) -> None:
    """Let the database know what it holds, as it does by itself within a minute of so many new rows."""
    from tsunagu.records.postgres.server import EmbeddedPostgres  # noqa: PLC0415

    address = replace(EmbeddedPostgres(home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo(), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def main() -> None:
    """Make the store and print its key: for another process."""
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
    django.setup()
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("rows", type=Path)
    given = parser.parse_args()
    print(json.dumps({"key": make_store(given.home, given.rows)}))


if __name__ == "__main__":
    main()

"""What `doctor` and `status` find: every part examined, whether or not another fails. No content, no names."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from tsunagu.config.children import decode_children
from tsunagu.config.configuration import Configuration
from tsunagu.config.databases import disconnect, outages_told, point
from tsunagu.config.examining import certificate_checks, exchange_checks, job_checks, upload_checks
from tsunagu.config.home import Home
from tsunagu.config.places import backup_place
from tsunagu.domain.errors import TsunaguError
from tsunagu.records.backlog import parked_items, waiting_holdings
from tsunagu.records.backup.folder import newest_backup
from tsunagu.records.keys.keyring import Keyring
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.migrating import SchemaState, missing, schema_state
from tsunagu.records.postgres.addresses import Addresses
from tsunagu.records.postgres.guard import log_settings_warnings, refuse_if_app_can_bypass
from tsunagu.records.postgres.opening import has_database, is_foreign, open_database
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.records.retention import overdue_count, review_count
from tsunagu.services.agencies.officers import EXPIRES_SOON, count_certifications, count_stranded_agencies
from tsunagu.services.clock import CLOCK_TOLERANCE, MOST_LEAP, clock_jumps, clock_lag, clock_leap
from tsunagu.services.house import Check

GIB = 1 << 30
HOUR = timedelta(hours=1)
NO_DATABASE = "there is no database in this home yet: `tsunagu init` makes one, `tsunagu restore` brings one back"


class Doctor:
    """Examines one installation at one moment."""

    def __init__(self, home: Home, environ: Mapping[str, str], configuration: Configuration, now: datetime) -> None:
        """Examine this home as it is `now`."""
        self._home = home
        self._environ = environ
        self._configuration = configuration
        self._now = now

    def check(self) -> tuple[Check, ...]:
        """Return what is well and what is not."""
        return _examined(
            ("disk", self._disk),
            ("home", self._permissions),
            ("keys", self._keys),
            ("file clock", self._file_clock),
            ("backup", self._backup),
            ("ledger verified", self._verified),
            ("certificate", lambda: certificate_checks(self._configuration, self._now)),
            ("uploads", lambda: upload_checks(self._home.uploads, self._configuration)),
            ("database", self._database),
            ("decoder", self._decoder),
        )

    def status(self) -> tuple[Check, ...]:
        """Return how things stand, without judging them."""
        parts = _examined(
            ("server", self.server),
            ("tables", self._tables),
            ("last root", self._last_root),
            ("last verified", self._verified),
            ("last backup", self._backup),
            ("disk", self._disk),
            ("uploads", lambda: upload_checks(self._home.uploads, self._configuration)),
            ("certificate", lambda: certificate_checks(self._configuration, self._now)),
            ("home", self._permissions),
        )
        return tuple(Check(one.name, None, one.detail) for one in parts)

    def server(self) -> Iterator[Check]:
        """Say how the database server stands, without starting it."""
        if is_foreign(self._environ):
            yield Check("server", None, "a server of your own, named by TSUNAGU_DATABASE_URL")
            return
        state = EmbeddedPostgres(self._home.folder).status()
        size = "" if state.size_bytes is None else f", {state.size_bytes / 2**20:,.0f} MiB"
        version = f"PostgreSQL {state.major_version}{size}" if state.major_version else "not made yet"
        running = "running for another command" if state.is_running else "at rest; it runs only while it is needed"
        yield Check("server", None, version)
        yield Check("process", None, running)

    def _disk(self) -> Iterator[Check]:
        free = shutil.disk_usage(self._home.folder).free
        yield Check("disk", free >= self._configuration.least_free_gib * GIB, f"{free / GIB:.1f} GiB free")

    def _permissions(self) -> Iterator[Check]:
        if self._home.unfinished_restore.exists():
            yield Check("restore", False, f"did not end well: {self._home.why_closed()}")
        open_to_others = self._home.folder.stat().st_mode & (0o066 if os.geteuid() == 0 else 0o077)
        yield Check("home", not open_to_others, "readable to others" if open_to_others else "closed to others")

    def _keys(self) -> Iterator[Check]:
        keyring = Keyring.open(self._home.folder, self._environ)
        yield Check("keys", True, f"{len(keyring.public_keys())} ledger keys known")

    def _file_clock(self) -> Iterator[Check]:
        """A file written later than now was written by another clock, or before this one was turned back."""
        times = [one.stat().st_mtime for one in (*_files(self._home.ledger), *_files(self._home.folder / "keys"))]
        newest = datetime.fromtimestamp(max(times), UTC) if times else self._now
        is_ahead = newest - self._now > CLOCK_TOLERANCE
        yield Check(
            "file clock",
            not is_ahead,
            f"files are {_lasting(newest - self._now)} ahead of the clock" if is_ahead else "no file is of the future",
        )

    def _backup(self) -> Iterator[Check]:
        place = backup_place(None, self._configuration, self._environ)
        if place is None:
            # A demonstration is thrown away: nobody misses a backup of it.
            ok = None if self._home.demo_marker.exists() else False
            yield Check("backup", ok, "the settings name no place for backups: `backup_folder` or `backup_bucket`")
            return
        newest = newest_backup(place) if isinstance(place, Path) else place.newest()
        if newest is None:
            yield Check("backup", False, "there is no backup where the settings say that they are")
            return
        age = self._now - newest.taken_at
        is_fresh = age <= self._configuration.backup_most_age_h * HOUR
        yield Check("backup", is_fresh, f"the newest is {_lasting(age)} old, {newest.size_bytes / 2**20:,.1f} MiB")
        # Before it goes into a bucket, a backup is written whole into the home.
        free = shutil.disk_usage(place if isinstance(place, Path) else self._home.folder).free
        has_room = free >= max(self._configuration.least_free_gib * GIB, 2 * newest.size_bytes)
        yield Check("backup disk", has_room, f"{free / GIB:.1f} GiB free")

    def _verified(self) -> Iterator[Check]:
        first = next(RootStore(self._home.ledger).roots(), None)
        found = _kept_verification(self._home.verified)
        if first is None:
            yield Check("ledger verified", None, "nothing was signed yet")
            return
        age = self._now - (found or datetime.fromisoformat(first.signed_at))
        told = f"{_lasting(age)} ago" if found else f"never; its first root is {_lasting(age)} old"
        yield Check("ledger verified", age <= self._configuration.verified_most_age_h * HOUR, told)

    def _database(self) -> Iterator[Check]:
        if not has_database(self._home.folder, self._environ):
            yield Check("database", ok=False, detail=NO_DATABASE)
            return
        with outages_told(), open_database(self._home.folder, self._environ) as addresses:
            with psycopg.connect(addresses.owner.conninfo()) as owner:
                version = owner.info.server_version // 10_000
                yield Check("database", version >= 15, f"PostgreSQL {version}")
                refuse_if_app_can_bypass(owner, addresses.names)
                yield Check("app role", True, "bound by row-level security")
            with psycopg.connect(addresses.app.conninfo()) as app:
                warnings = log_settings_warnings(app)
                yield Check("database log", not warnings, "; ".join(warnings) or "quotes no row values")
            with _pointed(addresses):
                yield from self._tables_open()

    def _tables(self) -> Iterator[Check]:
        if not has_database(self._home.folder, self._environ):
            yield Check("database", None, NO_DATABASE)
            return
        with (
            outages_told(),
            open_database(self._home.folder, self._environ) as addresses,
            _pointed(addresses),
        ):
            yield from self._tables_open()

    def _tables_open(self) -> Iterator[Check]:
        state = schema_state()
        is_current = state is SchemaState.CURRENT
        behind = f"of an earlier release ({len(missing())} missing): `tsunagu upgrade`"
        told = {
            SchemaState.CURRENT: "as this release makes them",
            SchemaState.UNUSED: "not made yet",
            SchemaState.NEWER: "of a later release",
            SchemaState.OLDER: behind,
        }
        yield Check("schema", None if state is SchemaState.UNUSED else is_current, told[state])
        if not is_current:
            return
        lag = clock_lag(now=self._now)
        told_of = f"{_lasting(lag)} behind the newest entry of the ledger" if lag else "not behind the ledger"
        jumps = clock_jumps()
        before = f"; the ledger tells of {jumps} times before that it was turned back" if jumps else ""
        yield Check("clock", not lag, told_of + before)
        leap = clock_leap(now=self._now)
        told_of = f"the clock has gone on by {_lasting(leap)} since it was believed"
        yield Check("erasing by date", leap <= MOST_LEAP, told_of)
        waiting = waiting_holdings()
        yield Check("waiting", waiting <= self._configuration.most_waiting, f"{waiting:,} holdings to be compared")
        yield Check("reviews", None, f"{review_count(today=self._now.date()):,} cases wait for their review")
        overdue = overdue_count(today=self._now.date())
        yield Check("expired", not overdue, f"{overdue:,} cases past their last day that no worker has erased")
        parked = parked_items()
        lapsed, ending = count_certifications(now=self._now)
        told_of = f"{lapsed:,} officers are not certified, {ending:,} more within {EXPIRES_SOON.days} days"
        yield Check("certifications", None if lapsed else True, told_of)
        stranded = count_stranded_agencies()
        told_of = f"{stranded:,} agencies with fewer than two people who confirm invitations"
        yield Check("people", None if stranded else True, told_of)
        yield Check("parked", not parked, f"{parked:,} items that could not be compared")
        yield from job_checks(self._now)
        yield from exchange_checks(self._now)

    def _last_root(self) -> Iterator[Check]:
        last = RootStore(self._home.ledger).last()
        yield Check("last root", None, f"over {last.size:,} entries, {last.signed_at}" if last else "none yet")
        size = sum(one.stat().st_size for one in _files(self._home.ledger))
        yield Check("roots", None, f"{size / 2**20:,.1f} MiB beside the database")

    def _decoder(self) -> Iterator[Check]:
        with decode_children(1) as pool:
            yield Check("decoder", True, "shut in by " + ", ".join(sorted(pool.confinement)))


@contextmanager
def _pointed(addresses: Addresses) -> Iterator[None]:
    point(addresses)
    try:
        yield
    finally:
        disconnect()


def note_verified(path: Path, *, entries: int, now: datetime) -> None:
    """Keep that the ledger was found sound."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(json.dumps({"at": now.isoformat(), "entries": entries}), encoding="ascii")


def _kept_verification(path: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(path.read_text(encoding="ascii"))["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _files(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if one.is_file()] if folder.is_dir() else []


def _lasting(span: timedelta) -> str:
    seconds = span.total_seconds()
    for unit_s, unit in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{max(0, seconds):.0f} seconds"


def _examined(*parts: tuple[str, Callable[[], Iterator[Check]]]) -> tuple[Check, ...]:
    found: list[Check] = []
    for name, examine in parts:
        try:
            found.extend(examine())
        except (TsunaguError, OSError, psycopg.Error) as error:
            detail = str(error) if isinstance(error, TsunaguError) else "cannot be examined"
            found.append(Check(name, ok=False, detail=detail))
    return tuple(found)

"""What `/metrics` tells of this installation. What it tells of requests, the pages count themselves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.metadata import version as release_of
from pathlib import Path

from django.db import Error

from tsunagu.config.configuration import Configuration
from tsunagu.config.examining import expires_at, tls_files
from tsunagu.config.home import Home
from tsunagu.config.places import backup_place
from tsunagu.domain.errors import InputError, TsunaguError
from tsunagu.records.backlog import parked_items, waiting_holdings
from tsunagu.records.backup.bucket import BackupBucket
from tsunagu.records.backup.folder import FoundBackup, newest_backup
from tsunagu.records.keys.private_files import read_private
from tsunagu.records.ledger.book import last_number
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.queue_state import STALLED_AFTER_S, database_bytes, queue_state, refusals
from tsunagu.services.upkeep.measures import Measure

LOOKED_AGAIN_AFTER = timedelta(minutes=5)
"""How long the newest backup is remembered: a bucket is not asked each time that somebody measures."""
LEAST_TOKEN = 32


class InstallationMeasures:
    """Measures one installation. It satisfies `services.upkeep.measures.Measures`."""

    def __init__(self, home: Home, environ: Mapping[str, str], configuration: Configuration) -> None:
        """Measure this home; its database has to be open."""
        self._home = home
        self._environ = environ
        self._configuration = configuration
        self._backup: FoundBackup | None = None
        self._sees_backups = False
        self._looked_at: datetime | None = None

    def __call__(self, now: datetime) -> Iterator[Measure]:
        """Yield every measure; those of a part that fails are missing.

        `tsunagu_database_up` and `tsunagu_backups_seen` say so of the parts that may.
        """
        yield Measure.by("tsunagu_release_info", "The release.", "release", {release_of("tsunagu"): 1})
        yield from self._disks(now)
        yield from self._certificate(now)
        try:
            found = [*_queue(now), *_database(RootStore(self._home.ledger))]
        except (Error, TsunaguError):
            found = []
        yield Measure.gauge("tsunagu_database_up", "Whether the database answers.", bool(found))
        yield from found

    def _certificate(self, now: datetime) -> Iterator[Measure]:
        """Yield nothing where there is none, or none that can be read: the measure is missed."""
        with suppress(TsunaguError):
            files = tls_files(self._configuration)
            if files is not None:
                left_s = (expires_at(files[0]) - now).total_seconds()
                yield Measure.gauge("tsunagu_certificate_left_seconds", "How long the certificate lasts on.", left_s)

    def _disks(self, now: datetime) -> Iterator[Measure]:
        place, is_lost = None, False
        try:
            place = backup_place(None, self._configuration, self._environ)
        except TsunaguError:
            is_lost = True  # the key to it, for one
        folders = {"home": self._home.folder} | ({"backups": place} if isinstance(place, Path) else {})
        free = {name: shutil.disk_usage(folder).free for name, folder in folders.items() if folder.exists()}
        yield Measure.by("tsunagu_disk_free_bytes", "How much of a disk is free.", "place", free)
        if place is None and not is_lost:
            return
        if self._looked_at is None or now - self._looked_at > LOOKED_AGAIN_AFTER:
            self._look(place)
            self._looked_at = now
        meaning = "Whether the place of the backups could be looked at; where it has none, no age is told."
        yield Measure.gauge("tsunagu_backups_seen", meaning, self._sees_backups)
        if self._backup is not None:
            age_s = (now - self._backup.taken_at).total_seconds()
            yield Measure.gauge("tsunagu_backup_age_seconds", "How old the newest backup is.", age_s)
            yield Measure.gauge("tsunagu_backup_bytes", "How large it is.", self._backup.size_bytes)

    def _look(self, place: Path | BackupBucket | None) -> None:
        self._backup, self._sees_backups = None, False
        with suppress(TsunaguError):
            if place is not None:
                self._backup = newest_backup(place) if isinstance(place, Path) else place.newest()
                self._sees_backups = True


def metrics_token(configuration: Configuration) -> str | None:
    """Return the token that opens `/metrics`; None when nobody may read it.

    Raises:
        InputError: the file is missing, or its token shorter than 32 letters.
        Unavailable: others may read the file.
    """
    if configuration.metrics_token_file is None:
        return None
    content = read_private(configuration.metrics_token_file)
    token = (content or b"").decode("ascii", "replace").strip()
    if len(token) < LEAST_TOKEN:
        raise InputError("the metrics_token_file is missing, or holds no token of 32 letters or more")
    return token


def _queue(now: datetime) -> Iterator[Measure]:
    state = queue_state(now=now, stalled_after_s=STALLED_AFTER_S)
    yield Measure.by("tsunagu_jobs_waiting", "Jobs that wait for a worker.", "queue", state.waiting)
    yield Measure.gauge("tsunagu_jobs_running", "Jobs that a living worker is at.", state.running)
    yield Measure.gauge("tsunagu_jobs_stalled", "Jobs whose worker gives no sign.", state.stalled)
    yield Measure.gauge("tsunagu_jobs_failed_lately", "Jobs that failed for good within a day.", state.failed_lately)
    yield Measure.gauge("tsunagu_workers", "Workers that gave a sign lately.", state.workers)
    age_s = state.heartbeat_age_s
    if age_s is not None:
        yield Measure.gauge("tsunagu_worker_heartbeat_age_seconds", "How long ago a worker last gave one.", age_s)
    meaning = "Files of all intakes that could not be examined."
    yield Measure.by("tsunagu_intake_refusals", meaning, "code", refusals())


def _database(roots: RootStore) -> Iterator[Measure]:
    yield Measure.gauge("tsunagu_database_bytes", "How large the database is.", database_bytes())
    entries, last = last_number(), roots.last()
    yield Measure.gauge("tsunagu_ledger_entries", "How long the ledger is.", entries)
    unsigned = entries - (last.size if last else 0)
    yield Measure.gauge("tsunagu_ledger_unsigned_entries", "How much of it no signed root covers yet.", unsigned)
    yield Measure.gauge("tsunagu_holdings_waiting", "Holdings that wait to be compared.", waiting_holdings())
    yield Measure.gauge("tsunagu_items_parked", "Items that could not be compared.", parked_items())

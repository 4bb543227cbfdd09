"""What the operator of a host does: keys, roles, checks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from tsunagu.config.databases import outages_told
from tsunagu.config.home import Home
from tsunagu.domain.act import Act
from tsunagu.domain.errors import Conflict, TsunaguError
from tsunagu.domain.ledger import Deed
from tsunagu.records.keys import custody
from tsunagu.records.keys.keyring import Keyring, keyring_file
from tsunagu.records.postgres.foreign import APP_VARIABLE, foreign_addresses, roles_sql
from tsunagu.records.postgres.guard import log_settings_warnings, refuse_if_app_can_bypass
from tsunagu.records.postgres.opening import open_database
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.services.house import Check, House
from tsunagu.services.identity import reseal_second_factors

LEAST_FREE_BYTES = 2 << 30
KEPT_BY_CLEARING = "cache"
MADE_BY_DEMO = frozenset({"DEMO", "demo-media", "keys", "ledger", "pg", "run", "signed-in"})


class HostOperator:
    """The operator of one installation. It satisfies `services.house.Operator`."""

    def __init__(self, home: Home, environ: Mapping[str, str], house: House) -> None:
        """Serve this home."""
        self._home = home
        self._environ = environ
        self._house = house

    def has_keys(self) -> bool:
        """Return whether this home has a keyring."""
        return keyring_file(self._home.folder).exists()

    def create_keys(self) -> None:
        """Make the keyring of a new home.

        Raises:
            Conflict: there is one already.
        """
        Keyring.create(self._home.folder, self._environ)

    def claim_for_demo(self) -> None:
        """Make this home a demonstration's: an empty one, or one that an earlier demonstration is removed from.

        Raises:
            Conflict: it is in use, its database is on another server, or it holds anything of another
                kind.
        """
        held = {one.name: one for one in self._home.folder.iterdir() if one.name != KEPT_BY_CLEARING}
        marker = self._home.demo_marker
        if held and marker.name not in held:
            raise Conflict("this home is not empty: give the demonstration one of its own by TSUNAGU_HOME")
        if not all(name in MADE_BY_DEMO or name.startswith("pg-runtime-") for name in held):
            raise Conflict("this home holds something that is not the demonstration's; nothing was removed")
        if self._environ.get(APP_VARIABLE) or EmbeddedPostgres(self._home.folder).status().is_running:
            raise Conflict("the demonstration's database is in use, or on another server")
        for one in sorted(held.values(), key=lambda path: path == marker):  # the marker last: it says whose the rest is
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        marker.touch(mode=0o600)

    def rotate_keys(self) -> int:
        """Change every key, seal the second factors anew, and return how many."""
        with self._house.open() as rooms:
            resealed = reseal_second_factors(keys=rooms.keys.rotate(self._environ))
            rooms.ledger.record(Deed(Act.KEYS_ROTATED, datetime.now(UTC), None))
        return resealed

    def export_keys(self, folder: Path, passphrases: tuple[str, str]) -> tuple[Path, Path]:
        """Write the two custodians' shares."""
        with self._house.open() as rooms:
            rooms.ledger.record(Deed(Act.KEYS_EXPORTED, datetime.now(UTC), None))
        return custody.export(self._home.folder, self._environ, folder, passphrases=passphrases)

    def restore_keys(self, shares: tuple[Path, Path], passphrases: tuple[str, str]) -> None:
        """Bring the keys back from both shares."""
        custody.restore(*shares, *passphrases, self._home.folder)

    def roles_sql(self) -> str:
        """Return what an administrator of a foreign server runs when the owner may not create roles."""
        return roles_sql(foreign_addresses(self._home.folder, self._environ))

    def database_state(self) -> tuple[Check, ...]:
        """Return how the database stands, without starting it."""
        if self._environ.get(APP_VARIABLE):
            return (Check("server", None, "a server of your own, named by TSUNAGU_DATABASE_URL"),)
        state = EmbeddedPostgres(self._home.folder).status()
        size = "" if state.size_bytes is None else f", {state.size_bytes / 2**20:,.0f} MiB"
        version = f"PostgreSQL {state.major_version}{size}" if state.major_version else "not made yet"
        running = "running for another command" if state.is_running else "at rest; it runs only while it is needed"
        return Check("server", None, version), Check("process", None, running)

    def check(self) -> tuple[Check, ...]:
        """Examine the installation, every part whether or not another fails."""
        return tuple(
            found
            for name, examine in (
                ("disk", self._disk),
                ("home", self._permissions),
                ("keys", self._keys),
                ("database", self._database),
                ("decoder", self._decoder),
            )
            for found in _examined(name, examine)
        )

    def _disk(self) -> Iterator[Check]:
        free = shutil.disk_usage(self._home.folder).free
        yield Check("disk", free >= LEAST_FREE_BYTES, f"{free / 2**30:.1f} GiB free")

    def _permissions(self) -> Iterator[Check]:
        open_to_others = self._home.folder.stat().st_mode & (0o066 if os.geteuid() == 0 else 0o077)
        yield Check("home", not open_to_others, "readable to others" if open_to_others else "closed to others")

    def _keys(self) -> Iterator[Check]:
        keyring = Keyring.open(self._home.folder, self._environ)
        yield Check("keys", True, f"{len(keyring.public_keys())} ledger keys known")

    def _database(self) -> Iterator[Check]:
        with outages_told(), open_database(self._home.folder, self._environ) as addresses:
            with psycopg.connect(addresses.owner.conninfo()) as owner:
                version = owner.info.server_version // 10_000
                yield Check("database", version >= 15, f"PostgreSQL {version}")
                refuse_if_app_can_bypass(owner, addresses.names)
                yield Check("app role", True, "bound by row-level security")
            with psycopg.connect(addresses.app.conninfo()) as app:
                warnings = log_settings_warnings(app)
                yield Check("database log", not warnings, "; ".join(warnings) or "quotes no row values")

    def _decoder(self) -> Iterator[Check]:
        from tsunagu.media.messages import DecodeOptions  # noqa: PLC0415 - loads every codec
        from tsunagu.media.sandbox.limits import Limits  # noqa: PLC0415
        from tsunagu.media.sandbox.pool import DecodePool  # noqa: PLC0415

        with DecodePool(1, Limits(), DecodeOptions()) as pool:
            yield Check("decoder", True, "shut in by " + ", ".join(sorted(pool.confinement)))


def _examined(name: str, examine: Callable[[], Iterator[Check]]) -> list[Check]:
    found: list[Check] = []
    try:
        found.extend(examine())
    except (TsunaguError, OSError, psycopg.Error) as error:
        detail = str(error) if isinstance(error, TsunaguError) else "cannot be examined"
        found.append(Check(name, ok=False, detail=detail))
    return found

"""The schema: how it stands against this release, and brought up to date by the owner role, one process at a time."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum, auto
from pathlib import Path

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import ProgrammingError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from tsunagu.records.sparing import sparing_state

OWNER = "owner"
_LOCK = 7400103
_OWN = "records"

Migration = tuple[str, str]
"""An application and the name of one of its migrations."""


class SchemaState(Enum):
    """How the tables stand against this release."""

    UNUSED = auto()
    """Nothing was ever done here: there is nothing to lose, and what is missing may be made without asking."""
    OLDER = auto()
    CURRENT = auto()
    NEWER = auto()
    """A later release has been at work."""


def schema_state() -> SchemaState:
    """Return how the schema stands. Nothing is changed."""
    found, here = set(applied()), _here()
    if here <= found:
        later = {one for one in found - here if one[0] == _OWN}
        return SchemaState.NEWER if later else SchemaState.CURRENT
    return SchemaState.OLDER if _is_in_use() else SchemaState.UNUSED


def applied() -> tuple[Migration, ...]:
    """Return the migrations that have been applied, sorted; none in an empty database."""
    try:
        with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            return tuple(sorted((app, name) for app, name in cursor))
    except ProgrammingError:
        return ()


def missing() -> tuple[Migration, ...]:
    """Return the migrations of this release that have not been applied, sorted."""
    return tuple(sorted(_here() - set(applied())))


def unknown(migrations: Collection[Migration]) -> bool:
    """Return whether any of these is none of this release's."""
    return not set(migrations) <= _here()


def migrate() -> None:
    """Apply what is missing. A second process waits and then finds nothing to do."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            with translation.override(None):
                _apply_missing(MigrationExecutor(connections[OWNER]))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def migrate_to(migrations: Collection[Migration]) -> None:
    """Make, in an empty database, the tables as these migrations left them.

    Args:
        migrations: all that had been applied; each of them is known.
    """
    executor = MigrationExecutor(connections[OWNER])
    graph = executor.loader.graph
    # Where one migration replaces several, the graph of an empty database has that one only.
    wanted = set(migrations) & set(graph.nodes)
    last = [one for one in sorted(wanted) if not {child.key for child in graph.node_map[one].children} & wanted]
    executor.migrate(last, state=sparing_state(executor.loader))


def _apply_missing(executor: MigrationExecutor) -> None:
    """Do as Django's own command does, which takes no state: see `sparing_state`."""
    executor.loader.check_consistent_history(connections[OWNER])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    state = sparing_state(executor.loader)
    emit_pre_migrate_signal(verbosity=0, interactive=False, db=OWNER, apps=state.apps, plan=plan)
    after = executor.migrate([], plan=plan, state=state.clone())
    after.clear_delayed_apps_cache()
    emit_post_migrate_signal(verbosity=0, interactive=False, db=OWNER, apps=after.apps, plan=plan)


def _here() -> set[Migration]:
    return {
        (app.label, path.stem)
        for app in apps.get_app_configs()
        for path in (Path(app.path) / "migrations").glob("[0-9]*.py")
    }


def _is_in_use() -> bool:
    """Return whether the ledger tells of any deed; every use of an installation begins with one."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('ledger.last_number()') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("SELECT ledger.last_number() > 0")
        return bool(cursor.fetchone()[0])

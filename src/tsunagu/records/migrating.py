"""The schema brought up to date, by the owner role and one process at a time."""

from pathlib import Path

from django.core.management import call_command
from django.db import ProgrammingError, connections, transaction

OWNER = "owner"
_LOCK = 7400103


def is_current() -> bool:
    """Return whether every migration of this version has been applied, and no later one."""
    here = {path.stem for path in (Path(__file__).parent / "migrations").glob("0*.py")}
    try:
        with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT name FROM django_migrations WHERE app = 'records'")
            return {name for (name,) in cursor} == here
    except ProgrammingError:
        return False


def migrate() -> None:
    """Apply what is missing. A second process waits and then finds nothing to do."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            call_command("migrate", database=OWNER, verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])

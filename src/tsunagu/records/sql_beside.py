"""The statements of a migration that the models know nothing of: in a file of its name beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.migrations.operations.base import Operation


class SqlBeside(Operation):
    """Runs the statements in a file, with the roles' names in place of `:role:`.

    No model is drawn for it, as Django would for a function of Python.
    """

    reversible = False

    def __init__(self, file: Path) -> None:
        """Take the file; it is read when it is run."""
        self.file = file

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the models as they are."""

    def database_forwards(self, _: str, schema_editor: Any, *__: Any) -> None:
        """Run the statements."""
        sql = self.file.read_text(encoding="utf-8")
        for role, name in settings.TSUNAGU_ROLES.items():
            sql = sql.replace(f":{role}:", schema_editor.quote_name(name))
        schema_editor.execute(sql, params=None)

    def describe(self) -> str:
        """Say what it is."""
        return "Statements beside the migration"


def sql_beside(migration: str) -> SqlBeside:
    """Return the operation that runs the statements beside a migration.

    Args:
        migration: its `__file__`.
    """
    return SqlBeside(Path(migration).with_suffix(".sql"))

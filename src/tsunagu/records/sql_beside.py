"""The statements of a migration that the models know nothing of: in a file of its name beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations


def sql_beside(migration: str) -> migrations.RunPython:
    """Return the operation that runs the statements beside a migration, with the roles' names in place of `:role:`.

    Args:
        migration: its `__file__`.
    """

    def run(_: Any, schema_editor: Any) -> None:
        sql = Path(migration).with_suffix(".sql").read_text(encoding="utf-8")
        for role, name in settings.TSUNAGU_ROLES.items():
            sql = sql.replace(f":{role}:", schema_editor.quote_name(name))
        schema_editor.execute(sql, params=None)

    return migrations.RunPython(run)

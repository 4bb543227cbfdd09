"""The machine erases a case on its own once the last day of that very case is over."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations


def _guard(apps: Any, schema_editor: Any) -> None:
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for word, name in settings.TSUNAGU_ROLES.items():
        sql = sql.replace(f":{word}:", schema_editor.quote_name(name))
    schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0019_uncounted")]
    operations = [migrations.RunPython(_guard)]

"""Places are numbered within their case, and told by that number: ids tell how much others bring in meanwhile."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations, models


def _guard(apps: Any, schema_editor: Any) -> None:
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for word, name in settings.TSUNAGU_ROLES.items():
        sql = sql.replace(f":{word}:", schema_editor.quote_name(name))
    schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0020_expired")]
    operations = [
        migrations.AddField("holding", "number", models.BigIntegerField(null=True)),
        migrations.RunPython(_guard),
        migrations.AlterField("holding", "number", models.BigIntegerField()),
        migrations.AddConstraint(
            "holding",
            models.UniqueConstraint(fields=["exhibit", "number"], include=["agency"], name="holding_number"),
        ),
        migrations.RemoveIndex("holding", "holding_place"),
    ]

"""Items that could not be compared, set apart; banks whose entries are still to be applied."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def _guard(apps: Any, schema_editor: Any) -> None:
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for word, name in settings.TSUNAGU_ROLES.items():
        sql = sql.replace(f":{word}:", schema_editor.quote_name(name))
    schema_editor.execute(sql, params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0004_intakes")]
    operations = [
        migrations.AddField("mediaitem", "parked", models.TextField(null=True)),
        migrations.AddIndex(
            "mediaitem", models.Index(condition=Q(("parked__isnull", False)), fields=["id"], name="media_item_parked")
        ),
        # True for the banks that are there: one of them may have grown without ever having been applied.
        migrations.AddField("bank", "unapplied", models.BooleanField(default=True)),
        migrations.AlterField("bank", "unapplied", models.BooleanField(default=False)),
        migrations.RunPython(_guard, migrations.RunPython.noop),
    ]

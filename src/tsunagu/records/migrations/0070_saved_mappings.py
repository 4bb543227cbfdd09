"""Officers keep mappings of seized lists under names of their own."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model)


class Migration(migrations.Migration):
    dependencies = [("records", "0069_juveniles_apart")]
    operations = [
        migrations.CreateModel(
            name="SavedMappingRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("saved_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("officer", _to(settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "saved_mapping"},
        ),
        migrations.AddIndex("savedmappingrow", models.Index(fields=["officer"], name="saved_mapping_officer")),
        sql_beside(__file__),
    ]

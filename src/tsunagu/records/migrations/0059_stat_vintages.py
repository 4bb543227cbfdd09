"""Vintages of an agency's own figures."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0058_comparisons_forgotten")]
    operations = [
        migrations.CreateModel(
            name="StatVintageRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("year", models.IntegerField()),
                ("known_on", models.DateField()),
                ("status", models.TextField()),
                ("sealed", models.BinaryField()),
                ("frozen_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("frozen_by", _to(settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "stat_vintage"},
        ),
        migrations.AddConstraint(
            "statvintagerow", models.UniqueConstraint(fields=["agency", "year", "known_on"], name="stat_vintage_day")
        ),
        sql_beside(__file__),
    ]

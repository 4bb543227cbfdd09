"""The corroboration gate: what is recorded of persons whom a seized list names."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model)


class Migration(migrations.Migration):
    dependencies = [("records", "0042_alert_notes")]
    operations = [
        migrations.CreateModel(
            name="GateStepRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("kind", models.TextField()),
                ("sealed", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("list", _to("records.seizedlistrow")),
                ("officer", _to(settings.AUTH_USER_MODEL)),
                ("person", _to("records.listedpersonrow")),
            ],
            options={"db_table": "gate_step"},
        ),
        migrations.CreateModel(
            name="JuvenileRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("key", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("decided_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("decided_by", _to(settings.AUTH_USER_MODEL)),
                ("list", _to("records.seizedlistrow")),
                ("person", _to("records.listedpersonrow")),
            ],
            options={"db_table": "juvenile"},
        ),
        migrations.AddConstraint(
            "gatesteprow", models.UniqueConstraint(fields=["person", "number"], name="gate_step_once")
        ),
        migrations.AddIndex("gatesteprow", models.Index(fields=["list", "person"], name="gate_step_list")),
        migrations.AddConstraint("juvenilerow", models.UniqueConstraint(fields=["person"], name="juvenile_once")),
        sql_beside(__file__),
    ]

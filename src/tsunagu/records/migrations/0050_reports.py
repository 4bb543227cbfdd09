"""Incoming reports: their envelopes, what they say, what they are compared by, and what was done to them."""

from typing import Any
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0046_stays_himself")]
    operations = [
        migrations.CreateModel(
            name="ReportRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("had", ArrayField(models.UUIDField(), default=list)),
                ("source_kind", models.TextField()),
                ("source", models.TextField()),
                ("source_reference", models.TextField()),
                ("content", models.BinaryField(max_length=32)),
                ("received_at", models.DateTimeField()),
                ("imminent", models.BooleanField()),
                ("state", models.TextField()),
                ("joined_to", models.UUIDField(null=True)),
                ("keep_until", models.DateField()),
                ("case", _to("records.case", null=True)),
                ("holder", _to("records.agency", related_name="reports_held")),
                ("received_by", _to("records.agency", related_name="reports_received")),
            ],
            options={"db_table": "report"},
        ),
        migrations.CreateModel(
            name="ReportContentRow",
            fields=[
                (
                    "report",
                    models.OneToOneField(on_delete=PROTECT, primary_key=True, serialize=False, to="records.reportrow"),
                ),
                ("sealed", models.BinaryField()),
            ],
            options={"db_table": "report_content"},
        ),
        migrations.CreateModel(
            name="ReportKeyRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("ground", models.TextField()),
                ("mac", models.BinaryField(max_length=32)),
                ("report", _to("records.reportrow")),
            ],
            options={"db_table": "report_key"},
        ),
        migrations.CreateModel(
            name="ReportStepRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("kind", models.TextField()),
                ("officer_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("to_agency", models.UUIDField(null=True)),
                ("other", models.UUIDField(null=True)),
                ("sealed", models.BinaryField()),
                ("of", _to("records.agency", related_name="+")),
                ("report", _to("records.reportrow")),
            ],
            options={"db_table": "report_step"},
        ),
        migrations.AddConstraint(
            "reportrow",
            models.UniqueConstraint(
                fields=["received_by", "source_kind", "source", "source_reference"], name="report_once"
            ),
        ),
        migrations.AddIndex("reportrow", models.Index(fields=["holder", "state", "received_at"], name="report_queue")),
        migrations.AddConstraint(
            "reportkeyrow", models.UniqueConstraint(fields=["mac", "report"], name="report_key_once")
        ),
        migrations.AddConstraint(
            "reportsteprow", models.UniqueConstraint(fields=["report", "number"], name="report_step_once")
        ),
        sql_beside(__file__),
    ]

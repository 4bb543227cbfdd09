"""Alerts, the agencies that are told of them, their steps, and what became of persons."""

from typing import Any
from uuid import uuid4

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _of(to: str, **more: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(on_delete=PROTECT, to=f"records.{to}", **more)


class Migration(migrations.Migration):
    dependencies = [("records", "0031_law_rules")]
    operations = [
        migrations.CreateModel(
            name="AlertRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("case_id", models.UUIDField()),
                ("contributors", models.JSONField()),
                ("finding", models.TextField()),
                ("grounds", models.JSONField()),
                ("evidence", models.JSONField()),
                ("priority", models.TextField()),
                ("reason", models.TextField()),
                ("agencies", models.JSONField()),
                ("purposes", models.JSONField()),
                ("may_forward", models.BooleanField()),
                ("until", models.DateTimeField()),
                ("raised_at", models.DateTimeField()),
                ("originator", _of("agency", related_name="+")),
            ],
            options={"db_table": "alert"},
        ),
        migrations.CreateModel(
            name="AlertPartyRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("case_id", models.UUIDField(null=True)),
                ("told", models.IntegerField(default=0)),
                ("agency", _of("agency")),
                ("alert", _of("alertrow")),
            ],
            options={"db_table": "alert_party"},
        ),
        migrations.CreateModel(
            name="AlertStepRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("kind", models.TextField()),
                ("officer_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("form", models.TextField(null=True)),
                ("refusal", models.TextField(null=True)),
                ("words", models.TextField(default="")),
                ("document", models.BinaryField(max_length=32, null=True)),
                ("children", models.JSONField(default=dict)),
                ("key", models.TextField()),
                ("digest", models.BinaryField(max_length=32)),
                ("state", models.TextField()),
                ("due_at", models.DateTimeField(null=True)),
                ("alert", _of("alertrow")),
                ("entered_by", _of("agency", related_name="+")),
                ("holder", _of("agency", related_name="+")),
                ("of", _of("agency", related_name="+")),
                ("to", _of("agency", null=True, related_name="+")),
            ],
            options={"db_table": "alert_step"},
        ),
        migrations.CreateModel(
            name="AlertPersonRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("role", models.TextField()),
                ("disposals", models.JSONField(default=list)),
                ("part", models.TextField(default="")),
                ("sentence_months", models.IntegerField(null=True)),
                ("step", _of("alertsteprow")),
            ],
            options={"db_table": "alert_person"},
        ),
        migrations.AddConstraint(
            "alertpartyrow", models.UniqueConstraint(fields=["alert", "agency"], name="alert_party_once")
        ),
        migrations.AddIndex("alertpartyrow", models.Index(fields=["agency", "id"], name="alert_party_agency")),
        migrations.AddConstraint(
            "alertsteprow", models.UniqueConstraint(fields=["alert", "number"], name="alert_step_number")
        ),
        migrations.AddConstraint(
            "alertsteprow", models.UniqueConstraint(fields=["entered_by", "key"], name="alert_step_key")
        ),
        migrations.AddConstraint(
            "alertpersonrow", models.UniqueConstraint(fields=["step", "number"], name="alert_person_once")
        ),
        sql_beside(__file__),
    ]

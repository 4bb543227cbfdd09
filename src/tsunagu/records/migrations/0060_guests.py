"""Specialists of other agencies look at one series for a time."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0059_stat_vintages")]
    operations = [
        migrations.CreateModel(
            name="GuestRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("login", models.TextField()),
                ("officer_id", models.UUIDField(null=True)),
                ("asked", models.TextField()),
                ("purpose", models.TextField()),
                ("until", models.DateField()),
                ("proposed_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("lapses_at", models.DateTimeField(null=True)),
                ("declined_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end", models.TextField(null=True)),
                ("owner", _to("records.agency", related_name="+")),
                ("series", _to("records.series")),
                ("of", _to("records.agency", related_name="+")),
                ("proposed_by", _to(settings.AUTH_USER_MODEL, related_name="+")),
                ("confirmed_by", _to(settings.AUTH_USER_MODEL, null=True, related_name="+")),
            ],
            options={"db_table": "guest"},
        ),
        migrations.CreateModel(
            name="GuestAnswerRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("case_id", models.UUIDField(null=True)),
                ("item_id", models.BigIntegerField(null=True)),
                ("words", models.TextField()),
                ("grading", models.TextField()),
                ("bearing", models.TextField()),
                ("countries", models.JSONField(default=list)),
                ("places", models.JSONField(default=list)),
                ("support", models.TextField(null=True)),
                ("answered_at", models.DateTimeField()),
                ("guest", _to("records.guestrow")),
            ],
            options={"db_table": "guest_answer"},
        ),
        migrations.AddConstraint(
            "guestanswerrow", models.UniqueConstraint(fields=["guest", "number"], name="guest_answer_number")
        ),
        sql_beside(__file__),
    ]

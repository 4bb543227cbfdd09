"""Schemes of neutral categories, votes by them, and what was disputed."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0028_series")]
    operations = [
        migrations.CreateModel(
            name="SchemeRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("version", models.IntegerField()),
                ("elements", models.JSONField()),
                ("needed", models.SmallIntegerField()),
                ("voters", models.SmallIntegerField()),
                ("loaded_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("loaded_by", _to(settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "category_scheme"},
        ),
        migrations.CreateModel(
            name="VoteRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("round", models.SmallIntegerField()),
                ("grade", models.TextField()),
                ("answers", models.JSONField()),
                ("voted_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("case", _to("records.case")),
                ("item", _to("records.mediaitem")),
                ("officer", _to(settings.AUTH_USER_MODEL)),
                ("scheme", _to("records.schemerow")),
            ],
            options={"db_table": "vote"},
        ),
        migrations.CreateModel(
            name="DisputeRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("round", models.SmallIntegerField()),
                ("reason", models.TextField()),
                ("disputed_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("case", _to("records.case")),
                ("item", _to("records.mediaitem")),
                ("officer", _to(settings.AUTH_USER_MODEL)),
                ("scheme", _to("records.schemerow")),
            ],
            options={"db_table": "vote_dispute"},
        ),
        *(
            migrations.AddConstraint(model, models.UniqueConstraint(fields=fields, name=name))
            for model, fields, name in (
                ("schemerow", ("agency", "name", "version"), "category_scheme_version"),
                ("voterow", ("case", "item", "scheme", "round", "officer"), "vote_once"),
                ("disputerow", ("case", "item", "scheme", "round"), "vote_dispute_once"),
            )
        ),
        sql_beside(__file__),
    ]

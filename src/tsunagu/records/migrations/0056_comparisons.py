"""Comparisons that are asked of other installations, and that others ask of this one."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0053_kept_longer")]
    operations = [
        migrations.CreateModel(
            name="ComparisonRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("series", models.UUIDField(null=True)),
                ("case", models.UUIDField(null=True)),
                ("purpose", models.TextField()),
                ("items", models.IntegerField()),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("until", models.DateField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("agency", _to("records.agency")),
                ("asked_by", _to(settings.AUTH_USER_MODEL)),
                ("member", _to("records.hubmember")),
            ],
            options={"db_table": "comparison"},
        ),
        migrations.CreateModel(
            name="ComparisonHitRow",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("told_at", models.DateTimeField()),
                ("claimed", models.BooleanField()),
                ("ended", models.BooleanField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_there", models.BooleanField()),
                ("acknowledged_by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("agency", _to("records.agency")),
                ("comparison", _to("records.comparisonrow")),
                ("other_agency", _to("records.agency", related_name="+")),
            ],
            options={"db_table": "comparison_hit"},
        ),
        migrations.CreateModel(
            name="ComparedCase",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("items", models.IntegerField()),
                ("arrived_at", models.DateTimeField()),
                ("whole_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("over_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("told", models.JSONField(default=dict)),
                ("asker", _to("records.agency")),
                ("member", _to("records.hubmember")),
            ],
            options={"db_table": "compared_case"},
        ),
        *(
            migrations.AddIndex("comparisonrow", models.Index(fields=["agency", one], name=f"comparison_{one}"))
            for one in ("series", "case")
        ),
        migrations.AlterField("case", "opened_by", _to(settings.AUTH_USER_MODEL, null=True)),
        migrations.AlterField("exhibit", "registered_by", _to(settings.AUTH_USER_MODEL, null=True)),
        migrations.AlterField("claimrow", "claimed_by", _to(settings.AUTH_USER_MODEL, null=True)),
        sql_beside(__file__),
    ]

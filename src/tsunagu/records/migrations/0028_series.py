"""Series: what they are called, which cases they rest on, what was done to them, and what they consist of."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0027_imports_told_apart")]
    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("name", models.TextField(null=True)),
                ("purpose", models.TextField()),
                ("status", models.TextField()),
                ("distributed", models.TextField()),
                ("receivers", ArrayField(models.UUIDField(), default=list)),
                ("purposes", ArrayField(models.TextField(), default=list)),
                ("may_forward", models.BooleanField(default=False)),
                ("restricted_until", models.DateField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("stands", models.BooleanField(default=True)),
                ("agency", _to("records.agency")),
                ("opened_by", _to(settings.AUTH_USER_MODEL)),
                ("root", _to("records.series")),
            ],
            options={"db_table": "series"},
        ),
        migrations.CreateModel(
            name="SeriesAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alias", models.TextField()),
                ("agency", _to("records.agency")),
                ("series", _to("records.series")),
            ],
            options={"db_table": "series_alias"},
        ),
        migrations.CreateModel(
            name="SeriesCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agency", _to("records.agency")),
                ("case", _to("records.case")),
                ("series", _to("records.series")),
            ],
            options={"db_table": "series_case"},
        ),
        migrations.CreateModel(
            name="SeriesItemRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_context", models.BooleanField(default=False)),
                ("agency", _to("records.agency")),
                ("case", _to("records.case")),
                ("item", _to("records.mediaitem")),
                ("series", _to("records.series")),
            ],
            options={"db_table": "series_item"},
        ),
        migrations.CreateModel(
            name="SeriesStep",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("step_id", models.UUIDField(default=uuid4, unique=True)),
                ("kind", models.TextField()),
                ("is_context", models.BooleanField(default=False)),
                ("value", models.TextField(default="")),
                ("reason", models.TextField(default="")),
                ("done_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("officer", _to(settings.AUTH_USER_MODEL)),
                ("other", _to("records.series", null=True, related_name="+")),
                ("series", _to("records.series")),
                ("undoes", _to("records.seriesstep", null=True)),
            ],
            options={"db_table": "series_step"},
        ),
        migrations.CreateModel(
            name="SeriesPlacing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", _to("records.agency")),
                ("case", _to("records.case")),
                ("item", _to("records.mediaitem")),
                ("step", _to("records.seriesstep")),
            ],
            options={"db_table": "series_placing"},
        ),
        *(
            migrations.AddConstraint(model, models.UniqueConstraint(fields=fields, name=name))
            for model, fields, name in (
                ("series", ("agency", "name"), "series_name"),
                ("seriesalias", ("series", "alias"), "series_alias_once"),
                ("seriescase", ("series", "case"), "series_case_once"),
                ("seriesitemrow", ("case", "item"), "series_item_once"),
                ("seriesplacing", ("step", "case", "item"), "series_placing_once"),
            )
        ),
        migrations.AddConstraint(
            "seriesstep",
            models.CheckConstraint(condition=~Q(other=F("series")), name="series_step_not_with_itself"),
        ),
        sql_beside(__file__),
    ]

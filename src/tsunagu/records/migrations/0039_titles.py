"""Titles of seized lists, and how people assess them."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model)


class Migration(migrations.Migration):
    dependencies = [("records", "0038_hub_bodies")]
    operations = [
        migrations.CreateModel(
            name="TitleRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("entered_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("entered_by", _to(settings.AUTH_USER_MODEL)),
                ("list", _to("records.seizedlistrow")),
            ],
            options={"db_table": "title"},
        ),
        migrations.CreateModel(
            name="TitleAssessmentRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("jurisdiction", models.TextField()),
                ("value", models.TextField()),
                ("from_on", models.DateField()),
                ("to_on", models.DateField(null=True)),
                ("sealed", models.BinaryField()),
                ("assessed_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("list", _to("records.seizedlistrow")),
                ("officer", _to(settings.AUTH_USER_MODEL)),
                ("title", _to("records.titlerow")),
            ],
            options={"db_table": "title_assessment"},
        ),
        migrations.AddConstraint("titlerow", models.UniqueConstraint(fields=["list", "number"], name="title_once")),
        migrations.AddConstraint(
            "titleassessmentrow", models.UniqueConstraint(fields=["title", "number"], name="title_assessment_once")
        ),
        sql_beside(__file__),
    ]

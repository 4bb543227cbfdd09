"""Items of series are submitted to other agencies."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0074_persons")]
    operations = [
        migrations.CreateModel(
            name="SubmissionRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("investigation", models.TextField()),
                ("purpose", models.TextField()),
                ("receivers", ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ("may_forward", models.BooleanField()),
                ("until", models.DateField()),
                ("covert", models.BooleanField()),
                ("submitted_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("case_id", models.UUIDField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("owner", _to("records.agency", related_name="+")),
                ("receiver", _to("records.agency", related_name="+")),
                ("series", _to("records.series")),
                ("submitted_by", _to(settings.AUTH_USER_MODEL, related_name="+")),
            ],
            options={"db_table": "submission"},
        ),
        migrations.CreateModel(
            name="SubmissionItemRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("case_id", models.UUIDField()),
                ("item_id", models.BigIntegerField()),
                ("sha256", models.BinaryField()),
                ("media_type", models.TextField(null=True)),
                ("line", models.BinaryField()),
                ("categories", models.JSONField(default=list)),
                ("has_media", models.BooleanField()),
                ("state", models.TextField()),
                ("rejection", models.TextField(null=True)),
                ("words", models.TextField(default="")),
                ("exhibit_id", models.UUIDField(null=True)),
                ("submission", _to("records.submissionrow")),
            ],
            options={"db_table": "submission_item"},
        ),
        migrations.AddIndex("submissionrow", models.Index(fields=["receiver", "case_id"], name="submission_case")),
        migrations.AddConstraint(
            "submissionitemrow",
            models.UniqueConstraint(fields=["submission", "number"], name="submission_item_number"),
        ),
        migrations.AddIndex(
            "submissionitemrow", models.Index(fields=["case_id", "item_id"], name="submission_item_content")
        ),
        sql_beside(__file__),
    ]

"""The actions book of a case."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0050_reports")]
    operations = [
        migrations.CreateModel(
            name="EnquiryRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("what", models.TextField()),
                ("receiver", models.TextField()),
                ("due_on", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("result", models.TextField(null=True)),
                ("words", models.TextField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("agency", _to("records.agency")),
                ("answered_by", _to(settings.AUTH_USER_MODEL, null=True, related_name="+")),
                ("asked_by", _to(settings.AUTH_USER_MODEL, related_name="+")),
                ("case", _to("records.case")),
            ],
            options={"db_table": "enquiry"},
        ),
        migrations.AddConstraint(
            "enquiryrow", models.UniqueConstraint(fields=["case", "number"], name="enquiry_number")
        ),
        sql_beside(__file__),
    ]

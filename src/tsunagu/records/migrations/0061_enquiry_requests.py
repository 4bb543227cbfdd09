"""What one force asks another of somebody whom a seized list names."""

from typing import Any
from uuid import uuid4

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0060_guests")]
    operations = [
        migrations.CreateModel(
            name="EnquiryRequestRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("key", models.BinaryField(null=True)),
                ("sealed", models.BinaryField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("last_day", models.DateField()),
                ("answer", models.BinaryField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("document", models.BinaryField(max_length=32, null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("receiver", _to("records.agency", related_name="+")),
                ("sender", _to("records.agency", related_name="+")),
            ],
            options={"db_table": "enquiry_request"},
        ),
        migrations.CreateModel(
            name="EnquiryRequestSourceRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", _to("records.agency")),
                ("list", _to("records.seizedlistrow")),
                ("person", _to("records.listedpersonrow")),
                ("request", _to("records.enquiryrequestrow")),
            ],
            options={"db_table": "enquiry_request_source"},
        ),
        migrations.AddConstraint(
            "enquiryrequestsourcerow",
            models.UniqueConstraint(fields=["request"], name="enquiry_request_source_once"),
        ),
        sql_beside(__file__),
    ]

"""Cases are closed and reopened, exhibits withdrawn, and what is erased is proven; a notice whose ground is gone ends."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0007_holding_page")]

    operations = [
        migrations.AddField(model_name="case", name="closed_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="overlapnotice", name="ended", field=models.BooleanField(default=False)),
        migrations.CreateModel(
            name="CaseReason",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("act", models.TextField()),
                ("reason", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("case", models.ForeignKey(on_delete=PROTECT, to="records.case")),
                ("officer", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "case_reason",
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("case_id", models.UUIDField()),
                ("exhibit_id", models.UUIDField(null=True)),
                ("case_mac", models.BinaryField(max_length=32)),
                ("exhibit_mac", models.BinaryField(max_length=32, null=True)),
                ("ground", models.TextField()),
                ("begun_at", models.DateTimeField()),
                ("leaves", models.BigIntegerField(default=0)),
                ("peaks", models.JSONField(default=list)),
                ("places", models.BigIntegerField(default=0)),
                ("items", models.BigIntegerField(default=0)),
                ("fingerprints", models.BigIntegerField(default=0)),
                ("hits", models.BigIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("begun_by", models.ForeignKey(null=True, on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "erasure",
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["agency"], name="erasure_open"),
                    models.Index(fields=["agency", "case_mac"], name="erasure_case"),
                ],
            },
        ),
        sql_beside(__file__),
    ]

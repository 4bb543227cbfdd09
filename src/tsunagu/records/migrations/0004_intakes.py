"""Intakes and their files; the queue's tables, which procrastinate's own migrations make, opened to the app role."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_exhibit_keys"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.CreateModel(
            name="Intake",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("purpose", models.TextField(null=True)),
                ("source", models.TextField()),
                ("folder", models.BinaryField(null=True)),
                ("state", models.TextField()),
                ("files_total", models.BigIntegerField(null=True)),
                ("files_done", models.BigIntegerField(default=0)),
                ("kept", models.BigIntegerField(default=0)),
                ("skipped", models.BigIntegerField(default=0)),
                ("refused", models.JSONField(default=dict)),
                ("begun_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("running_since", models.DateTimeField(null=True)),
                ("done_before", models.BigIntegerField(default=0)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("failure", models.TextField(null=True)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("begun_by", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
                ("exhibit", models.ForeignKey(on_delete=PROTECT, to="records.exhibit")),
            ],
            options={
                "db_table": "intake",
            },
        ),
        migrations.AddField(
            model_name="holding",
            name="intake",
            field=models.ForeignKey(null=True, on_delete=PROTECT, to="records.intake"),
        ),
        migrations.CreateModel(
            name="IntakeChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("path", models.BinaryField()),
                ("path_digest", models.BinaryField(max_length=32)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("intake", models.ForeignKey(on_delete=PROTECT, to="records.intake")),
            ],
            options={
                "db_table": "intake_change",
            },
        ),
        migrations.CreateModel(
            name="IntakeFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("name", models.BinaryField()),
                ("name_digest", models.BinaryField(max_length=32)),
                ("size_bytes", models.BigIntegerField()),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("intake", models.ForeignKey(on_delete=PROTECT, to="records.intake")),
            ],
            options={
                "db_table": "intake_file",
            },
        ),
        migrations.AddIndex(
            model_name="intake",
            index=models.Index(fields=["exhibit", "begun_at"], name="intake_exhibit"),
        ),
        migrations.AddIndex(
            model_name="intake",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["agency"], name="intake_open"),
        ),
        migrations.AddConstraint(
            model_name="intakechange",
            constraint=models.UniqueConstraint(fields=("intake", "path_digest"), name="intake_change_place"),
        ),
        migrations.AddConstraint(
            model_name="intakefile",
            constraint=models.UniqueConstraint(fields=("intake", "number"), name="intake_file_number"),
        ),
        migrations.AddConstraint(
            model_name="intakefile",
            constraint=models.UniqueConstraint(fields=("intake", "name_digest"), name="intake_file_name"),
        ),
        sql_beside(__file__),
    ]

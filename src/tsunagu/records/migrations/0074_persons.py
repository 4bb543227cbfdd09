"""Persons of cases, and who they are in a schema that only the vault's role reads."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0076_held_snapshots_in_parts"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonRow",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("number", models.IntegerField()),
                ("code", models.TextField()),
                ("series", models.JSONField()),
                ("entered_at", models.DateTimeField()),
                ("identity_at", models.DateTimeField(null=True)),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.agency")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.case")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "person",
            },
        ),
        migrations.CreateModel(
            name="PersonStepRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("value", models.TextField()),
                ("sealed", models.BinaryField()),
                ("since_on", models.DateField()),
                ("grading", models.TextField()),
                ("ground", models.TextField()),
                ("stated_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.agency")),
                (
                    "officer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.personrow")),
            ],
            options={
                "db_table": "person_step",
            },
        ),
        migrations.CreateModel(
            name="PersonTieRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("reason", models.TextField()),
                ("sealed", models.BinaryField()),
                ("since_on", models.DateField()),
                ("grading", models.TextField()),
                ("ground", models.TextField()),
                ("stated_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.agency")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.case")),
                (
                    "officer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.personrow"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.personrow"
                    ),
                ),
            ],
            options={
                "db_table": "person_tie",
            },
        ),
        migrations.CreateModel(
            name="PersonToldRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("told_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.agency")),
                (
                    "officer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.personrow")),
            ],
            options={
                "db_table": "person_told",
            },
        ),
        migrations.CreateModel(
            name="PersonWithdrawalRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.UUIDField(unique=True)),
                ("kind", models.TextField()),
                ("number", models.IntegerField()),
                ("why", models.TextField()),
                ("withdrawn_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.agency")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.case")),
                (
                    "officer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "db_table": "person_withdrawal",
            },
        ),
        migrations.CreateModel(
            name="PersonRecallRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("kind", models.TextField()),
                ("sealed", models.BinaryField()),
                ("answer", models.BinaryField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.agency")),
                (
                    "officer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.personwithdrawalrow"),
                ),
            ],
            options={
                "db_table": "person_recall",
            },
        ),
        migrations.CreateModel(
            name="PersonOpeningRow",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("case_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("purpose", models.TextField()),
                ("sealed", models.BinaryField()),
                ("emergency", models.BooleanField()),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("agency", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.agency")),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "person_opening",
                "indexes": [models.Index(fields=["agency", "case_id"], name="person_opening_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("confirmed_by", models.F("officer")), _negated=True),
                        name="person_opening_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reviewed_by", models.F("officer")), _negated=True),
                        name="person_opening_not_own_review",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reviewed_by", models.F("confirmed_by")), _negated=True),
                        name="person_opening_third_reviews",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="personrow",
            constraint=models.UniqueConstraint(fields=("case", "kind", "number"), name="person_number"),
        ),
        migrations.AddConstraint(
            model_name="personsteprow",
            constraint=models.UniqueConstraint(fields=("person", "number"), name="person_step_number"),
        ),
        migrations.AddConstraint(
            model_name="persontierow",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="person_tie_number"),
        ),
        migrations.AddConstraint(
            model_name="persontierow",
            constraint=models.CheckConstraint(
                condition=models.Q(("one", models.F("other")), _negated=True), name="person_tie_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="persontoldrow",
            constraint=models.UniqueConstraint(fields=("person", "number"), name="person_told_number"),
        ),
        migrations.AddConstraint(
            model_name="personrecallrow",
            constraint=models.UniqueConstraint(fields=("withdrawal", "number"), name="person_recall_number"),
        ),
        sql_beside(__file__),
    ]

"""Seized lists, their sealed copies and rows, what people say of pairs of rows, and the persons that rows name."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


def _of_a_list(*fields: tuple[str, Any]) -> list[tuple[str, Any]]:
    return [
        ("id", models.BigAutoField(primary_key=True, serialize=False)),
        *fields,
        ("agency", _to("records.agency")),
        ("list", _to("records.seizedlistrow")),
    ]


class Migration(migrations.Migration):
    dependencies = [("records", "0034_hits_unbound")]
    operations = [
        migrations.CreateModel(
            name="SeizedListRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("key", models.BinaryField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("size_bytes", models.BigIntegerField()),
                ("described", models.BinaryField()),
                ("rows", models.IntegerField(default=0)),
                ("refused", models.JSONField(default=dict)),
                ("oddities", models.BinaryField(null=True)),
                ("begun_at", models.DateTimeField()),
                ("imported_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("links", models.BinaryField(null=True)),
                ("agency", _to("records.agency")),
                ("begun_by", _to(settings.AUTH_USER_MODEL)),
                ("exhibit", _to("records.exhibit")),
            ],
            options={"db_table": "seized_list"},
        ),
        migrations.CreateModel(
            name="SeizedPieceRow",
            fields=_of_a_list(("number", models.IntegerField()), ("sealed", models.BinaryField())),
            options={"db_table": "seized_piece"},
        ),
        migrations.CreateModel(
            name="SeizedChunkRow",
            fields=_of_a_list(
                ("first", models.IntegerField()), ("count", models.IntegerField()), ("sealed", models.BinaryField())
            ),
            options={"db_table": "seized_chunk"},
        ),
        migrations.CreateModel(
            name="PairAnswerRow",
            fields=_of_a_list(
                ("one", models.IntegerField()),
                ("other", models.IntegerField()),
                ("answer", models.TextField()),
                ("reason", models.TextField()),
                ("answered_at", models.DateTimeField()),
                ("officer", _to(settings.AUTH_USER_MODEL)),
            ),
            options={"db_table": "pair_answer"},
        ),
        migrations.CreateModel(
            name="ListedPersonRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("rows", ArrayField(models.IntegerField())),
                ("prefecture", models.TextField(null=True)),
                ("method", models.TextField()),
                ("confidence", models.TextField()),
                ("alternatives", ArrayField(models.TextField())),
                ("needs_a_person", models.BooleanField()),
                ("since", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("agency", _to("records.agency")),
                ("list", _to("records.seizedlistrow")),
            ],
            options={"db_table": "listed_person"},
        ),
        *(
            migrations.AddConstraint(model, models.UniqueConstraint(fields=list(fields), name=name))
            for model, fields, name in (
                ("seizedlistrow", ("exhibit", "sha256"), "seized_list_once"),
                ("seizedpiecerow", ("list", "number"), "seized_piece_once"),
                ("seizedchunkrow", ("list", "first"), "seized_chunk_once"),
            )
        ),
        migrations.AddIndex("pairanswerrow", models.Index(fields=["list", "id"], name="pair_answer_list")),
        migrations.AddIndex("listedpersonrow", models.Index(fields=["list", "ended_at"], name="listed_person_list")),
        sql_beside(__file__),
    ]

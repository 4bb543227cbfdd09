"""Banks hold items, each with all that it is recognised by; a bank can be switched, opened, and expires."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _of(to: str, **more: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(on_delete=PROTECT, to=to, **more)


def _index(name: str, field: str, condition: Q) -> migrations.AddIndex:
    return migrations.AddIndex("bankitem", models.Index(condition=condition, fields=field.split(), name=name))


_UNCHECKED = {"db_constraint": False, "db_index": False}


class Migration(migrations.Migration):
    dependencies = [("records", "0021_numbers")]
    operations = [
        migrations.AddField("bank", "radius_bits", models.SmallIntegerField(default=31)),
        migrations.AddField("bank", "is_on", models.BooleanField(default=True)),
        migrations.AddField("bank", "is_open", models.BooleanField(default=False)),
        migrations.AddField("bank", "share_percent", models.SmallIntegerField(default=100)),
        migrations.AddField("bank", "expires_on", models.DateField(null=True)),
        migrations.AddField("bank", "items", models.BigIntegerField(default=0)),
        migrations.CreateModel(
            name="BankImport",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("content", models.BinaryField(max_length=32)),
                ("format", models.TextField()),
                ("stated", models.JSONField(default=dict)),
                ("size_bytes", models.BigIntegerField()),
                ("began_at", models.DateTimeField()),
                ("rows_in", models.BigIntegerField(default=0)),
                ("imported", models.BigIntegerField(default=0)),
                ("repeated", models.BigIntegerField(default=0)),
                ("refused", models.JSONField(default=dict)),
                ("lost_fields", models.JSONField(default=dict)),
                ("done_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(null=True)),
                ("agency", _of("records.agency")),
                ("bank", _of("records.bank")),
                ("began_by", _of(settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "bank_import"},
        ),
        migrations.CreateModel(
            name="BankItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.UUIDField(null=True)),
                ("md5", models.BinaryField(max_length=16, null=True)),
                ("sha1", models.BinaryField(max_length=20, null=True)),
                ("sha256", models.BinaryField(max_length=32, null=True)),
                ("pdq", models.BinaryField(max_length=32, null=True)),
                ("details", models.JSONField(null=True)),
                ("added_at", models.DateTimeField()),
                ("opinion", models.TextField(null=True)),
                ("quarantine", models.JSONField(null=True)),
                ("withdrawn", models.BigIntegerField(null=True)),
                ("agency", _of("records.agency", **_UNCHECKED)),
                ("bank", _of("records.bank", **_UNCHECKED)),
                ("part_of", _of("records.bankimport", null=True, db_column="import_id", **_UNCHECKED)),
            ],
            options={"db_table": "bank_item"},
        ),
        migrations.CreateModel(
            name="LookUpDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("api_key", models.UUIDField(null=True)),
                ("day", models.DateField()),
                ("queries", models.BigIntegerField(default=0)),
                ("agency", _of("records.agency")),
                ("officer", _of(settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "look_up_day"},
        ),
        migrations.CreateModel(
            name="LookUpHit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("item_id", models.BigIntegerField()),
                ("asked_at", models.DateTimeField()),
                ("distance_bits", models.SmallIntegerField()),
                ("agency", _of("records.agency")),
                ("asked_by", _of("records.agency", related_name="+")),
                ("bank", _of("records.bank")),
            ],
            options={"db_table": "look_up_hit"},
        ),
        migrations.CreateModel(
            name="RecentQuery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pdq", models.BinaryField(max_length=32)),
                ("agency", _of("records.agency", db_index=False)),
            ],
            options={"db_table": "recent_query"},
        ),
        migrations.AddField("apikeyrow", "banks", ArrayField(models.UUIDField(), null=True)),
        migrations.AddField("apikeyrow", "daily_look_ups", models.IntegerField(default=0)),
        sql_beside(__file__),
        migrations.DeleteModel("BankEntry"),
        migrations.AddConstraint(
            "bankimport",
            models.UniqueConstraint(condition=Q(failure=None), fields=["bank", "content"], name="bank_import_once"),
        ),
        migrations.AddConstraint("bankitem", models.UniqueConstraint(fields=["bank", "key"], name="bank_item_once")),
        _index("bank_item_md5", "md5", Q(md5__isnull=False)),
        _index("bank_item_sha1", "sha1", Q(sha1__isnull=False)),
        _index("bank_item_sha256", "sha256", Q(sha256__isnull=False)),
        _index("bank_item_pdq", "id", Q(pdq__isnull=False)),
        _index("bank_item_withdrawn", "withdrawn", Q(withdrawn__gt=0)),
        migrations.AddConstraint(
            "lookupday",
            models.UniqueConstraint(
                fields=["officer", "api_key", "day"], name="look_up_day_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex("lookuphit", models.Index(fields=["bank", "-id"], name="look_up_hit_bank")),
        migrations.AddIndex("recentquery", models.Index(fields=["agency", "id"], name="recent_query_agency")),
        _index("bank_item_held", "bank id", Q(quarantine__isnull=False)),
    ]

"""Referrals: packages about one suspect for one receiver, and what became of them."""

from typing import Any
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0043_gate")]
    operations = [
        migrations.CreateModel(
            name="ReferralRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("form", models.TextField()),
                ("coordinators_alone", models.BooleanField()),
                ("key", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("sent_at", models.DateTimeField()),
                ("receiver", _to("records.agency", related_name="referrals_received")),
                ("sender", _to("records.agency", related_name="referrals_sent")),
            ],
            options={"db_table": "referral"},
        ),
        migrations.CreateModel(
            name="ReferralSourceRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", _to("records.agency")),
                ("list", _to("records.seizedlistrow")),
                ("person", _to("records.listedpersonrow")),
                ("referral", _to("records.referralrow")),
            ],
            options={"db_table": "referral_source"},
        ),
        migrations.CreateModel(
            name="ReferralStepRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("kind", models.TextField()),
                ("officer_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("returned", models.TextField(null=True)),
                ("role", models.TextField(null=True)),
                ("disposals", ArrayField(models.TextField(), default=list)),
                ("sealed", models.BinaryField()),
                ("document", models.BinaryField(max_length=32, null=True)),
                ("entered_by", _to("records.agency", related_name="+")),
                ("of", _to("records.agency", related_name="+")),
                ("referral", _to("records.referralrow")),
            ],
            options={"db_table": "referral_step"},
        ),
        migrations.AddConstraint(
            "referralsourcerow", models.UniqueConstraint(fields=["referral"], name="referral_source_once")
        ),
        migrations.AddConstraint(
            "referralsteprow", models.UniqueConstraint(fields=["referral", "number"], name="referral_step_once")
        ),
        sql_beside(__file__),
    ]

"""A package has a last day, and goes into a case of its receiver, with which it is kept and goes."""

from typing import Any

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0056_comparisons")]
    operations = [
        migrations.AddField("referralrow", "keep_until", models.DateField(null=True)),
        migrations.AddField("referralrow", "kept_by_sender", models.BooleanField(default=True)),
        migrations.CreateModel(
            name="ReferralCaseRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("officer_id", models.UUIDField()),
                ("taken_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("case", _to("records.case", null=True)),
                ("referral", _to("records.referralrow")),
            ],
            options={"db_table": "referral_case"},
        ),
        migrations.AddConstraint(
            "referralcaserow", models.UniqueConstraint(fields=["referral"], name="referral_case_once")
        ),
        sql_beside(__file__),
        migrations.AlterField("referralrow", "keep_until", models.DateField()),
    ]

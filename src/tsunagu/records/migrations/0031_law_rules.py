"""Rule sets that an agency adopts by two people, and reviews of their rules by a lawyer."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0030_claims")]
    operations = [
        migrations.CreateModel(
            name="LawRuleSet",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("proposal", models.OneToOneField(on_delete=PROTECT, to="records.proposalrow")),
            ],
            options={"db_table": "law_rule_set"},
        ),
        migrations.CreateModel(
            name="LawReviewRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("row_sha256", models.BinaryField(max_length=32)),
                ("reviewer", models.TextField()),
                ("reviewed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                (
                    "ended_by",
                    models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("rule_set", models.ForeignKey(on_delete=PROTECT, to="records.lawruleset")),
            ],
            options={
                "db_table": "law_review",
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(ended_at=None), fields=("agency", "row_sha256"), name="law_review_once"
                    )
                ],
            },
        ),
        sql_beside(__file__),
    ]

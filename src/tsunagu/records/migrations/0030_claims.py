"""Claims, and what agencies were told of each other's interest."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _to(model: str, **options: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, to=model, **options)


class Migration(migrations.Migration):
    dependencies = [("records", "0029_votes")]
    operations = [
        migrations.CreateModel(
            name="ClaimRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("reason", models.TextField()),
                ("claimed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
                ("overrides", models.BooleanField(default=False)),
                ("agency", _to("records.agency")),
                ("case", _to("records.case", null=True)),
                ("claimed_by", _to(settings.AUTH_USER_MODEL)),
                ("series", _to("records.series", null=True)),
            ],
            options={"db_table": "claim"},
        ),
        migrations.CreateModel(
            name="InterestRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("series", models.UUIDField(null=True)),
                ("case", models.UUIDField(null=True)),
                ("kind", models.TextField()),
                ("held", models.BooleanField()),
                ("told_at", models.DateTimeField()),
                ("agency", _to("records.agency")),
                ("other_agency", _to("records.agency", related_name="+")),
            ],
            options={"db_table": "interest"},
        ),
        *(
            migrations.AddConstraint(
                "claimrow", models.UniqueConstraint(fields=[one], condition=Q(released_at=None), name=f"claim_of_{one}")
            )
            for one in ("series", "case")
        ),
        migrations.AddConstraint(
            "interestrow",
            models.UniqueConstraint(
                fields=["agency", "series", "case", "other_agency", "kind"], name="interest_once", nulls_distinct=False
            ),
        ),
        sql_beside(__file__),
    ]

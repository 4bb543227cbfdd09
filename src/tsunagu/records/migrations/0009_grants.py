"""Proposals that a second person confirms, permissions granted so, and what officers were shown."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _officer(*, null: bool) -> Any:
    return models.ForeignKey(null=null, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)


class Migration(migrations.Migration):
    dependencies = [("records", "0008_erasing")]
    operations = [
        migrations.AddField("holding", "scanned", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="ProposalRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("terms", models.JSONField()),
                ("proposed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("confirmed_by", _officer(null=True)),
                ("officer", _officer(null=True)),
                ("proposed_by", _officer(null=False)),
            ],
            options={"db_table": "proposal"},
        ),
        migrations.CreateModel(
            name="GrantRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("permission", models.TextField()),
                ("granted_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("ended_by", _officer(null=True)),
                ("officer", _officer(null=True)),
                ("proposal", models.OneToOneField(on_delete=PROTECT, to="records.proposalrow")),
            ],
            options={"db_table": "permission_grant"},
        ),
        migrations.CreateModel(
            name="RevealRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("case_id", models.UUIDField()),
                ("place", models.BigIntegerField()),
                ("item", models.BigIntegerField()),
                ("means", models.TextField()),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("shown_at", models.DateTimeField(null=True)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("officer", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "reveal"},
        ),
        *(
            migrations.AddConstraint("proposalrow", models.CheckConstraint(condition=condition, name=name))
            for name, condition in (
                ("proposal_not_for_himself", ~Q(officer=F("proposed_by"))),
                ("proposal_by_two", ~Q(confirmed_by=F("proposed_by"))),
                ("proposal_not_by_himself", ~Q(confirmed_by=F("officer"))),
            )
        ),
        migrations.AddIndex(
            "grantrow",
            models.Index(fields=["agency", "permission"], name="permission_grant_live", condition=Q(ended_at=None)),
        ),
        migrations.AddIndex("revealrow", models.Index(fields=["agency", "item"], name="reveal_item")),
        sql_beside(__file__),
    ]

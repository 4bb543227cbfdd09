"""Other installations, their keys, and the messages that go to and come from them."""

from typing import Any
from uuid import uuid4

from django.db import migrations, models
from django.db.models import Q
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


def _member(**more: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(on_delete=PROTECT, to="records.hubmember", **more)


class Migration(migrations.Migration):
    dependencies = [("records", "0035_seized_lists")]
    operations = [
        migrations.CreateModel(
            name="HubMember",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("name", models.TextField(unique=True)),
                ("address", models.TextField(default="")),
                ("is_own", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("accepted_by", models.UUIDField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("heard_at", models.DateTimeField(null=True)),
                ("their_key", models.IntegerField(default=1)),
            ],
            options={"db_table": "hub_member"},
        ),
        migrations.CreateModel(
            name="HubKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("signing", models.BinaryField(max_length=32)),
                ("recipient", models.TextField()),
                ("sealed", models.BinaryField(null=True)),
                ("since", models.DateTimeField()),
                ("member", _member()),
            ],
            options={"db_table": "hub_key"},
        ),
        migrations.CreateModel(
            name="HubOutgoing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("stream", models.TextField()),
                ("about", models.TextField()),
                ("number", models.IntegerField(null=True)),
                ("kind", models.TextField()),
                ("body", models.JSONField()),
                ("speaker_id", models.UUIDField(null=True)),
                ("written_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("tries", models.IntegerField(default=0)),
                ("answered_at", models.DateTimeField(null=True)),
                ("refused", models.TextField(null=True)),
                ("member", _member()),
            ],
            options={"db_table": "hub_outgoing"},
        ),
        migrations.CreateModel(
            name="HubIncoming",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("stream", models.TextField()),
                ("number", models.IntegerField()),
                ("kind", models.TextField()),
                ("digest", models.BinaryField(max_length=32)),
                ("body", models.JSONField()),
                ("received_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("refused", models.TextField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("member", _member()),
            ],
            options={"db_table": "hub_incoming"},
        ),
        migrations.CreateModel(
            name="HubSeen",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("envelope_id", models.UUIDField()),
                ("until", models.DateTimeField()),
                ("member", _member()),
            ],
            options={"db_table": "hub_seen"},
        ),
        migrations.AddConstraint(
            "hubmember",
            models.UniqueConstraint(fields=["is_own"], condition=Q(is_own=True), name="hub_member_own"),
        ),
        migrations.AddConstraint("hubkey", models.UniqueConstraint(fields=["member", "number"], name="hub_key_number")),
        migrations.AddConstraint(
            "huboutgoing", models.UniqueConstraint(fields=["member", "stream", "about"], name="hub_outgoing_about")
        ),
        migrations.AddConstraint(
            "huboutgoing", models.UniqueConstraint(fields=["member", "stream", "number"], name="hub_outgoing_number")
        ),
        migrations.AddIndex(
            "huboutgoing",
            models.Index(fields=["member", "id"], condition=Q(answered_at=None), name="hub_outgoing_open"),
        ),
        migrations.AddConstraint(
            "hubincoming", models.UniqueConstraint(fields=["member", "stream", "number"], name="hub_incoming_number")
        ),
        migrations.AddIndex(
            "hubincoming",
            models.Index(fields=["member", "id"], condition=Q(done_at=None), name="hub_incoming_open"),
        ),
        migrations.AddIndex(
            "hubincoming",
            models.Index(fields=["member", "id"], condition=Q(answered_at=None), name="hub_incoming_unanswered"),
        ),
        migrations.AddConstraint(
            "hubseen", models.UniqueConstraint(fields=["member", "envelope_id"], name="hub_seen_once")
        ),
        migrations.AddIndex("hubseen", models.Index(fields=["member", "until"], name="hub_seen_until")),
        migrations.AddField("agency", "member", _member(null=True)),
        migrations.AlterField("alertrow", "case_id", models.UUIDField(null=True)),
        migrations.RemoveConstraint("alertsteprow", "alert_step_number"),
        migrations.AddConstraint(
            "alertsteprow",
            models.UniqueConstraint(
                fields=["alert", "number"], condition=~Q(kind="withdrawn"), name="alert_step_number"
            ),
        ),
        migrations.AddConstraint(
            "alertsteprow",
            models.UniqueConstraint(fields=["alert"], condition=Q(kind="withdrawn"), name="alert_step_withdrawn"),
        ),
        sql_beside(__file__),
    ]

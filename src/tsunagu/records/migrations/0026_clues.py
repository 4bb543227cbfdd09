"""What officers have seen or heard in an item, and what they have signed of where it was made."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0025_agency_tree")]
    operations = [
        migrations.CreateModel(
            name="AssessmentRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("method", models.TextField()),
                ("weighed", models.JSONField()),
                ("clues", models.JSONField()),
                ("state", models.TextField()),
                ("statement", models.TextField()),
                ("signed_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("case", models.ForeignKey(on_delete=PROTECT, to="records.case")),
                ("signed_by", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "country_assessment",
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="country_assessment_number")],
            },
        ),
        migrations.CreateModel(
            name="ClueRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("number", models.IntegerField()),
                ("kind", models.TextField()),
                ("text", models.TextField()),
                ("bearing", models.TextField()),
                ("countries", models.JSONField(default=list)),
                ("places", models.JSONField(default=list)),
                ("support", models.TextField(null=True)),
                ("region", models.JSONField(null=True)),
                ("span", models.JSONField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_why", models.TextField(null=True)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("case", models.ForeignKey(on_delete=PROTECT, to="records.case")),
                ("holding", models.ForeignKey(on_delete=PROTECT, to="records.holding")),
                ("recorded_by", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "clue",
                "constraints": [models.UniqueConstraint(fields=("case", "number"), name="clue_number")],
            },
        ),
        sql_beside(__file__),
    ]

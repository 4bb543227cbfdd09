"""Agencies are of a kind and stand in a tree; some are correspondents, who have no officers here."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0024_disabled")]
    operations = [
        migrations.AddField("agency", "kind", models.TextField(null=True)),
        migrations.AddField("agency", "local_name", models.TextField(default="")),
        migrations.AddField("agency", "code", models.TextField(default="")),
        migrations.AddField("agency", "is_correspondent", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="AgencyPlaceRow",
            fields=[
                (
                    "child",
                    models.OneToOneField(
                        on_delete=PROTECT, primary_key=True, related_name="+", serialize=False, to="records.agency"
                    ),
                ),
                ("placed_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("parent", models.ForeignKey(on_delete=PROTECT, related_name="+", to="records.agency")),
            ],
            options={"db_table": "agency_place"},
        ),
        sql_beside(__file__),
    ]

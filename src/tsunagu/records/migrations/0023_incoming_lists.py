"""Lists come into banks through the browser too; how much of a list has been read is kept with its import."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0022_known")]
    operations = [
        migrations.AddField("bankimport", "read_bytes", models.BigIntegerField(default=0)),
        migrations.CreateModel(
            name="IncomingListRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("size_bytes", models.BigIntegerField()),
                ("format", models.TextField()),
                ("of_256_bits", models.TextField(null=True)),
                ("categories", models.JSONField(default=dict)),
                ("state", models.TextField()),
                ("begun_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("failure", models.TextField(null=True)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("bank", models.ForeignKey(on_delete=PROTECT, to="records.bank")),
                ("begun_by", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
                (
                    "brought",
                    models.ForeignKey(db_column="import_id", null=True, on_delete=PROTECT, to="records.bankimport"),
                ),
            ],
            options={"db_table": "incoming_list"},
        ),
        sql_beside(__file__),
    ]

"""Keys that exhibits give out to scans elsewhere: the public parts."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="ExhibitKeyRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("public_key", models.BinaryField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("exhibit", models.ForeignKey(on_delete=PROTECT, to="records.exhibit")),
                ("made_by", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "exhibit_key"},
        ),
        sql_beside(__file__),
    ]

"""Keys by which programs act for officers."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0011_deletion")]
    operations = [
        migrations.CreateModel(
            name="ApiKeyRow",
            fields=[
                ("id", models.UUIDField(default=uuid4, primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("scopes", ArrayField(base_field=models.TextField(), size=None)),
                ("token_mac", models.BinaryField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("officer", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "api_key"},
        ),
        sql_beside(__file__),
    ]

"""Officers bound to a person at a provider of sign-ins; attempts counted over all processes."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0015_people")]
    operations = [
        migrations.CreateModel(
            name="ThrottleRow",
            fields=[
                ("key_mac", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("held", models.TextField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "throttle",
                "indexes": [models.Index(fields=["expires_at"], name="throttle_expiry")],
            },
        ),
        migrations.CreateModel(
            name="ProviderSubject",
            fields=[
                (
                    "officer",
                    models.OneToOneField(
                        on_delete=PROTECT, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("bound_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
            ],
            options={"db_table": "provider_subject"},
        ),
        sql_beside(__file__),
    ]

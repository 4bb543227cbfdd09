"""When a worker was asked to compare the rows of a seized list."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0044_referrals")]
    operations = [
        migrations.AddField("seizedlistrow", "resolve_asked_at", models.DateTimeField(null=True)),
        sql_beside(__file__),
    ]

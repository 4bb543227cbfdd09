"""What was submitted keeps no digests once nobody has it, and nobody takes it any more."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0077_requests_of_juveniles")]
    operations = [
        migrations.AddField("submissionrow", "expired_at", models.DateTimeField(null=True)),
        sql_beside(__file__),
    ]

"""What is held is published in snapshots that follow each other: each tells where it begins, and when it was noted."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("records", "0066_referrals_by_line")]
    operations = [
        migrations.AddField("heldsnapshot", "after", models.BigIntegerField(db_default=0)),
        migrations.AddField("heldsnapshot", "noted_at", models.DateTimeField(db_default=Now())),
    ]

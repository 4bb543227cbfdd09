"""Until when an officer is certified; browsers' sessions that can be ended without a new password."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0014_pages")]
    operations = [
        # Null for the officers who are there: that somebody is certified is for his agency to say.
        migrations.AddField("officer", "certified_until", models.DateTimeField(null=True)),
        migrations.AddField("officer", "session_epoch", models.PositiveIntegerField(default=0)),
    ]

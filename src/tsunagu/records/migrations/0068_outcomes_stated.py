"""What an outcome states of children and persons beside: ages on the day of the act, and methods."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0065_sides_kept_apart")]
    operations = [
        migrations.AddField("alertsteprow", "schools", models.JSONField(default=dict)),
        migrations.AddField("alertsteprow", "methods", models.JSONField(default=dict)),
        migrations.AddField("alertpersonrow", "age", models.TextField(null=True)),
        migrations.AddField("referralsteprow", "age", models.TextField(null=True)),
    ]

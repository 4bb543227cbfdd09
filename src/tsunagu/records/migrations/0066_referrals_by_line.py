"""Packages and requests go to other installations over the line, and what is told of them comes back."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0068_outcomes_stated")]
    operations = [
        migrations.AlterField("referralrow", "key", models.BinaryField(null=True)),
        migrations.AlterField("referralrow", "sealed", models.BinaryField(null=True)),
        migrations.AddField("referralrow", "by_line", models.BooleanField(default=False)),
        migrations.AddField("referralsteprow", "number_there", models.IntegerField(null=True)),
        migrations.AddField("referralsteprow", "told_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "referralsteprow",
            models.UniqueConstraint(fields=["referral", "number_there"], name="referral_step_told_once"),
        ),
        sql_beside(__file__),
    ]

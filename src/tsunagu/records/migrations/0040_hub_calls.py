"""How calls to other installations went."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0039_titles")]
    operations = [
        migrations.AddField("hubmember", "called_at", models.DateTimeField(null=True)),
        migrations.AddField("hubmember", "reached_at", models.DateTimeField(null=True)),
        migrations.AddField("hubmember", "failed_calls", models.IntegerField(default=0)),
        sql_beside(__file__),
    ]

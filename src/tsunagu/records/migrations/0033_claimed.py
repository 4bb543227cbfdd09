"""What a package says of a content is a claim: an examination of one's own takes its place."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0032_alerts")]
    operations = [
        migrations.AddField("mediaitem", "claimed", models.BooleanField(default=False)),
        sql_beside(__file__),
    ]

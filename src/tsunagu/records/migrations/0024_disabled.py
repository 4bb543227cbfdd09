"""An item of a bank can be put off for a time, and a bank be called otherwise."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0023_incoming_lists")]
    operations = [
        migrations.AddField("bankitem", "disabled_until", models.DateTimeField(null=True)),
        sql_beside(__file__),
    ]

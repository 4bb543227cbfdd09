"""The machine erases a case on its own once the last day of that very case is over."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0019_uncounted")]
    operations = [sql_beside(__file__)]

"""A report that is put back may be kept longer."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0052_published_items")]
    operations = [sql_beside(__file__)]

"""What an earlier release had compared has its number among all that was compared, so that it goes into snapshots."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0063_owners_called")]
    operations = [sql_beside(__file__)]

"""A request that nobody has answered is erased with the step that hands a juvenile over to the way kept apart."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0070_saved_mappings")]
    operations = [sql_beside(__file__)]

"""A person of a seized list stays himself where his residence is known otherwise."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0045_resolve_asked")]
    operations = [sql_beside(__file__)]

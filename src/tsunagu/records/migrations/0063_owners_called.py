"""Whoever is told of a hit in a bank is told whose bank it is and how to call them, by the same question."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0062_held_snapshots")]
    operations = [sql_beside(__file__)]

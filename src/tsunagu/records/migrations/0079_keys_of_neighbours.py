"""The key of an item begins as what it is known by, so that neighbours in one tree are neighbours in the other."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0078_expired_submissions")]
    operations = [sql_beside(__file__)]

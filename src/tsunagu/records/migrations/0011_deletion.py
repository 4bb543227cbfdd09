"""An officer's erasure of a whole case takes two people; entries of the ledger are found by case and by officer."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0010_retention")]
    operations = [sql_beside(__file__)]

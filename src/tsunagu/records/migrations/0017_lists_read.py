"""A list that was read is found in the ledger by each case it told of; what waits of a case is counted by an index."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0016_ways_in")]
    operations = [
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(fields=["exhibit"], name="holding_waiting", condition=models.Q(linked_at=None)),
        ),
        sql_beside(__file__),
    ]

"""Places are numbered within their case, and told by that number: ids tell how much others bring in meanwhile."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0020_expired")]
    operations = [
        migrations.AddField("holding", "number", models.BigIntegerField(null=True)),
        sql_beside(__file__),
        migrations.AlterField("holding", "number", models.BigIntegerField()),
        migrations.AddConstraint(
            "holding",
            models.UniqueConstraint(fields=["exhibit", "number"], include=["agency"], name="holding_number"),
        ),
        migrations.RemoveIndex("holding", "holding_place"),
    ]

"""What is held is compared by published snapshots: items are numbered in the order in which they were compared."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0061_enquiry_requests")]
    operations = [
        migrations.CreateModel(
            name="HeldSnapshot",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
                ("traces", models.BigIntegerField()),
            ],
            options={"db_table": "held_snapshot"},
        ),
        migrations.AddField("mediaitem", "compared", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "mediaitem",
            models.Index(
                condition=models.Q(("compared__isnull", False)), fields=["compared"], name="media_item_compared"
            ),
        ),
        sql_beside(__file__),
    ]

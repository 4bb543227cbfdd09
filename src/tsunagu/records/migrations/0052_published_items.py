"""What of series is published to banks."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0051_enquiries")]
    operations = [
        migrations.CreateModel(
            name="PublishedItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("published_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("bank", models.ForeignKey(on_delete=PROTECT, to="records.bank")),
                ("bank_item", models.ForeignKey(db_constraint=False, on_delete=PROTECT, to="records.bankitem")),
                ("case", models.ForeignKey(on_delete=PROTECT, to="records.case")),
                ("item", models.ForeignKey(on_delete=PROTECT, to="records.mediaitem")),
                ("published_by", models.ForeignKey(on_delete=PROTECT, to="records.officer")),
                ("series", models.ForeignKey(on_delete=PROTECT, to="records.series")),
            ],
            options={
                "db_table": "published_item",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "item", "bank_item"), name="published_item_once")
                ],
            },
        ),
        sql_beside(__file__),
    ]

"""Items that could not be compared, set apart; banks whose entries are still to be applied."""

from django.db import migrations, models
from django.db.models import Q

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0004_intakes")]
    operations = [
        migrations.AddField("mediaitem", "parked", models.TextField(null=True)),
        migrations.AddIndex(
            "mediaitem", models.Index(condition=Q(("parked__isnull", False)), fields=["id"], name="media_item_parked")
        ),
        # True for the banks that are there: one of them may have grown without ever having been applied.
        migrations.AddField("bank", "unapplied", models.BooleanField(default=True)),
        migrations.AlterField("bank", "unapplied", models.BooleanField(default=False)),
        sql_beside(__file__),
    ]

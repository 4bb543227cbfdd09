"""Contents that are about to leave a vault are marked before they do."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0017_lists_read")]
    operations = [
        migrations.AddField("vaultedcontent", "doomed", models.BooleanField(db_default=False)),
        sql_beside(__file__),
    ]

"""An import is known by what was stated of its list too, and says why it failed; a legal ground may be missing."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0026_clues")]
    operations = [
        migrations.AddField("bankimport", "failure_reason", models.TextField(null=True)),
        migrations.AddField("bankimport", "failure_row", models.BigIntegerField(null=True)),
        migrations.AlterField("bank", "legal_ground", models.TextField(null=True)),
        migrations.RemoveConstraint("bankimport", "bank_import_once"),
        migrations.AddConstraint(
            "bankimport",
            models.UniqueConstraint(
                fields=["bank", "content", "format", "stated"],
                condition=models.Q(failure=None),
                name="bank_import_once",
            ),
        ),
        sql_beside(__file__),
    ]

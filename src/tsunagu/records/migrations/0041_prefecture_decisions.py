"""What was derived from each row of a seized list, and what officers decide of where its persons live."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0040_hub_calls")]
    operations = [
        migrations.AddField("seizedlistrow", "facts", models.BinaryField(null=True)),
        migrations.CreateModel(
            name="PrefectureDecisionRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("rows", ArrayField(models.IntegerField())),
                ("prefecture", models.TextField()),
                ("reason", models.TextField()),
                ("decided_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
                ("list", models.ForeignKey(on_delete=PROTECT, to="records.seizedlistrow")),
                ("officer", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "prefecture_decision"},
        ),
        migrations.AddIndex(
            "prefecturedecisionrow", models.Index(fields=["list", "id"], name="prefecture_decision_list")
        ),
        sql_beside(__file__),
    ]

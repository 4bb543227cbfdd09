"""What agencies on an alert's way say to each other about it."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0041_prefecture_decisions")]
    operations = [
        migrations.CreateModel(
            name="AlertNoteRow",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("officer_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                ("words", models.TextField()),
                ("alert", models.ForeignKey(on_delete=PROTECT, to="records.alertrow")),
                ("writer", models.ForeignKey(on_delete=PROTECT, related_name="+", to="records.agency")),
            ],
            options={
                "db_table": "alert_note",
                "indexes": [models.Index(fields=["alert", "at"], name="alert_note_alert")],
            },
        ),
        migrations.AddField("alertpartyrow", "notes_told", models.IntegerField(default=0)),
        sql_beside(__file__),
    ]

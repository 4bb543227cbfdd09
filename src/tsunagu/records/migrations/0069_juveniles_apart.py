"""Juveniles lie in a store of their own, which who handles juveniles reads alone, and which has its own last day."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0067_requests_by_line")]
    operations = [
        migrations.AddField("listedpersonrow", "apart", models.BooleanField(default=False)),
        migrations.AddField("juvenilerow", "number", models.IntegerField(default=1)),
        migrations.AddField("juvenilerow", "keep_until", models.DateField(null=True)),
        migrations.RemoveConstraint("juvenilerow", "juvenile_once"),
        migrations.AddConstraint(
            "juvenilerow", models.UniqueConstraint(fields=["person", "number"], name="juvenile_once")
        ),
        sql_beside(__file__),
        migrations.AlterField("juvenilerow", "keep_until", models.DateField()),
    ]

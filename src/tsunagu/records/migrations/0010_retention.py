"""Every case has a last day on which it is kept; an agency says for how long at most."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0009_grants")]

    operations = [
        migrations.AddField(model_name="case", name="keep_until", field=models.DateField(null=True)),
        migrations.AddField(model_name="case", name="keep_limit", field=models.DateField(null=True)),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "agency",
                    models.OneToOneField(on_delete=PROTECT, primary_key=True, serialize=False, to="records.agency"),
                ),
                ("keep_months", models.PositiveSmallIntegerField()),
                ("set_at", models.DateTimeField()),
                ("set_by", models.ForeignKey(on_delete=PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "retention_rule",
            },
        ),
        sql_beside(__file__),
        migrations.AlterField(model_name="case", name="keep_until", field=models.DateField()),
    ]

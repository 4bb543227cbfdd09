"""Requests to forces at other installations go over the line, and have the times of each hop."""

from django.db import migrations, models

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0072_submissions")]
    operations = [
        migrations.AddField("enquiryrequestrow", "by_line", models.BooleanField(default=False)),
        migrations.AddField("enquiryrequestrow", "arrived_at", models.DateTimeField(null=True)),
        migrations.AddField("enquiryrequestrow", "informed_at", models.DateTimeField(null=True)),
        sql_beside(__file__),
    ]

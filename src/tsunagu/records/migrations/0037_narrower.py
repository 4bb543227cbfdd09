"""What an erasure takes along is its own; a step of an alert is entered by one's own officer."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0036_hub")]
    operations = [sql_beside(__file__)]

"""Each side of an invitation, and of an enquiry request, changes what is its own, once, in time."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0064_compared_before")]
    operations = [sql_beside(__file__)]

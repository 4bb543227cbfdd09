"""Row-level security, grants, and the ledger with its one door."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [sql_beside(__file__)]

"""What was written and told of a comparison goes with what it was about, also where the comparison was over."""

from django.db import migrations

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0057_referrals_kept")]
    operations = [sql_beside(__file__)]

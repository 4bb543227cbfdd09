"""What a message said is kept until it has been answered or acted upon, and no longer."""

from django.db import migrations, models
from django.db.models import Q

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0037_narrower")]
    operations = [
        sql_beside(__file__),
        migrations.AddConstraint(
            "huboutgoing",
            models.CheckConstraint(condition=Q(answered_at=None) | Q(body={}), name="hub_outgoing_emptied"),
        ),
        migrations.AddConstraint(
            "hubincoming",
            models.CheckConstraint(condition=Q(done_at=None) | Q(body={}), name="hub_incoming_emptied"),
        ),
    ]

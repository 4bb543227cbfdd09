"""An erasure counts no hits: among them are those with covert cases, of which nobody on this side is told."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0018_doomed")]
    operations = [migrations.RemoveField("erasure", "hits")]

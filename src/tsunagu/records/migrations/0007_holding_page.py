"""Pages of an exhibit's holdings are found by an index, however many there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0006_parked")]
    operations = [
        migrations.AddIndex(model_name="holding", index=models.Index(fields=["exhibit", "id"], name="holding_page"))
    ]

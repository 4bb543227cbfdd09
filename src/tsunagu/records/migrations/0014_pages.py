"""What pages count and list is found by an index, however much is held beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0013_vault")]
    operations = [
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(fields=["exhibit", "id"], include=["agency"], name="holding_place"),
        ),
        migrations.RemoveIndex(model_name="holding", name="holding_page"),
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(fields=["exhibit"], name="holding_refused", condition=models.Q(refused__isnull=False)),
        ),
        migrations.AddIndex(
            model_name="mediaitem",
            index=models.Index(
                fields=["agency", "id"], name="media_item_refused", condition=models.Q(refused__isnull=False)
            ),
        ),
        migrations.AddIndex(
            model_name="overlapnotice", index=models.Index(fields=["case_id"], name="overlap_notice_case")
        ),
    ]

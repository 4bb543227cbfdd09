"""What agencies keep in their vaults, and the vaults' keys."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from tsunagu.records.sql_beside import sql_beside


class Migration(migrations.Migration):
    dependencies = [("records", "0012_api_keys")]
    operations = [
        migrations.CreateModel(
            name="VaultKey",
            fields=[
                (
                    "agency",
                    models.OneToOneField(on_delete=PROTECT, primary_key=True, serialize=False, to="records.agency"),
                ),
                ("sealed", models.BinaryField()),
                ("made_at", models.DateTimeField()),
            ],
            options={"db_table": "vault_key"},
        ),
        migrations.CreateModel(
            name="VaultedContent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sha256", models.BinaryField(max_length=32)),
                ("has_small", models.BooleanField()),
                ("kept_at", models.DateTimeField()),
                ("agency", models.ForeignKey(on_delete=PROTECT, to="records.agency")),
            ],
            options={"db_table": "vaulted_content"},
        ),
        migrations.AddConstraint(
            "vaultedcontent", models.UniqueConstraint(fields=["agency", "sha256"], name="vaulted_content_once")
        ),
        sql_beside(__file__),
    ]

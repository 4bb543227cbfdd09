"""What an agency's vault holds. The contents lie in the vault itself, under names that the database does not know."""

from typing import ClassVar

from django.db import models

from tsunagu.records.models.people import Agency


class VaultKey(models.Model):
    """The key of one agency's vault, sealed by the keyring. Without it nothing in the vault opens."""

    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, primary_key=True)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "vault_key"


class VaultedContent(models.Model):
    """A content that lies in the vault. The row goes with it, once its agency holds the content nowhere any more.

    One that is doomed may be there, in part, or not at all: it is about to go.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    sha256 = models.BinaryField(max_length=32)
    has_small = models.BooleanField()
    kept_at = models.DateTimeField()
    doomed = models.BooleanField(db_default=False)

    class Meta:
        db_table = "vaulted_content"
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "sha256"], name="vaulted_content_once")]

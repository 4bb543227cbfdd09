"""Banks of known fingerprints and digests."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.people import Agency, Officer


class Bank(models.Model):
    """A named set of known content, with its owner and legal ground.

    `unapplied` is true while what the bank declares benign may not yet have silenced the hits that are there.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    name = models.TextField()
    semantics = models.TextField()
    legal_ground = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    unapplied = models.BooleanField(default=False)

    class Meta:
        db_table = "bank"
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "name"], name="bank_name")]


class BankEntry(models.Model):
    """One known content: `kind` is `sha256` or a fingerprint kind's code."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT)
    kind = models.TextField()
    data = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        db_table = "bank_entry"
        constraints: ClassVar = [models.UniqueConstraint(fields=["bank", "kind", "data"], name="bank_entry_once")]

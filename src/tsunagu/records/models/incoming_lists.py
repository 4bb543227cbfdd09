"""Lists on their way into banks through the browser."""

from uuid import uuid4

from django.db import models

from tsunagu.records.models.banks import Bank, BankImport
from tsunagu.records.models.people import Agency, Officer


class IncomingListRow(models.Model):
    """A list that is uploaded and then imported. Its bytes lie elsewhere, and go when it has come to its end.

    `brought` is the import that it became. `attempts` counts the runs that ended without having got on.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT)
    begun_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    name = models.TextField()
    size_bytes = models.BigIntegerField()
    format = models.TextField()
    of_256_bits = models.TextField(null=True)
    categories = models.JSONField(default=dict)
    state = models.TextField()
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    failure = models.TextField(null=True)
    brought = models.ForeignKey(BankImport, on_delete=models.PROTECT, null=True, db_column="import_id")

    class Meta:
        db_table = "incoming_list"

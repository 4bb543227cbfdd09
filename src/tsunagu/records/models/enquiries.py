"""The actions book: what was asked in a case, and what came of it."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.cases import Case
from tsunagu.records.models.people import Agency, Officer


class EnquiryRow(models.Model):
    """One enquiry of one case; never changed, only answered, once. `number` is what it is called by in its case."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    number = models.IntegerField()
    what = models.TextField()
    receiver = models.TextField()
    due_on = models.DateField()
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    result = models.TextField(null=True)
    words = models.TextField(null=True)
    answered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+", null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enquiry"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="enquiry_number")]

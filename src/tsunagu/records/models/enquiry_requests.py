"""Enquiry requests between forces: what is asked of somebody whom a list names, and what is answered."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.people import Agency
from tsunagu.records.models.seized import ListedPersonRow, SeizedListRow


class EnquiryRequestRow(models.Model):
    """One request, which its two sides see. Once it is erased key and contents are gone, and nothing changes again."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    last_day = models.DateField()
    answer = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)
    document = models.BinaryField(max_length=32, null=True)
    erased_at = models.DateTimeField(null=True)
    by_line = models.BooleanField(default=False)
    arrived_at = models.DateTimeField(null=True)
    informed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "enquiry_request"


class EnquiryRequestSourceRow(models.Model):
    """About which person of which list a request is: the sender's alone, and gone with the list."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    request = models.ForeignKey(EnquiryRequestRow, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    person = models.ForeignKey(ListedPersonRow, on_delete=models.PROTECT)

    class Meta:
        db_table = "enquiry_request_source"
        constraints: ClassVar = [models.UniqueConstraint(fields=["request"], name="enquiry_request_source_once")]

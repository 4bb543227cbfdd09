"""Items of series that one agency submits to another."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tsunagu.records.models.people import Agency, Officer
from tsunagu.records.models.series import Series


class SubmissionRow(models.Model):
    """What one agency submits to another, seen by both.

    `receivers`, `purpose`, `may_forward` and `until` are the label under which it is had there. `case_id` is the case
    of the receiver that it was taken as, which is nobody's to read once it is withdrawn or the last day is over; it is
    empty again, and `erased_at` set, when nothing is left of it there. `expired_at` is set when all digests have gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    name = models.TextField()
    investigation = models.TextField()
    purpose = models.TextField()
    receivers = ArrayField(models.UUIDField(), default=list)
    may_forward = models.BooleanField()
    until = models.DateField()
    covert = models.BooleanField()
    submitted_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    case_id = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "submission"
        indexes: ClassVar = [models.Index(fields=["receiver", "case_id"], name="submission_case")]


class SubmissionItemRow(models.Model):
    """One content that is submitted: `case_id` and `item_id` are its owner's, `exhibit_id` its receiver's."""

    id = models.BigAutoField(primary_key=True)
    submission = models.ForeignKey(SubmissionRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    case_id = models.UUIDField()
    item_id = models.BigIntegerField()
    sha256 = models.BinaryField()
    media_type = models.TextField(null=True)
    line = models.BinaryField()
    categories = models.JSONField(default=list)
    has_media = models.BooleanField()
    state = models.TextField()
    rejection = models.TextField(null=True)
    words = models.TextField(default="")
    exhibit_id = models.UUIDField(null=True)

    class Meta:
        db_table = "submission_item"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "number"], name="submission_item_number")
        ]
        indexes: ClassVar = [models.Index(fields=["case_id", "item_id"], name="submission_item_content")]

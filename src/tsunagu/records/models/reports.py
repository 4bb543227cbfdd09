"""Incoming reports: the envelope, which an agency that has passed one on still sees, and what is in it."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tsunagu.records.models.cases import Case
from tsunagu.records.models.people import Agency


class ReportRow(models.Model):
    """The envelope of a report: whose it is, from whom it came, and how it stands.

    Attributes:
        had: the agencies that have passed it on.
        content: a keyed digest of what came in: sent again, it is known again.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    received_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="reports_received")
    holder = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="reports_held")
    had = ArrayField(models.UUIDField(), default=list)
    source_kind = models.TextField()
    source = models.TextField()
    source_reference = models.TextField()
    content = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    imminent = models.BooleanField()
    state = models.TextField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True)
    joined_to = models.UUIDField(null=True)
    keep_until = models.DateField()

    class Meta:
        db_table = "report"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["received_by", "source_kind", "source", "source_reference"], name="report_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["holder", "state", "received_at"], name="report_queue")]


class ReportContentRow(models.Model):
    """What a report says, sealed: the business of the agency that has it."""

    report = models.OneToOneField(ReportRow, on_delete=models.PROTECT, primary_key=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "report_content"


class ReportKeyRow(models.Model):
    """What a report is compared by: a keyed digest of its reference, of a digest, an observation or its text."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(ReportRow, on_delete=models.PROTECT)
    ground = models.TextField()
    mac = models.BinaryField(max_length=32)

    class Meta:
        db_table = "report_key"
        constraints: ClassVar = [models.UniqueConstraint(fields=["mac", "report"], name="report_key_once")]


class ReportStepRow(models.Model):
    """What was done to a report; words are sealed. Nothing is changed."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(ReportRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    kind = models.TextField()
    of = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    officer_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    to_agency = models.UUIDField(null=True)
    other = models.UUIDField(null=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "report_step"
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "number"], name="report_step_once")]

"""How cases end: what is being erased or was, and the reasons that people gave."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from tsunagu.records.models.cases import Case
from tsunagu.records.models.people import Agency, Officer


class Erasure(models.Model):
    """One exhibit, or without one a whole case, that is erased: the row stays as its proof, and names nothing.

    What is erased is known by its id alone, for its row goes; the two keyed references find the erasure by a
    reference that somebody knows. `begun_by` is null where the machine did it. `leaves` and `peaks` are the Merkle
    tree over what is gone so far, so that an interrupted erasure goes on where it was left.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case_id = models.UUIDField()
    exhibit_id = models.UUIDField(null=True)
    case_mac = models.BinaryField(max_length=32)
    exhibit_mac = models.BinaryField(max_length=32, null=True)
    ground = models.TextField()
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True)
    leaves = models.BigIntegerField(default=0)
    peaks = models.JSONField(default=list)
    places = models.BigIntegerField(default=0)
    items = models.BigIntegerField(default=0)
    fingerprints = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "erasure"
        indexes: ClassVar = [
            models.Index(fields=["agency"], name="erasure_open", condition=Q(ended_at=None)),
            models.Index(fields=["agency", "case_mac"], name="erasure_case"),
        ]


class RetentionRule(models.Model):
    """For how many months an agency keeps its cases at most; without a row, for the default time."""

    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, primary_key=True)
    keep_months = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Officer, on_delete=models.PROTECT)

    class Meta:
        db_table = "retention_rule"


class CaseReason(models.Model):
    """Why somebody changed a case's life, in his own words; the ledger holds a keyed reference to them alone."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    act = models.TextField()
    reason = models.TextField()
    given_at = models.DateTimeField()

    class Meta:
        db_table = "case_reason"

"""Comparisons that were asked of other installations, what was told, and what others ask of this one."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.hub import HubMember
from tsunagu.records.models.people import Agency, Officer


class ComparisonRow(models.Model):
    """What an agency had compared at another installation: a series, or a case.

    `reason` goes with the case or the series that it is about; then the row stays, and tells of nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    member = models.ForeignKey(HubMember, on_delete=models.PROTECT)
    series = models.UUIDField(null=True)
    case = models.UUIDField(null=True)
    purpose = models.TextField()
    items = models.IntegerField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    until = models.DateField()
    answered_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "comparison"
        indexes: ClassVar = [
            models.Index(fields=["agency", "series"], name="comparison_series"),
            models.Index(fields=["agency", "case"], name="comparison_case"),
        ]


class ComparisonHitRow(models.Model):
    """What the asking side was told of one hit; `id` is what the other side calls it by."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    comparison = models.ForeignKey(ComparisonRow, on_delete=models.PROTECT)
    other_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    claimed = models.BooleanField()
    ended = models.BooleanField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True)
    acknowledged_there = models.BooleanField()

    class Meta:
        db_table = "comparison_hit"


class ComparedCase(models.Model):
    """A comparison that an agency of another installation asks of this one.

    While it lasts there is a case of the same id, the asking agency's, without path, name or officer; this row outlives
    it. `items` were announced; `whole_at` is when all of them had come. `told` is what the asking side was last told of
    each notice, by its id, and how often.
    """

    id = models.UUIDField(primary_key=True)
    asker = models.ForeignKey(Agency, on_delete=models.PROTECT)
    member = models.ForeignKey(HubMember, on_delete=models.PROTECT)
    items = models.IntegerField()
    arrived_at = models.DateTimeField()
    whole_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    told = models.JSONField(default=dict)

    class Meta:
        db_table = "compared_case"

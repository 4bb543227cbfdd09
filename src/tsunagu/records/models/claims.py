"""Claims, and what agencies were told of each other's interest."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from tsunagu.records.models.cases import Case
from tsunagu.records.models.people import Agency, Officer
from tsunagu.records.models.series import Series


class ClaimRow(models.Model):
    """What an agency works on: a series, or a whole case. It lasts until `expires_at`, or until it is released.

    Of a claim at another installation nobody here knows the officer or the reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True)
    reason = models.TextField()
    claimed_at = models.DateTimeField()
    claimed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True)
    expires_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    overrides = models.BooleanField(default=False)

    class Meta:
        db_table = "claim"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series"], condition=Q(released_at=None), name="claim_of_series"),
            models.UniqueConstraint(fields=["case"], condition=Q(released_at=None), name="claim_of_case"),
        ]


class InterestRow(models.Model):
    """What one side was told of another agency's interest: written by an act of either, read by its own side alone."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    series = models.UUIDField(null=True)
    case = models.UUIDField(null=True)
    other_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()
    held = models.BooleanField()
    told_at = models.DateTimeField()

    class Meta:
        db_table = "interest"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "series", "case", "other_agency", "kind"],
                name="interest_once",
                nulls_distinct=False,
            )
        ]

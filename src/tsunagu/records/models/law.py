"""Rule sets that agencies adopt, and what their lawyers have read of them."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from tsunagu.records.models.grants import ProposalRow
from tsunagu.records.models.people import Agency, Officer


class LawRuleSet(models.Model):
    """One file of rules, kept to the letter. It is adopted when its proposal is confirmed, and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    proposal = models.OneToOneField(ProposalRow, on_delete=models.PROTECT)
    text = models.TextField()
    sha256 = models.BinaryField(max_length=32)

    class Meta:
        db_table = "law_rule_set"


class LawReviewRow(models.Model):
    """A lawyer's word on one row of an adopted rule set, by the row's SHA-256: it holds for these letters alone."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    rule_set = models.ForeignKey(LawRuleSet, on_delete=models.PROTECT)
    row_sha256 = models.BinaryField(max_length=32)
    reviewer = models.TextField()
    reviewed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "law_review"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "row_sha256"], name="law_review_once", condition=Q(ended_at=None))
        ]

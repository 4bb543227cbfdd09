"""What takes two people, and what officers were shown."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from tsunagu.records.models.people import Agency, Officer


class ProposalRow(models.Model):
    """What one person proposed. It is settled once: confirmed by another, or withdrawn."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    kind = models.TextField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    terms = models.JSONField()
    proposed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "proposal"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(officer=F("proposed_by")), name="proposal_not_for_himself"),
            models.CheckConstraint(condition=~Q(confirmed_by=F("proposed_by")), name="proposal_by_two"),
            models.CheckConstraint(condition=~Q(confirmed_by=F("officer")), name="proposal_not_by_himself"),
        ]


class GrantRow(models.Model):
    """A permission beyond the roles; without an officer it is the agency's own switch."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    permission = models.TextField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    proposal = models.OneToOneField(ProposalRow, on_delete=models.PROTECT)
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "permission_grant"
        indexes: ClassVar = [
            models.Index(fields=["agency", "permission"], name="permission_grant_live", condition=Q(ended_at=None))
        ]


class RevealRow(models.Model):
    """One officer's wish to see one item, why, and what became of it; of the picture itself nothing.

    It names case, place and item by their numbers without leaning on them: it stays when they go.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    case_id = models.UUIDField()
    place = models.BigIntegerField()
    item = models.BigIntegerField()
    means = models.TextField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reveal"
        indexes: ClassVar = [models.Index(fields=["agency", "item"], name="reveal_item")]

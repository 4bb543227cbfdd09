"""Schemes of neutral categories, votes, and what was disputed."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.cases import Case
from tsunagu.records.models.media import MediaItem
from tsunagu.records.models.people import Agency, Officer


class SchemeRow(models.Model):
    """A scheme at a fixed version, as its agency uses it. What was voted by it refers to it: it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    name = models.TextField()
    version = models.IntegerField()
    elements = models.JSONField()
    needed = models.SmallIntegerField()
    voters = models.SmallIntegerField()
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey(Officer, on_delete=models.PROTECT)

    class Meta:
        db_table = "category_scheme"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "name", "version"], name="category_scheme_version")
        ]


class VoteRow(models.Model):
    """What one officer has seen of one content of a case; votes are added, never changed, and go with the content."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    item = models.ForeignKey(MediaItem, on_delete=models.PROTECT)
    scheme = models.ForeignKey(SchemeRow, on_delete=models.PROTECT)
    round = models.SmallIntegerField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    grade = models.TextField()
    answers = models.JSONField()
    voted_at = models.DateTimeField()

    class Meta:
        db_table = "vote"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "item", "scheme", "round", "officer"], name="vote_once")
        ]


class DisputeRow(models.Model):
    """Why somebody has disputed what the votes of a round came to. It opens the next round."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    item = models.ForeignKey(MediaItem, on_delete=models.PROTECT)
    scheme = models.ForeignKey(SchemeRow, on_delete=models.PROTECT)
    round = models.SmallIntegerField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    reason = models.TextField()
    disputed_at = models.DateTimeField()

    class Meta:
        db_table = "vote_dispute"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "item", "scheme", "round"], name="vote_dispute_once")
        ]

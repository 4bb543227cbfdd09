"""Overlaps, their hits, what each side was told, and what people judged."""

import secrets
from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.people import Agency, Officer


class Overlap(models.Model):
    """Two cases that share media. Only the linker reads it; the sides see their notices."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    case_a = models.UUIDField()
    case_b = models.UUIDField()
    agency_a = models.UUIDField()
    agency_b = models.UUIDField()
    shared_a = models.BooleanField(default=False)
    shared_b = models.BooleanField(default=False)
    found_at = models.DateTimeField()

    class Meta:
        db_table = "overlap"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case_a", "case_b"], name="overlap_pair")]


def random_hit_id() -> int:
    """Return the id of a new hit, at random: numbers in order would count what other agencies hold."""
    return secrets.randbits(53)


class HitRow(models.Model):
    """What the machine found between one item of either case.

    `silenced` is true where a bank of benign content explains the hit. `holds` is false where an item was examined
    anew and the hit was not found again.
    """

    id = models.BigIntegerField(primary_key=True, default=random_hit_id)
    overlap = models.ForeignKey(Overlap, on_delete=models.PROTECT)
    kind = models.TextField()
    item_a = models.BigIntegerField()
    item_b = models.BigIntegerField()
    distance_bits = models.SmallIntegerField()
    turn = models.SmallIntegerField(null=True)
    stretches = models.JSONField(default=list)
    commonness = models.TextField()
    silenced = models.BooleanField(default=False)
    holds = models.BooleanField(default=True)

    class Meta:
        db_table = "hit"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["overlap", "kind", "item_a", "item_b"], name="hit_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["item_a"], name="hit_item_a"),
            models.Index(fields=["item_b"], name="hit_item_b"),
        ]


class OverlapNotice(models.Model):
    """What one side of an overlap is told: that there is one, and whom to talk to.

    `shared_reference` is the own case's, written down by the officer who shares. `revealed` stays null until both
    sides have shared; then it holds the other case's reference and the summary.
    `held` keeps a notice of a covert case for its co-ordinator alone, until he and, where the other case is covert
    too, his colleague have released it; in that case `other_agency_id` is not written down before. `withheld` hides
    it from a side that is not covert as long as that lasts.
    `ended` is true while no hit of the overlap is left: neither side is told which of them holds something no more.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    overlap_id = models.UUIDField()
    case_id = models.UUIDField()
    other_agency_id = models.UUIDField(null=True)
    held = models.BooleanField()
    withheld = models.BooleanField()
    released_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    shared_at = models.DateTimeField(null=True)
    shared_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    shared_reference = models.TextField(null=True)
    revealed = models.JSONField(null=True)
    ended = models.BooleanField(default=False)

    class Meta:
        db_table = "overlap_notice"
        constraints: ClassVar = [models.UniqueConstraint(fields=["overlap_id", "case_id"], name="overlap_notice_side")]
        indexes: ClassVar = [models.Index(fields=["case_id"], name="overlap_notice_case")]


class JudgementRow(models.Model):
    """One officer's answer to one hit; answers are added, never changed."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    hit = models.ForeignKey(HitRow, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    answer = models.TextField()
    sameness = models.TextField(null=True)
    judged_at = models.DateTimeField()

    class Meta:
        db_table = "judgement"

"""Guests of series, and what they answer."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.people import Agency, Officer
from tsunagu.records.models.series import Series


class GuestRow(models.Model):
    """Somebody of another agency who is to look at one series.

    It is seen by both agencies, by the guest's once two people of the owner have agreed. `officer_id` is who accepted,
    under the `login` that the owner typed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    of = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    login = models.TextField()
    officer_id = models.UUIDField(null=True)
    asked = models.TextField()
    purpose = models.TextField()
    until = models.DateField()
    proposed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    lapses_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.TextField(null=True)

    class Meta:
        db_table = "guest"


class GuestAnswerRow(models.Model):
    """What a guest has made of a series, or of one content of it; it stays, and goes with what it is about."""

    id = models.BigAutoField(primary_key=True)
    guest = models.ForeignKey(GuestRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    case_id = models.UUIDField(null=True)
    item_id = models.BigIntegerField(null=True)
    words = models.TextField()
    grading = models.TextField()
    bearing = models.TextField()
    countries = models.JSONField(default=list)
    places = models.JSONField(default=list)
    support = models.TextField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "guest_answer"
        constraints: ClassVar = [models.UniqueConstraint(fields=["guest", "number"], name="guest_answer_number")]

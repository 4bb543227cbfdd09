"""Cases, who works on them, and their exhibits."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.people import Agency, Officer


class Case(models.Model):
    """One investigation of one agency. Nothing is brought into it while it is closed.

    `keep_until` is the last day, in UTC, on which it is kept; `keep_limit` the last that the data's originator allows.
    Nobody has opened one that stands for a comparison which another installation asks for.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    reference = models.TextField()
    purpose = models.TextField()
    covert = models.BooleanField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True)
    closed_at = models.DateTimeField(null=True)
    keep_until = models.DateField()
    keep_limit = models.DateField(null=True)

    class Meta:
        db_table = "case"
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "reference"], name="case_reference")]


class CaseMember(models.Model):
    """An officer who works on a case, and who let him in."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    added_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        db_table = "case_member"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "officer"], name="case_member_once")]


class Exhibit(models.Model):
    """A seized thing, within one case. Nobody here has registered what another installation asks about."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    reference = models.TextField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "exhibit"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "reference"], name="exhibit_reference")]


class ExhibitKeyRow(models.Model):
    """The public part of a key that was given out for one exhibit. The private part is kept nowhere."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT)
    public_key = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "exhibit_key"

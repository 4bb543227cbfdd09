"""Referrals: the package, which its sender and its receiver see; where it came from, which the sender alone does."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tsunagu.records.models.cases import Case
from tsunagu.records.models.people import Agency
from tsunagu.records.models.seized import ListedPersonRow, SeizedListRow


class ReferralRow(models.Model):
    """A package for one receiver. With its signature it is sealed under a key of its own.

    Nothing of it is changed but that its sender keeps it no more, since the list that it came from is erased; and that
    what came from another installation, and was withdrawn there, loses its key and what it says.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="referrals_sent")
    receiver = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="referrals_received")
    form = models.TextField()
    coordinators_alone = models.BooleanField()
    key = models.BinaryField(null=True)
    sealed = models.BinaryField(null=True)
    by_line = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    keep_until = models.DateField()
    kept_by_sender = models.BooleanField(default=True)

    class Meta:
        db_table = "referral"


class ReferralSourceRow(models.Model):
    """From which person of which list a package was made: the sender's alone, and gone with the list."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    referral = models.ForeignKey(ReferralRow, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    person = models.ForeignKey(ListedPersonRow, on_delete=models.PROTECT)

    class Meta:
        db_table = "referral_source"
        constraints: ClassVar = [models.UniqueConstraint(fields=["referral"], name="referral_source_once")]


class ReferralCaseRow(models.Model):
    """Into which case of its own a receiver has taken a package; None once that case is erased."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    referral = models.ForeignKey(ReferralRow, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT)
    officer_id = models.UUIDField()
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "referral_case"
        constraints: ClassVar = [models.UniqueConstraint(fields=["referral"], name="referral_case_once")]


class ReferralStepRow(models.Model):
    """What was done to a referral; words are sealed under its key. Nothing is changed.

    What the other side's installation has told has the number that it has there, and when it was told here.
    """

    id = models.BigAutoField(primary_key=True)
    referral = models.ForeignKey(ReferralRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    kind = models.TextField()
    of = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    officer_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    returned = models.TextField(null=True)
    role = models.TextField(null=True)
    disposals = ArrayField(models.TextField(), default=list)
    age = models.TextField(null=True)
    sealed = models.BinaryField()
    document = models.BinaryField(max_length=32, null=True)
    number_there = models.IntegerField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "referral_step"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["referral", "number"], name="referral_step_once"),
            models.UniqueConstraint(fields=["referral", "number_there"], name="referral_step_told_once"),
        ]

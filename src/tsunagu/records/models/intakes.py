"""How files came in: one row an intake, one for each file that is uploaded."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from tsunagu.records.models.cases import Exhibit
from tsunagu.records.models.people import Agency, Officer


class Intake(models.Model):
    """Files of one exhibit that are brought in together, as one officer.

    `folder` lies beneath the agency's own watched folder. `attempts` counts the runs that ended without a word;
    `running_since` and `done_before` tell the rate of the run that is under way.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT)
    begun_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    purpose = models.TextField(null=True)
    source = models.TextField()
    folder = models.BinaryField(null=True)
    state = models.TextField()
    files_total = models.BigIntegerField(null=True)
    files_done = models.BigIntegerField(default=0)
    kept = models.BigIntegerField(default=0)
    skipped = models.BigIntegerField(default=0)
    refused = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    running_since = models.DateTimeField(null=True)
    done_before = models.BigIntegerField(default=0)
    attempts = models.SmallIntegerField(default=0)
    failure = models.TextField(null=True)

    class Meta:
        db_table = "intake"
        indexes: ClassVar = [
            models.Index(fields=["exhibit", "begun_at"], name="intake_exhibit"),
            models.Index(fields=["agency"], name="intake_open", condition=Q(ended_at=None)),
        ]


class IntakeFile(models.Model):
    """A file that is uploaded. Its bytes lie elsewhere, under its number; the row goes with them."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT)
    number = models.IntegerField()
    name = models.BinaryField()
    name_digest = models.BinaryField(max_length=32)
    size_bytes = models.BigIntegerField()

    class Meta:
        db_table = "intake_file"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["intake", "number"], name="intake_file_number"),
            models.UniqueConstraint(fields=["intake", "name_digest"], name="intake_file_name"),
        ]


class IntakeChange(models.Model):
    """A place whose file is not the one that came in there earlier, which an intake therefore did not examine."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT)
    path = models.BinaryField()
    path_digest = models.BinaryField(max_length=32)

    class Meta:
        db_table = "intake_change"
        constraints: ClassVar = [models.UniqueConstraint(fields=["intake", "path_digest"], name="intake_change_place")]

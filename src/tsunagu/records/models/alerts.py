"""Alerts, their steps, whom they are told to, and what became of persons."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from tsunagu.records.models.people import Agency


class AlertRow(models.Model):
    """What an officer sends onward. It is never changed: what happens to it stands in its steps.

    It is seen by the agencies that have a row in `alert_party`. `case_id` is the originator's case, and
    `contributors` are agencies whose cases it rests on: neither is told to anybody else. Of an alert that came from
    another installation both stay there.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    originator = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField(null=True)
    contributors = models.JSONField()
    finding = models.TextField()
    grounds = models.JSONField()
    evidence = models.JSONField()
    priority = models.TextField()
    reason = models.TextField()
    agencies = models.JSONField()
    purposes = models.JSONField()
    may_forward = models.BooleanField()
    until = models.DateTimeField()
    raised_at = models.DateTimeField()

    class Meta:
        db_table = "alert"


class AlertPartyRow(models.Model):
    """An agency that is told of an alert.

    `case_id` is the case of its own for which it is; null as long as a hop has not taken it into one. `told` is the
    number of the newest step that somebody of the agency has read, and `notes_told` how many notes.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    alert = models.ForeignKey(AlertRow, on_delete=models.PROTECT)
    case_id = models.UUIDField(null=True)
    told = models.IntegerField(default=0)
    notes_told = models.IntegerField(default=0)

    class Meta:
        db_table = "alert_party"
        constraints: ClassVar = [models.UniqueConstraint(fields=["alert", "agency"], name="alert_party_once")]
        indexes: ClassVar = [models.Index(fields=["agency", "id"], name="alert_party_agency")]


class AlertStepRow(models.Model):
    """One thing that was done to an alert; only ever added.

    A withdrawal stands beside the others, whatever its number: see `AlertPath.of`. `agency` of the step is `of`;
    `entered_by` is the agency whose officer entered it, for itself or a correspondent.
    `key` lets a command be repeated, and `digest` tells whether it is the same one. `document` is the digest of what a
    correspondent sent. `holder`, `state` and `due_at` repeat what the path says after this step, for lists.
    """

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(AlertRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    kind = models.TextField()
    of = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    officer_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    to = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    form = models.TextField(null=True)
    refusal = models.TextField(null=True)
    words = models.TextField(default="")
    document = models.BinaryField(max_length=32, null=True)
    children = models.JSONField(default=dict)
    schools = models.JSONField(default=dict)
    methods = models.JSONField(default=dict)
    key = models.TextField()
    digest = models.BinaryField(max_length=32)
    holder = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    state = models.TextField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alert_step"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert", "number"], condition=~Q(kind="withdrawn"), name="alert_step_number"
            ),
            models.UniqueConstraint(fields=["alert"], condition=Q(kind="withdrawn"), name="alert_step_withdrawn"),
            models.UniqueConstraint(fields=["entered_by", "key"], name="alert_step_key"),
        ]


class AlertNoteRow(models.Model):
    """What an agency on the way says to the others; only ever added. It has an officer where it was written here."""

    id = models.UUIDField(primary_key=True)
    alert = models.ForeignKey(AlertRow, on_delete=models.PROTECT)
    writer = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    officer_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    words = models.TextField()

    class Meta:
        db_table = "alert_note"
        indexes: ClassVar = [models.Index(fields=["alert", "at"], name="alert_note_alert")]


class AlertPersonRow(models.Model):
    """How one person stands, as one step tells it, under a number that means nothing outside the alert."""

    id = models.BigAutoField(primary_key=True)
    step = models.ForeignKey(AlertStepRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    role = models.TextField()
    disposals = models.JSONField(default=list)
    part = models.TextField(default="")
    sentence_months = models.IntegerField(null=True)
    age = models.TextField(null=True)

    class Meta:
        db_table = "alert_person"
        constraints: ClassVar = [models.UniqueConstraint(fields=["step", "number"], name="alert_person_once")]

"""Titles of seized lists and their assessments: sealed under the list's key, and gone with it."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.people import Agency, Officer
from tsunagu.records.models.seized import SeizedListRow


class TitleRow(models.Model):
    """A title; `sealed` holds all that is said of it. Nothing is changed."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    sealed = models.BinaryField()
    entered_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "title"
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "number"], name="title_once")]


class TitleAssessmentRow(models.Model):
    """What a person says of a title. Nothing is changed: the latest one counts."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    title = models.ForeignKey(TitleRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    jurisdiction = models.TextField()
    value = models.TextField()
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    sealed = models.BinaryField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    assessed_at = models.DateTimeField()

    class Meta:
        db_table = "title_assessment"
        constraints: ClassVar = [models.UniqueConstraint(fields=["title", "number"], name="title_assessment_once")]

"""Clues that people have entered, and what they have signed of where a recording was made."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.cases import Case
from tsunagu.records.models.media import Holding
from tsunagu.records.models.people import Agency, Officer


class ClueRow(models.Model):
    """What somebody has seen or heard at one place of one case; never changed, only taken back.

    `countries` and `places` are sorted lists of codes; `region` holds left, top, width and height as fractions of the
    picture, `span` two times in seconds. `number` is what people call the clue by within its case.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    holding = models.ForeignKey(Holding, on_delete=models.PROTECT)
    number = models.IntegerField()
    kind = models.TextField()
    text = models.TextField()
    bearing = models.TextField()
    countries = models.JSONField(default=list)
    places = models.JSONField(default=list)
    support = models.TextField(null=True)
    region = models.JSONField(null=True)
    span = models.JSONField(null=True)
    recorded_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.TextField(null=True)

    class Meta:
        db_table = "clue"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="clue_number")]


class AssessmentRow(models.Model):
    """A list of countries with weights, as an officer has signed it; it stays as it was signed.

    `weighed` is the list as `records.clues` writes it; `clues` are the numbers of those that were weighed.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    number = models.IntegerField()
    method = models.TextField()
    weighed = models.JSONField()
    clues = models.JSONField()
    state = models.TextField()
    statement = models.TextField()
    signed_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "country_assessment"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="country_assessment_number")]

"""Vintages of statistics: what was counted, as it was known on one day."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.people import Agency, Officer


class StatVintageRow(models.Model):
    """One vintage of one year; never changed and never deleted. What it says is sealed: it holds small counts too."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    year = models.IntegerField()
    known_on = models.DateField()
    status = models.TextField()
    sealed = models.BinaryField()
    frozen_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    frozen_at = models.DateTimeField()

    class Meta:
        db_table = "stat_vintage"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "year", "known_on"], name="stat_vintage_day")
        ]

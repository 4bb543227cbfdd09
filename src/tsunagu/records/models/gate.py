"""What is recorded of persons whom a seized list names: sealed under the list's key, and gone with it."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from tsunagu.records.models.people import Agency, Officer
from tsunagu.records.models.seized import ListedPersonRow, SeizedListRow


class GateStepRow(models.Model):
    """One step of a person's gate file. Nothing is changed, and what a step says is sealed."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    person = models.ForeignKey(ListedPersonRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    kind = models.TextField()
    sealed = models.BinaryField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        db_table = "gate_step"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "number"], name="gate_step_once")]
        indexes: ClassVar = [models.Index(fields=["list", "person"], name="gate_step_list")]


class JuvenileRow(models.Model):
    """An entry of somebody's file who went the way of juveniles: a store of its own, each under a key of its own."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    person = models.ForeignKey(ListedPersonRow, on_delete=models.PROTECT)
    number = models.IntegerField(default=1)
    keep_until = models.DateField()
    key = models.BinaryField()
    sealed = models.BinaryField()
    decided_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "juvenile"
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "number"], name="juvenile_once")]

"""Series, what was done to them, and what they consist of now."""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tsunagu.records.models.banks import Bank, BankItem
from tsunagu.records.models.cases import Case
from tsunagu.records.models.media import MediaItem
from tsunagu.records.models.people import Agency, Officer


class Series(models.Model):
    """Media of the same child or event, as one agency has put them together.

    `root` is the series in which it stands now: itself, unless it was merged into another. `stands` is false while the
    split that has made it is undone. The name is null once every case of it is erased: such a row names nothing, and
    holds together the steps of the series that were merged with it. `receivers`, `purposes`, `may_forward` and
    `restricted_until` say what others may do with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    name = models.TextField(null=True)
    purpose = models.TextField()
    status = models.TextField()
    distributed = models.TextField()
    receivers = ArrayField(models.UUIDField(), default=list)
    purposes = ArrayField(models.TextField(), default=list)
    may_forward = models.BooleanField(default=False)
    restricted_until = models.DateField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    root = models.ForeignKey("self", on_delete=models.PROTECT)
    stands = models.BooleanField(default=True)

    class Meta:
        db_table = "series"
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "name"], name="series_name")]


class SeriesCase(models.Model):
    """A case that a series rests on: whoever works on it sees the series, and of its items those of his cases."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)

    class Meta:
        db_table = "series_case"
        constraints: ClassVar = [models.UniqueConstraint(fields=["series", "case"], name="series_case_once")]


class SeriesAlias(models.Model):
    """What others call a series."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    alias = models.TextField()

    class Meta:
        db_table = "series_alias"
        constraints: ClassVar = [models.UniqueConstraint(fields=["series", "alias"], name="series_alias_once")]


class SeriesStep(models.Model):
    """One thing that an officer did to a series; steps are added, never changed. `step_id` is what it is called by."""

    id = models.BigAutoField(primary_key=True)
    step_id = models.UUIDField(unique=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    kind = models.TextField()
    other = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, related_name="+")
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    is_context = models.BooleanField(default=False)
    value = models.TextField(default="")
    reason = models.TextField(default="")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    done_at = models.DateTimeField()

    class Meta:
        db_table = "series_step"
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(other=F("series")), name="series_step_not_with_itself")
        ]


class SeriesPlacing(models.Model):
    """A content of a case that a step puts into a series or takes out of one. It goes with the content."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    step = models.ForeignKey(SeriesStep, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    item = models.ForeignKey(MediaItem, on_delete=models.PROTECT)

    class Meta:
        db_table = "series_placing"
        constraints: ClassVar = [models.UniqueConstraint(fields=["step", "case", "item"], name="series_placing_once")]


class SeriesItemRow(models.Model):
    """A content of a case that stands in a series now, as its steps amount to. `series` is where it was put itself."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    item = models.ForeignKey(MediaItem, on_delete=models.PROTECT)
    is_context = models.BooleanField(default=False)

    class Meta:
        db_table = "series_item"
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "item"], name="series_item_once")]


class PublishedItem(models.Model):
    """A content of a series that a bank knows because of it, and no longer than the series gives a ground."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    item = models.ForeignKey(MediaItem, on_delete=models.PROTECT)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT)
    bank_item = models.ForeignKey(BankItem, on_delete=models.PROTECT, db_constraint=False)
    published_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "published_item"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "item", "bank_item"], name="published_item_once")
        ]

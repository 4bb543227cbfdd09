"""Seized lists: the sealed copy and the rows under a key of the list's own, people's answers, and who the rows name.

Nothing of what a row says stands in a column in clear: pieces and chunks are sealed, and without the list's key, which
goes with the list, nobody opens them.
"""

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tsunagu.records.models.cases import Exhibit
from tsunagu.records.models.people import Agency, Officer


class SeizedListRow(models.Model):
    """A list, how it is read, and how far its import and its resolution are.

    `key` is sealed by the keyring, and everything else under it: in `described` name, columns and mapping, in `links`
    what was compared, and in `facts` what was derived from each row. `imported_at` is None while rows are missing.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT)
    number = models.IntegerField()
    key = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)
    size_bytes = models.BigIntegerField()
    described = models.BinaryField()
    rows = models.IntegerField(default=0)
    refused = models.JSONField(default=dict)
    oddities = models.BinaryField(null=True)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    imported_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolve_asked_at = models.DateTimeField(null=True)
    links = models.BinaryField(null=True)
    facts = models.BinaryField(null=True)

    class Meta:
        db_table = "seized_list"
        constraints: ClassVar = [models.UniqueConstraint(fields=["exhibit", "sha256"], name="seized_list_once")]


class SeizedPieceRow(models.Model):
    """A piece of the sealed copy, by its number from 0."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    number = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "seized_piece"
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "number"], name="seized_piece_once")]


class SeizedChunkRow(models.Model):
    """Rows of a list as they were read, `count` of them from `first` on, those that were refused included."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    first = models.IntegerField()
    count = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        db_table = "seized_chunk"
        constraints: ClassVar = [models.UniqueConstraint(fields=["list", "first"], name="seized_chunk_once")]


class PairAnswerRow(models.Model):
    """What an officer has said of two rows. Nothing is changed: his last answer counts."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    one = models.IntegerField()
    other = models.IntegerField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    answer = models.TextField()
    reason = models.TextField()
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "pair_answer"
        indexes: ClassVar = [models.Index(fields=["list", "id"], name="pair_answer_list")]


class ListedPersonRow(models.Model):
    """Rows that name one person, from when to when they were taken to: what was undone stays as history."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    rows = ArrayField(models.IntegerField())
    prefecture = models.TextField(null=True)
    method = models.TextField()
    confidence = models.TextField()
    alternatives = ArrayField(models.TextField())
    needs_a_person = models.BooleanField()
    since = models.DateTimeField()
    apart = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "listed_person"
        indexes: ClassVar = [models.Index(fields=["list", "ended_at"], name="listed_person_list")]


class PrefectureDecisionRow(models.Model):
    """What an officer has decided of where the person of these rows lives. Nothing is changed: the last one counts.

    `prefecture` is a code, `unknown` where he found that nobody can tell, or empty where he took it back.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    list = models.ForeignKey(SeizedListRow, on_delete=models.PROTECT)
    rows = ArrayField(models.IntegerField())
    prefecture = models.TextField()
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    reason = models.TextField()
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "prefecture_decision"
        indexes: ClassVar = [models.Index(fields=["list", "id"], name="prefecture_decision_list")]


class SavedMappingRow(models.Model):
    """How an officer reads lists, under a name of his own; both are sealed."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    sealed = models.BinaryField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "saved_mapping"
        indexes: ClassVar = [models.Index(fields=["officer"], name="saved_mapping_officer")]

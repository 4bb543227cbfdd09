"""Banks of known items, and the lists that were imported into them."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q

from tsunagu.records.models.people import Agency, Officer


class Bank(models.Model):
    """A named set of known items, with its owner and legal ground.

    `items` counts those that are not withdrawn: counting ten million rows takes seconds. `unapplied` is true while
    what the bank declares benign may not yet have silenced the hits that are there. `legal_ground` is null where nobody
    has stated one.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    name = models.TextField()
    semantics = models.TextField()
    legal_ground = models.TextField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    unapplied = models.BooleanField(default=False)
    radius_bits = models.SmallIntegerField(default=31)
    is_on = models.BooleanField(default=True)
    is_open = models.BooleanField(default=False)
    share_percent = models.SmallIntegerField(default=100)
    expires_on = models.DateField(null=True)
    items = models.BigIntegerField(default=0)

    class Meta:
        db_table = "bank"
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "name"], name="bank_name")]


class BankImport(models.Model):
    """A list that is or was brought into a bank: its rows answer nobody before it has come to its end.

    `content` is the list's SHA-256; `stated` what the officer said of it: said otherwise, it is another import.
    `rows_in` is also where it goes on after a crash, and `read_bytes` how much of the list was read for them. `failure`
    is a code, and the rows that came in until then are withdrawn; `failure_reason` says in words what is wrong with the
    list, and `failure_row` behind which of its rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT)
    content = models.BinaryField(max_length=32)
    format = models.TextField()
    stated = models.JSONField(default=dict)
    size_bytes = models.BigIntegerField()
    began_at = models.DateTimeField()
    began_by = models.ForeignKey(Officer, on_delete=models.PROTECT)
    rows_in = models.BigIntegerField(default=0)
    read_bytes = models.BigIntegerField(default=0)
    imported = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0)
    refused = models.JSONField(default=dict)
    lost_fields = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)
    failure = models.TextField(null=True)
    failure_reason = models.TextField(null=True)
    failure_row = models.BigIntegerField(null=True)

    class Meta:
        db_table = "bank_import"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bank", "content", "format", "stated"], condition=Q(failure=None), name="bank_import_once"
            )
        ]


class BankItem(models.Model):
    """One known item: what it is recognised by, and what else a list says of it.

    `id` is also its place in the log of changes: ids are drawn under a lock that is held until the commit, so that
    what has a smaller one was committed before. `withdrawn` is the place of its withdrawal, drawn alike, or 0 where it
    had no fingerprint and is in no log; a withdrawn item keeps nothing by which it could be recognised. `key` tells
    whether a bank has it already. `quarantine` says why it answers nobody until an officer lets it, `disabled_until`
    until when its owner put it off. There are tens of millions of these rows, and each foreign key would cost as much
    as the row: policies stand for them.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    part_of = models.ForeignKey(
        BankImport, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, db_column="import_id"
    )
    key = models.UUIDField(null=True)
    md5 = models.BinaryField(max_length=16, null=True)
    sha1 = models.BinaryField(max_length=20, null=True)
    sha256 = models.BinaryField(max_length=32, null=True)
    pdq = models.BinaryField(max_length=32, null=True)
    details = models.JSONField(null=True)
    added_at = models.DateTimeField()
    opinion = models.TextField(null=True)
    quarantine = models.JSONField(null=True)
    withdrawn = models.BigIntegerField(null=True)
    disabled_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "bank_item"
        constraints: ClassVar = [models.UniqueConstraint(fields=["bank", "key"], name="bank_item_once")]
        indexes: ClassVar = [
            models.Index(fields=["md5"], name="bank_item_md5", condition=Q(md5__isnull=False)),
            models.Index(fields=["sha1"], name="bank_item_sha1", condition=Q(sha1__isnull=False)),
            models.Index(fields=["sha256"], name="bank_item_sha256", condition=Q(sha256__isnull=False)),
            models.Index(fields=["id"], name="bank_item_pdq", condition=Q(pdq__isnull=False)),
            models.Index(fields=["withdrawn"], name="bank_item_withdrawn", condition=Q(withdrawn__gt=0)),
            models.Index(fields=["bank", "id"], name="bank_item_held", condition=Q(quarantine__isnull=False)),
        ]


class LookUpDay(models.Model):
    """How much an officer, or one key of his, has asked on one day, in UTC: what his budget is measured by."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    api_key = models.UUIDField(null=True)
    day = models.DateField()
    queries = models.BigIntegerField(default=0)

    class Meta:
        db_table = "look_up_day"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["officer", "api_key", "day"], name="look_up_day_once", nulls_distinct=False)
        ]


class LookUpHit(models.Model):
    """Somebody asked for what an item of a bank is near to: the bank's owner learns of it.

    `agency` is the owner, `asked_by` whoever asked. Hundreds of these may come in a second: as with `BankItem`,
    policies stand for foreign keys.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    item_id = models.BigIntegerField()
    asked_by = models.ForeignKey(
        Agency, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    asked_at = models.DateTimeField()
    distance_bits = models.SmallIntegerField()

    class Meta:
        db_table = "look_up_hit"
        indexes: ClassVar = [models.Index(fields=["bank", "-id"], name="look_up_hit_bank")]


class RecentQuery(models.Model):
    """A fingerprint that an agency asked for lately: a new item that is near many of them is too wide to go live."""

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False)
    pdq = models.BinaryField(max_length=32)

    class Meta:
        db_table = "recent_query"
        indexes: ClassVar = [models.Index(fields=["agency", "id"], name="recent_query_agency")]

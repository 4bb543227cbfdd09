"""Media items, where an agency holds them, and their traces. No pixel, no sound and no frame is ever kept."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from tsunagu.records.models.cases import Exhibit
from tsunagu.records.models.intakes import Intake
from tsunagu.records.models.people import Agency


class MediaItem(models.Model):
    """One content as one agency knows it. Unique per agency: a shared key would tell what others hold.

    `parked` tells why the content could not be compared with what is held: an error's code. It is left out then, so
    that it stops nobody else's, until it is examined anew.
    `claimed` tells that another agency says what was learnt of it: an examination of one's own takes its place.
    `compared` is its number among all items whose fingerprints were compared, in the order in which they were; unset
    while they never were. A snapshot of what is held goes up to such a number.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    sha256 = models.BinaryField(max_length=32)
    sha1 = models.BinaryField(max_length=20)
    md5 = models.BinaryField(max_length=16)
    size_bytes = models.BigIntegerField()
    media_type = models.TextField(null=True)
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    duration_s = models.FloatField(null=True)
    codecs = models.JSONField(default=list)
    tags = models.JSONField(default=dict)
    refused = models.TextField(null=True)
    parked = models.TextField(null=True)
    claimed = models.BooleanField(default=False)
    compared = models.BigIntegerField(null=True)

    class Meta:
        db_table = "media_item"
        constraints: ClassVar = [models.UniqueConstraint(fields=["agency", "sha256"], name="media_item_content")]
        indexes: ClassVar = [
            models.Index(fields=["sha256"], name="media_item_sha256"),
            models.Index(fields=["id"], name="media_item_parked", condition=Q(parked__isnull=False)),
            models.Index(fields=["agency", "id"], name="media_item_refused", condition=Q(refused__isnull=False)),
            models.Index(fields=["compared"], name="media_item_compared", condition=Q(compared__isnull=False)),
        ]


class Holding(models.Model):
    """One place in one exhibit where a content lies.

    `number` is what people and programs call the place by within its case; the ids count what all agencies hold.
    `path_digest` keeps the key short: a path may be longer than an index entry may be.
    `linked_at` is set once the content was compared with all that is held; it stays unset while that is parked.
    `intake` is what brought it in last, where that was an upload or a watched folder. `scanned` tells that it was
    examined on another host, so that its path leads nowhere here.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT)
    number = models.BigIntegerField()
    item = models.ForeignKey(MediaItem, on_delete=models.PROTECT, null=True)
    path = models.BinaryField()
    path_digest = models.BinaryField(max_length=32)
    size_bytes = models.BigIntegerField()
    mtime_ns = models.BigIntegerField()
    refused = models.TextField(null=True)
    linked_at = models.DateTimeField(null=True)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, null=True)
    scanned = models.BooleanField(default=False)

    class Meta:
        db_table = "holding"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["exhibit", "path_digest"], name="holding_path"),
            # With the agency, by which row-level security filters: counting reads the index alone.
            models.UniqueConstraint(fields=["exhibit", "number"], include=["agency"], name="holding_number"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="holding_unlinked", condition=Q(linked_at=None)),
            models.Index(fields=["exhibit"], name="holding_waiting", condition=Q(linked_at=None)),
            models.Index(fields=["exhibit"], name="holding_refused", condition=Q(refused__isnull=False)),
        ]


class Trace(models.Model):
    """One stored fingerprint: of a picture, of one frame of a video, or of a whole sound.

    `data` is the fingerprint's bytes; for sound its words, 4 bytes each, big-endian. `turns` holds the eight
    fingerprints of a picture one after the other, in the order of `Turn`.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    item = models.ForeignKey(MediaItem, on_delete=models.PROTECT)
    kind = models.TextField()
    data = models.BinaryField()
    turns = models.BinaryField(null=True)
    quality = models.SmallIntegerField(null=True)
    at_s = models.FloatField(null=True)
    frame = models.IntegerField(null=True)

    class Meta:
        db_table = "fingerprint"
        indexes: ClassVar = [models.Index(fields=["kind", "id"], name="fingerprint_kind")]


class HeldSnapshot(models.Model):
    """A snapshot of what is held that some host has published: it names the files there.

    It knows of the compared items whose numbers are larger than `after`, up to `position`; `traces` is how many
    fingerprints it holds.
    """

    id = models.UUIDField(primary_key=True)
    after = models.BigIntegerField(db_default=0)
    position = models.BigIntegerField()
    traces = models.BigIntegerField()
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "held_snapshot"

"""Other installations, their keys, and the messages that go to and come from them.

These rows are no agency's. They are seen and written only in the name of the installation that they are about, which no
officer acts for; a message that an agency's step brings about is put into the outbox in that agency's name.
"""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import Q


class HubMember(models.Model):
    """An installation: this one itself (`is_own`), or one that it exchanges with. Its name is open to all here.

    `their_key` is the number of our keys that the member has last said to hold. `called_at`, `reached_at` and
    `failed_calls` tell of our calls to it: see `domain.hub.LineState`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.TextField(unique=True)
    address = models.TextField(default="")
    is_own = models.BooleanField(default=False)
    entered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    their_key = models.IntegerField(default=1)
    called_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    failed_calls = models.IntegerField(default=0)

    class Meta:
        db_table = "hub_member"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["is_own"], condition=Q(is_own=True), name="hub_member_own")
        ]


class HubKey(models.Model):
    """The keys of an installation at one number; the private ones of this installation sealed beside them."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(HubMember, on_delete=models.PROTECT)
    number = models.IntegerField()
    signing = models.BinaryField(max_length=32)
    recipient = models.TextField()
    sealed = models.BinaryField(null=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "hub_key"
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "number"], name="hub_key_number")]


class HubOutgoing(models.Model):
    """A message to a member. What it says is kept until the member has answered it, or its membership has ended.

    `about` tells within the stream what it is about, so that nothing is put there twice. `number` is its place in the
    stream, given when it is first sent: who puts it in sees no other message. `agency` is on whose behalf it goes.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(HubMember, on_delete=models.PROTECT)
    stream = models.TextField()
    about = models.TextField()
    number = models.IntegerField(null=True)
    kind = models.TextField()
    body = models.JSONField()
    speaker_id = models.UUIDField(null=True)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    refused = models.TextField(null=True)

    class Meta:
        db_table = "hub_outgoing"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "stream", "about"], name="hub_outgoing_about"),
            models.UniqueConstraint(fields=["member", "stream", "number"], name="hub_outgoing_number"),
            models.CheckConstraint(condition=Q(answered_at=None) | Q(body={}), name="hub_outgoing_emptied"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "id"], condition=Q(answered_at=None), name="hub_outgoing_open")
        ]


class HubIncoming(models.Model):
    """A genuine message of a member: kept once, whatever came how often, and acted upon in the order of its stream.

    `done_at` is when it was acted upon, or refused for what it says, of which then only the digest is kept;
    `answered_at` when the member was last told.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(HubMember, on_delete=models.PROTECT)
    stream = models.TextField()
    number = models.IntegerField()
    kind = models.TextField()
    digest = models.BinaryField(max_length=32)
    body = models.JSONField()
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    refused = models.TextField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hub_incoming"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "stream", "number"], name="hub_incoming_number"),
            models.CheckConstraint(condition=Q(done_at=None) | Q(body={}), name="hub_incoming_emptied"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "id"], condition=Q(done_at=None), name="hub_incoming_open"),
            models.Index(fields=["member", "id"], condition=Q(answered_at=None), name="hub_incoming_unanswered"),
        ]


class HubSeen(models.Model):
    """An envelope that was opened, for as long as it is good: whoever brings it again replays it."""

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(HubMember, on_delete=models.PROTECT)
    envelope_id = models.UUIDField()
    until = models.DateTimeField()

    class Meta:
        db_table = "hub_seen"
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "envelope_id"], name="hub_seen_once")]
        indexes: ClassVar = [models.Index(fields=["member", "until"], name="hub_seen_until")]

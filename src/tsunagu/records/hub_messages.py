"""The outbox and the inbox, as rows. Call all but `put` within `acting_for` the member."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Max, Min, OuterRef, Q, Value
from django.db.models.functions import Concat

from tsunagu.domain.hub import MessageKind
from tsunagu.federation.envelope import Envelope
from tsunagu.federation.streams import Inbox, closing, is_due
from tsunagu.records.models import HubIncoming, HubOutgoing, HubSeen

MOST_SAID_BYTES = 8 << 20
"""What messages say that are sent at once; signed and sealed it is under `federation.bundle.MOST_SENT_BYTES`."""
LOCK_MEMBER = 7400107
"""The advisory lock under which messages of one member are numbered and kept."""
Answer = tuple[str, int, str | None]
"""Stream and number of a message that was received, and why it was refused for what it says; None where it was not."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is put into the outbox.

    Attributes:
        about: what it is about, within its stream: nothing is put there twice.
        speaker_id: the agency in whose name it is put there; None for the installation itself.
    """

    stream: str
    about: str
    kind: MessageKind
    body: Mapping[str, Any]
    speaker_id: UUID | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message in the outbox that has its number."""

    row_id: int
    stream: str
    number: int
    kind: MessageKind
    body: Mapping[str, Any]
    speaker_id: UUID | None
    tries: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message in the inbox."""

    row_id: int
    stream: str
    number: int
    kind: MessageKind
    body: Mapping[str, Any]


def put(member_id: UUID, drafts: Iterable[Draft], *, now: datetime) -> None:
    """Put messages into the outbox, in order; what is about the same as one that was put there before is left out."""
    HubOutgoing.objects.bulk_create(
        [
            HubOutgoing(
                member_id=member_id,
                stream=one.stream,
                about=one.about,
                kind=one.kind,
                body=one.body,
                speaker_id=one.speaker_id,
                written_at=now,
            )
            for one in drafts
        ],
        ignore_conflicts=True,
    )


def lock(member_id: UUID) -> None:
    """Let nobody else number or keep messages of a member until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_MEMBER, str(member_id)])


def leave_closed(member_id: UUID, *, now: datetime) -> None:
    """Send no more, and keep no more, of what the streams say that a message in the outbox closes."""
    closed = HubOutgoing.objects.filter(member_id=member_id, stream=Concat(Value(closing("")), OuterRef("stream")))
    HubOutgoing.objects.filter(Exists(closed), member_id=member_id, answered_at=None).update(answered_at=now, body={})


def give_numbers(member_id: UUID) -> None:
    """Give each new message its number in its stream, in the order in which they were put. Call it under `lock`."""
    new = list(HubOutgoing.objects.filter(member_id=member_id, number=None).order_by("id"))
    streams = {one.stream for one in new}
    found = HubOutgoing.objects.filter(member_id=member_id, stream__in=streams).values("stream")
    last = {one["stream"]: one["last"] or 0 for one in found.annotate(last=Max("number"))}
    for one in new:
        last[one.stream] += 1
        one.number = last[one.stream]
    HubOutgoing.objects.bulk_update(new, ["number"], batch_size=1000)


def due(member_id: UUID, *, now: datetime, most: int, at_once: bool) -> tuple[Outgoing, ...]:
    """Return the unanswered messages that are to be sent now, oldest first.

    Args:
        member_id: to whom.
        now: this moment.
        most: how many at most; fewer where they say much, so that they can be sent at once.
        at_once: all of them, whenever they were last sent.
    """
    left = MOST_SAID_BYTES
    taken: list[Outgoing] = []
    for one in islice(_due(member_id, now=now, at_once=at_once), most):
        left -= len(json.dumps(one.body))
        if left < 0 and taken:
            break
        taken.append(one)
    return tuple(taken)


def is_any_due(member_id: UUID, *, now: datetime) -> bool:
    """Return whether a member is to be sent anything now, be it an answer to what it has sent."""
    rows = HubOutgoing.objects.filter(member_id=member_id, number=None, answered_at=None)
    return (
        rows.exists()
        or HubIncoming.objects.filter(member_id=member_id, answered_at=None).exists()
        or any(True for _ in _due(member_id, now=now, at_once=False))
    )


def _due(member_id: UUID, *, now: datetime, at_once: bool) -> Iterator[Outgoing]:
    rows = HubOutgoing.objects.filter(member_id=member_id, answered_at=None, number__isnull=False).order_by("id")
    found = (one for one in rows.iterator() if at_once or is_due(sent_at=one.sent_at, tries=one.tries, now=now))
    return (_outgoing(one) for one in found)


def _outgoing(one: HubOutgoing) -> Outgoing:
    kind = MessageKind(one.kind)
    return Outgoing(one.id, one.stream, one.number or 0, kind, one.body, one.speaker_id, one.tries)


def note_sent(row_ids: Iterable[int], *, now: datetime) -> None:
    """Keep that messages were sent."""
    rows = list(HubOutgoing.objects.filter(id__in=list(row_ids)))
    for one in rows:
        one.sent_at, one.tries = now, one.tries + 1
    HubOutgoing.objects.bulk_update(rows, ["sent_at", "tries"], batch_size=1000)


def note_answers(member_id: UUID, answers: Sequence[Answer], *, now: datetime) -> tuple[Outgoing, ...]:
    """Keep which messages a member has received, and which it refused; return those that were not known to be.

    What they say is kept no longer.
    """
    changed: list[HubOutgoing] = []
    found: list[Outgoing] = []
    told = {(stream, number): refused for stream, number, refused in answers}
    rows = HubOutgoing.objects.filter(member_id=member_id, stream__in={stream for stream, _, _ in answers})
    for one in rows.filter(Q(answered_at=None) | Q(refused=None)):
        key = (one.stream, one.number or 0)
        if key in told and (one.answered_at is None or told[key] is not None):
            found.append(_outgoing(one))
            one.answered_at, one.refused, one.body = now, told[key], {}
            changed.append(one)
    HubOutgoing.objects.bulk_update(changed, ["answered_at", "refused", "body"], batch_size=1000)
    return tuple(found)


def empty(member_id: UUID) -> None:
    """Keep nothing of what messages to and from a member say: it is one no more, and nobody will ask for them."""
    for rows in (HubOutgoing.objects, HubIncoming.objects):
        rows.filter(member_id=member_id).update(body={})


def note_seen(member_id: UUID, envelope: Envelope) -> bool:
    """Keep that an envelope was opened, and return whether it is the first time. Call it under `lock`."""
    if HubSeen.objects.filter(member_id=member_id, envelope_id=envelope.envelope_id).exists():
        return False
    HubSeen.objects.create(member_id=member_id, envelope_id=envelope.envelope_id, until=envelope.until)
    return True


def forget_seen(member_id: UUID, *, now: datetime) -> None:
    """Forget the envelopes that are not good any more."""
    HubSeen.objects.filter(member_id=member_id, until__lte=now).delete()


def inbox_of(member_id: UUID, stream: str) -> Inbox:
    """Return one stream of the inbox as it stands."""
    rows = HubIncoming.objects.filter(member_id=member_id, stream=stream).values_list("number", "digest", "done_at")
    digests, done = {}, 0
    for number, digest, done_at in rows:
        digests[number] = bytes(digest)
        done = max(done, number if done_at is not None else 0)
    return Inbox(digests, done)


def keep(member_id: UUID, envelope: Envelope, digest: bytes, *, now: datetime) -> None:
    """Keep a message that is new to its stream; nothing of what it says where the stream is closed."""
    closed = HubIncoming.objects.filter(member_id=member_id, stream=closing(envelope.stream)).exists()
    HubIncoming.objects.create(
        member_id=member_id,
        stream=envelope.stream,
        number=envelope.number,
        kind=envelope.kind,
        digest=digest,
        body={} if closed else envelope.body,
        received_at=now,
        done_at=now if closed else None,
    )


def close(member_id: UUID, stream: str, *, now: datetime) -> None:
    """Act upon nothing more of a stream, and keep nothing of what waits in it."""
    HubIncoming.objects.filter(member_id=member_id, stream=stream, done_at=None).update(done_at=now, body={})


def answer_again(member_id: UUID, stream: str, number: int) -> None:
    """Let a member be told once more what became of a message."""
    HubIncoming.objects.filter(member_id=member_id, stream=stream, number=number).update(answered_at=None)


def next_ready(member_id: UUID, stream: str) -> Incoming | None:
    """Return the message of a stream that is to be acted upon next; None where there is none, or a gap before it."""
    inbox = inbox_of(member_id, stream)
    if not inbox.ready:
        return None
    one = HubIncoming.objects.get(member_id=member_id, stream=stream, number=inbox.ready[0])
    return Incoming(one.id, one.stream, one.number, MessageKind(one.kind), one.body)


def open_streams(member_id: UUID) -> tuple[str, ...]:
    """Return the streams in which a message waits to be acted upon, by name."""
    rows = HubIncoming.objects.filter(member_id=member_id, done_at=None).values_list("stream", flat=True)
    return tuple(sorted(set(rows)))


def note_done(row_id: int, *, refused: str | None, now: datetime) -> None:
    """Keep that a message was acted upon, or why it was refused, and no longer what it says.

    The member is told what was not told yet.
    """
    rows = HubIncoming.objects.filter(id=row_id)
    if refused is None:
        rows.update(done_at=now, body={})
    else:
        rows.update(done_at=now, body={}, refused=refused, answered_at=None)


def taken_since(member_id: UUID, kind: MessageKind, moment: datetime) -> int:
    """Return how many messages of a kind were acted upon since then, and not refused."""
    rows = HubIncoming.objects.filter(member_id=member_id, kind=kind, done_at__gt=moment, refused=None)
    return rows.count()


def to_answer(member_id: UUID, *, most: int, now: datetime) -> tuple[Answer, ...]:
    """Return what a member is to be told of its messages, and keep that it is told now."""
    rows = list(HubIncoming.objects.filter(member_id=member_id, answered_at=None).order_by("id")[:most])
    HubIncoming.objects.filter(id__in=[one.id for one in rows]).update(answered_at=now)
    return tuple((one.stream, one.number, one.refused) for one in rows)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages of one member stand how; see `domain.hub.MemberStatus`."""

    unsent: int
    unanswered: int
    oldest: datetime | None
    refused_there: int
    waiting: int
    refused_here: int


def counts(member_id: UUID) -> Counts:
    """Return how many messages of one member stand how."""
    unanswered = HubOutgoing.objects.filter(member_id=member_id, answered_at=None)
    return Counts(
        unanswered.filter(tries=0).count(),
        unanswered.filter(tries__gt=0).count(),
        unanswered.aggregate(oldest=Min("written_at"))["oldest"],
        HubOutgoing.objects.filter(member_id=member_id, refused__isnull=False).count(),
        HubIncoming.objects.filter(member_id=member_id, done_at=None).count(),
        HubIncoming.objects.filter(member_id=member_id, refused__isnull=False).count(),
    )

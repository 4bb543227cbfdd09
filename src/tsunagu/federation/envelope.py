"""The envelope of a message: signed as a JSON web signature, then sealed with age for who is to read it.

Signed: who writes to whom, a random id, from when until when it is good, its place in its stream, and what it says.
Outside the seal nothing is told, not even who wrote it. (RFC 7515, algorithm of RFC 9864; age-encryption.org/v1.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pyrage
from joserfc import jws
from joserfc.errors import JoseError

from tsunagu.domain.clock import utc_text
from tsunagu.domain.hub import SKEW, HubRefusal, MessageKind, MessageRefused
from tsunagu.federation.keys import MemberKeys, OwnKeys
from tsunagu.federation.moments import moment_in
from tsunagu.federation.plain import plain_values

MOST_BYTES = 4 << 20
"""So large a message is at most, sealed."""
MOST_STREAM = 100
MOST_NUMBER = 2**31 - 1
_ALGORITHM = "Ed25519"
_TYPE = "tsunagu-message/1"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message with what is said of it, all of it under its writer's signature.

    Attributes:
        envelope_id: random, and another one each time the message is sealed: who has seen it twice has seen a replay.
        stream: within which messages are in order, such as all about one alert.
        number: its place in the stream, from 1; 0 for a receipt, which has none.
        until: when it is not good any more.
        body: what it says, as plain values.
    """

    envelope_id: UUID
    sender_id: UUID
    receiver_id: UUID
    kind: MessageKind
    stream: str
    number: int
    made_at: datetime
    until: datetime
    body: Mapping[str, Any]

    @property
    def digest(self) -> bytes:
        """What tells the content of this message from another one's, however often it is sealed: 32 bytes."""
        return hashlib.sha256(_text([self.kind.value, self.body])).digest()


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A message that was sealed for us, before its signature was held against anything.

    Attributes:
        sender_id, key_number: by whose key it says that it is signed.
    """

    sender_id: UUID
    key_number: int
    signed: bytes

    def verified(self, keys: MemberKeys, *, own_id: UUID, now: datetime) -> Envelope:
        """Return the envelope, once its signature and all that is said of it have held.

        Raises:
            MessageRefused: FORGED, MALFORMED, RE_ADDRESSED, EXPIRED or FROM_THE_FUTURE.
        """
        try:
            payload = jws.deserialize_compact(self.signed, keys.verifying_key(), algorithms=[_ALGORITHM]).payload
        except (JoseError, KeyError, TypeError, AttributeError, ValueError):
            raise MessageRefused(HubRefusal.FORGED) from None
        envelope = _read(payload)
        if envelope.receiver_id != own_id or envelope.sender_id != self.sender_id:
            raise MessageRefused(HubRefusal.RE_ADDRESSED)
        if now >= envelope.until:
            raise MessageRefused(HubRefusal.EXPIRED)
        if envelope.made_at > now + SKEW:
            raise MessageRefused(HubRefusal.FROM_THE_FUTURE)
        return envelope


def seal(envelope: Envelope, own: OwnKeys, receiver: MemberKeys) -> bytes:
    """Return a message signed by us and sealed for its receiver."""
    payload = {
        "id": str(envelope.envelope_id),
        "from": str(envelope.sender_id),
        "to": str(envelope.receiver_id),
        "kind": envelope.kind.value,
        "stream": envelope.stream,
        "number": envelope.number,
        "made_at": utc_text(envelope.made_at),
        "until": utc_text(envelope.until),
        "body": envelope.body,
    }
    header = {"alg": _ALGORITHM, "typ": _TYPE, "kid": f"{envelope.sender_id}:{own.number}"}
    signed = jws.serialize_compact(header, _text(payload), own.signing_key(), algorithms=[_ALGORITHM])
    sealed: bytes = pyrage.encrypt(signed.encode(), [pyrage.x25519.Recipient.from_str(receiver.recipient)])
    return sealed


def unseal(sealed: bytes, own: Iterable[OwnKeys]) -> Unsealed:
    """Return what was sealed for one of our keys.

    Raises:
        MessageRefused: UNREADABLE: it was not, was changed on its way, is too large, or holds no signed message.
    """
    if len(sealed) > MOST_BYTES:
        raise MessageRefused(HubRefusal.UNREADABLE)
    try:
        signed = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(one.identity) for one in own])
        header = jws.extract_compact(signed).headers()
        sender, _, number = str(header["kid"]).rpartition(":")
        if header["typ"] != _TYPE or header["alg"] != _ALGORITHM:
            raise MessageRefused(HubRefusal.UNREADABLE)
        return Unsealed(UUID(sender), int(number), signed)
    except (pyrage.DecryptError, JoseError, KeyError, TypeError, AttributeError, ValueError, RecursionError):
        raise MessageRefused(HubRefusal.UNREADABLE) from None


def _read(payload: bytes) -> Envelope:
    try:
        said: dict[str, Any] = plain_values(payload)
        envelope = Envelope(
            UUID(said["id"]),
            UUID(said["from"]),
            UUID(said["to"]),
            MessageKind(said["kind"]),
            said["stream"],
            said["number"],
            moment_in(said["made_at"]),
            moment_in(said["until"]),
            said["body"],
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise MessageRefused(HubRefusal.MALFORMED) from None
    types = (type(envelope.stream), type(envelope.number), type(envelope.body))
    if types != (str, int, dict) or not _is_placed(envelope):
        raise MessageRefused(HubRefusal.MALFORMED)
    return envelope


def _is_placed(envelope: Envelope) -> bool:
    """Return whether a message has a place in a stream, or is a receipt, which has none."""
    if envelope.kind is MessageKind.RECEIPT:
        return envelope.number == 0 and not envelope.stream
    is_named = 0 < len(envelope.stream) <= MOST_STREAM and envelope.stream.isprintable()
    return is_named and 1 <= envelope.number <= MOST_NUMBER


def _text(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()

"""What says something of a person on its way to another installation: sealed for that member as it is put there.

Nobody who administers this database reads it in the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.hub import MessageKind
from tsunagu.domain.party import AgencyCard
from tsunagu.federation.sealed_said import sealed_said
from tsunagu.records import hub_members, hub_messages
from tsunagu.records.hub_messages import Draft


def line_to(card: AgencyCard) -> UUID | None:
    """Return the member through which an agency is told over the line; None for one of ours, or without Tsunagu.

    Nor has an agency a line whose installation is a member no more, or not yet.
    """
    if card.member_id is None or card.is_correspondent or card.member_id not in hub_members.member_ids():
        return None
    return card.member_id


def put_sealed(
    member_id: UUID,
    stream: str,
    about: str,
    kind: MessageKind,
    said: Mapping[str, Any],
    *,
    speaker_id: UUID | None,
    now: datetime,
) -> None:
    """Put what is said into the outbox, sealed for a member, within `acting_for` the agency that speaks, or for it.

    Args:
        member_id: to whom.
        stream: within which messages are in order.
        about: what it is about, within its stream: nothing is put there twice.
        kind: of message.
        said: as plain values.
        speaker_id: the agency in whose name; None where the member is acted for.
        now: dates the message.
    """
    receiver = hub_members.keys_of(member_id)[-1][0]
    body = {"sealed": sealed_said(said, receiver)}
    hub_messages.put(member_id, [Draft(stream, about, kind, body, speaker_id)], now=now)

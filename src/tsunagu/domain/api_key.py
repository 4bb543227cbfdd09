"""API keys: how a program acts for an officer, within what he lent it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tsunagu.domain.permission import Permission


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key by which a program acts for one officer, until it expires or is ended.

    Attributes:
        name: by which its officer tells it from his others.
        scopes: what he lent it; it may never do more than he himself may at that moment.
        daily_look_ups: how many things it may look up in one day.
        banks: the only ones that it looks anything up in; None for all that its officer may ask.
        looked_up_today: how many things, when the key was looked at; None where nobody asked.
    """

    key_id: UUID
    name: str
    scopes: frozenset[Permission]
    made_at: datetime
    expires_at: datetime
    daily_look_ups: int = 0
    banks: frozenset[UUID] | None = None
    looked_up_today: int | None = field(default=None, compare=False)

"""API keys: how a program acts for an officer, within what he lent it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.permission import Permission


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key by which a program acts for one officer, until it expires or is ended.

    Attributes:
        name: by which its officer tells it from his others.
        scopes: what he lent it; it may never do more than he himself may at that moment.
    """

    key_id: UUID
    name: str
    scopes: frozenset[Permission]
    made_at: datetime
    expires_at: datetime

"""What takes two people: proposals and, once a second one has confirmed, grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.permission import Permission

MOST_DAYS = 365
"""How long a grant may last; whoever needs it longer is granted it anew."""
PROPOSAL_LASTS = timedelta(days=14)


class ProposalKind(StrEnum):
    """What a proposal is of."""

    GRANT = "grant"
    CASE_DELETION = "case-deletion"
    INVITATION = "invitation"
    SECOND_FACTOR = "second-factor"
    LAW_RULES = "law-rules"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one person has proposed and a second one has not confirmed yet.

    Attributes:
        officer_id: whom it is about; None for the agency as a whole, and for somebody who is to become an officer.
        terms: what exactly, by the names of its kind.
        expires_at: when nobody can confirm it any more.
    """

    proposal_id: UUID
    kind: ProposalKind
    officer_id: UUID | None
    terms: Mapping[str, str | int]
    proposed_by: UUID
    proposed_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission beyond the roles, for a time. It counts while the agency as a whole has it too.

    Attributes:
        officer_id: who has it; None for the agency as a whole, which switches on what its officers may be granted.
        proposed_by, confirmed_by: two people, neither of whom is the officer.
    """

    grant_id: UUID
    permission: Permission
    officer_id: UUID | None
    proposed_by: UUID
    confirmed_by: UUID
    granted_at: datetime
    expires_at: datetime

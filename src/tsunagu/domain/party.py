"""Who takes part: agencies and their officers, as others may know them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.permission import Role


@dataclass(frozen=True, slots=True)
class AgencyCard:
    """An agency in the directory that all members may read.

    Attributes:
        country: ISO 3166-1 alpha-2 code.
        contact: whom to talk to.
        kind: what it is; None as long as nobody has said so.
        local_name: what it is called in its own country's writing; empty where that is the same.
        code: what its country calls it by, such as JP-26; empty where there is none.
        is_correspondent: whether it works without Tsunagu, so that it has no officers here.
        member_id: the other installation through which it is reached; None for an agency of this one.
    """

    agency_id: UUID
    name: str
    country: str
    contact: str
    kind: AgencyKind | None = None
    local_name: str = ""
    code: str = ""
    is_correspondent: bool = False
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OfficerCard:
    """An officer as his own agency knows him.

    Attributes:
        certified_until: when his certification to work with content expires; None where there is none.
    """

    officer_id: UUID
    agency_id: UUID
    login: str
    name: str
    roles: frozenset[Role]
    certified_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is needed to check a sign-in.

    Attributes:
        totp_sealed: the secret of the one-time codes, sealed by the keyring; None when there is none yet.
        last_totp_step: number of the last 30-second step whose code was used.
        failures: wrong attempts since the last right one.
    """

    officer: OfficerCard
    is_active: bool
    totp_sealed: str | None = field(repr=False)
    last_totp_step: int
    failures: int
    locked_until: datetime | None

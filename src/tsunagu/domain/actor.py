"""The actor: the person on whose behalf a service works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from tsunagu.domain.api_key import ApiKey
from tsunagu.domain.errors import Forbidden, NotCertified
from tsunagu.domain.party import OfficerCard
from tsunagu.domain.permission import NEEDS_CERTIFICATION, ROLE_PERMISSIONS, Permission, Role
from tsunagu.domain.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in officer, with the purpose of what is being asked.

    Attributes:
        purpose: why; None means "the case's own", which the service fills in and records.
        key: by which a program acts for him, and no further than its scopes; None when he acts himself.
        is_certified: whether he may reach content at all; roles alone do not say so.
    """

    officer_id: UUID
    agency_id: UUID
    roles: frozenset[Role]
    purpose: Purpose | None = None
    key: ApiKey | None = None
    is_certified: bool = False

    @classmethod
    def of(cls, card: OfficerCard, *, purpose: Purpose | None, now: datetime, key: ApiKey | None = None) -> Self:
        """Return an officer as he may act at this moment, himself or by a key."""
        is_certified = card.certified_until is not None and card.certified_until > now
        return cls(card.officer_id, card.agency_id, card.roles, purpose, key, is_certified)

    def may(self, permission: Permission) -> bool:
        """Return whether he may: by a role, with a certification where it needs one, and by his key, if he has one."""
        is_lent = self.key is None or permission in self.key.scopes
        is_open = self.is_certified or permission not in NEEDS_CERTIFICATION
        return is_lent and is_open and self._has(permission)

    def require(self, permission: Permission) -> None:
        """Do nothing when the actor may.

        Raises:
            Forbidden: none of the actor's roles carries the permission, or his key was not lent it.
            NotCertified: one does, but his certification has expired or is missing.
        """
        if self.key is not None and permission not in self.key.scopes:
            raise Forbidden("this key was not lent this permission", permission=permission.value)
        if not self._has(permission):
            raise Forbidden("your role does not allow this", permission=permission.value)
        if not self.may(permission):
            raise NotCertified(
                "your certification has expired, or there is none: an administrator of your agency renews it",
                permission=permission.value,
            )

    def _has(self, permission: Permission) -> bool:
        return any(permission in ROLE_PERMISSIONS[role] for role in self.roles)

"""The actor: the person on whose behalf a service works."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tsunagu.domain.errors import Forbidden
from tsunagu.domain.permission import ROLE_PERMISSIONS, Permission, Role
from tsunagu.domain.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in officer, with the purpose of what is being asked.

    Attributes:
        purpose: why; None means "the case's own", which the service fills in and records.
    """

    officer_id: UUID
    agency_id: UUID
    roles: frozenset[Role]
    purpose: Purpose | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether one of the actor's roles carries the permission."""
        return any(permission in ROLE_PERMISSIONS[role] for role in self.roles)

    def require(self, permission: Permission) -> None:
        """Do nothing when the actor may.

        Raises:
            Forbidden: none of the actor's roles carries the permission.
        """
        if not self.may(permission):
            raise Forbidden("your role does not allow this", permission=permission.value)

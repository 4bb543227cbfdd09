"""The actor: the person on whose behalf a service works."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tsunagu.domain.api_key import ApiKey
from tsunagu.domain.errors import Forbidden
from tsunagu.domain.permission import ROLE_PERMISSIONS, Permission, Role
from tsunagu.domain.purpose import Purpose


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in officer, with the purpose of what is being asked.

    Attributes:
        purpose: why; None means "the case's own", which the service fills in and records.
        key: by which a program acts for him, and no further than its scopes; None when he acts himself.
    """

    officer_id: UUID
    agency_id: UUID
    roles: frozenset[Role]
    purpose: Purpose | None = None
    key: ApiKey | None = None

    def may(self, permission: Permission) -> bool:
        """Return whether one of the actor's roles carries the permission, and his key, if any, was lent it."""
        is_lent = self.key is None or permission in self.key.scopes
        return is_lent and any(permission in ROLE_PERMISSIONS[role] for role in self.roles)

    def require(self, permission: Permission) -> None:
        """Do nothing when the actor may.

        Raises:
            Forbidden: none of the actor's roles carries the permission, or his key was not lent it.
        """
        if self.key is not None and permission not in self.key.scopes:
            raise Forbidden("this key was not lent this permission", permission=permission.value)
        if not self.may(permission):
            raise Forbidden("your role does not allow this", permission=permission.value)

"""Permissions that two people grant, on the way that they are granted in."""

from __future__ import annotations

from tsunagu.domain.permission import Permission, Role
from tsunagu.services.agencies.grants import confirm_grant, propose_grant

from .world import Person, World


def grant(world: World, by: tuple[Person, Person], permission: Permission, *officers: Person) -> None:
    """Let one administrator propose and the other confirm: for the agency as a whole, and for each officer."""
    for login in (None, *(one.login for one in officers)):
        proposal = propose_grant(actor=by[0].actor, permission=permission, login=login, days=30, **world.parts)
        confirm_grant(actor=by[1].actor, proposal_id=proposal, **world.parts)


def two_administrators(world: World, administrator: Person) -> tuple[Person, Person]:
    """Return an administrator with a colleague of the same agency."""
    return administrator, world.enroll(administrator, Role.ADMINISTRATOR)

"""Packages about somebody who bears an officer's own name, or a colleague's: others of his agency work on them.

Likewise what an agency made of somebody who went the way of juveniles since: officers assigned to these work on it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict
from tsunagu.domain.permission import Permission
from tsunagu.records import juveniles
from tsunagu.records.referral_packages import SignedBody, SignedPackage


@dataclass(frozen=True, slots=True)
class PackagesWithheld:
    """Tells which packages one officer is not shown.

    Attributes:
        keys: of the names that he is told nothing of.
        apart: referrals that his agency made of juveniles; none where he is assigned to these.
    """

    keys: frozenset[str]
    apart: frozenset[UUID]

    @classmethod
    def from_(cls, actor: Actor, *, came: bool = False) -> PackagesWithheld:
        """Return those of an officer. Call it within `acting_for` his agency.

        Args:
            actor: who reads.
            came: whether they are asked for what came from others alone, among which are none of his agency's own.
        """
        from tsunagu.resolution.row_facts import name_keys  # noqa: PLC0415 - loads NumPy, needed by few commands
        from tsunagu.services.seized.names import withheld_from  # noqa: PLC0415 - likewise

        is_told = came or actor.may(Permission.JUVENILE_HANDLE)
        apart = frozenset[UUID]() if is_told else juveniles.packages_apart()
        return cls(frozenset().union(*(name_keys(name, "") for name in withheld_from(actor))), apart)

    def hides(self, package: SignedPackage, key: bytes | None) -> bool:
        """Return whether a package is about a juvenile, or somebody who bears such a name.

        One that cannot be read is hidden for no name, nor is one that is erased: it tells of nobody.

        Args:
            package: as it is kept.
            key: what it is sealed under; None once it is erased.
        """
        from tsunagu.services.seized.names import bears_key_of  # noqa: PLC0415 - likewise

        if package.referral_id in self.apart:
            return True
        if key is None:
            return False
        try:
            said = json.loads(SignedBody.opened(package, key).body)["person"]["said"]
        except Conflict:
            return False
        return bears_key_of({field: [one["said"] for one in forms] for field, forms in said.items()}, self.keys)

"""Packages about somebody who bears an officer's own name, or a colleague's: others of his agency work on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict
from tsunagu.domain.seized import ListField
from tsunagu.records.referral_packages import SignedBody, SignedPackage


@dataclass(frozen=True, slots=True)
class PackagesWithheld:
    """Tells which packages one officer is not shown, by the keys of the names that he is told nothing of."""

    keys: frozenset[str]

    @classmethod
    def from_(cls, actor: Actor) -> PackagesWithheld:
        """Return those of an officer. Call it within `acting_for` his agency."""
        from tsunagu.resolution.row_facts import name_keys  # noqa: PLC0415 - loads NumPy, needed by few commands
        from tsunagu.services.seized_names import withheld_from  # noqa: PLC0415 - likewise

        return cls(frozenset().union(*(name_keys(name, "") for name in withheld_from(actor))))

    def hides(self, package: SignedPackage, key: bytes | None) -> bool:
        """Return whether a package is about somebody who bears such a name; one that cannot be read hides nothing.

        Nor does one that is erased: it tells of nobody.

        Args:
            package: as it is kept.
            key: what it is sealed under; None once it is erased.
        """
        if key is None:
            return False
        try:
            said = json.loads(SignedBody.opened(package, key).body)["person"]["said"]
        except Conflict:
            return False
        return _bears({field: [one["said"] for one in forms] for field, forms in said.items()}, self.keys)


def bears_a_name_of(said: Mapping[str, Sequence[str]], names: frozenset[str]) -> bool:
    """Return whether somebody bears one of these names.

    Args:
        said: how he is called, by the codes of fields.
        names: of officers.
    """
    from tsunagu.resolution.row_facts import name_keys  # noqa: PLC0415 - likewise

    return _bears(said, frozenset().union(*(name_keys(name, "") for name in names)))


def _bears(said: Mapping[str, Sequence[str]], keys: frozenset[str]) -> bool:
    from tsunagu.resolution.row_facts import name_keys  # noqa: PLC0415 - likewise

    called = [(one, "") for one in said.get(ListField.NAME.value, ())]
    called += [("", one) for one in said.get(ListField.KANA.value, ())]
    return any(name_keys(*name) & keys for name in called)

"""The rows of a seized list compared with each other, and with nothing else: who they name, and where they live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import SeizedList
from tsunagu.records import listed_persons, seized, seized_compared
from tsunagu.records.session import acting_for, locked
from tsunagu.services.access import deed
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import FACTS, LINKS, opening, refuse_closed, refuse_not_whole

if TYPE_CHECKING:
    from tsunagu.resolution.linking.linking import Linked
    from tsunagu.services.seized.names import NamesWithheld


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a resolution came to.

    Attributes:
        rows: that were compared.
        persons: whom they name; without those whom the officer is not told of, as in what follows.
        linked, to_people: pairs of rows that the machine has linked, and those that people are asked about.
        too_common: by rule, keys that so many rows share that nothing was compared for them.
        not_joined: links that would have joined two rows known to be two people.
        model: the name of the weights.
    """

    case: str
    number: int
    rows: int
    persons: int
    linked: int
    to_people: int
    too_common: dict[str, int]
    not_joined: int
    model: str


def resolve_seized(
    *, actor: Actor, reference: str, number: int | None, now: datetime, keys: Keys, ledger: Ledger
) -> Resolved:
    """Compare the rows of a list, and keep the persons that they name; what people have said of pairs outweighs it.

    It may be done again. What a killed process was at is done anew: nothing is half kept.

    Args:
        reference: of the case.
        number: of the list within the case; None for the only one.

    Raises:
        Forbidden: the actor imports no seized lists.
        NotFound: no such case or list, or not the actor's.
        Conflict: the list is not whole yet, or the case is closed, or another process is at it.
    """
    from tsunagu.resolution.linking.kept import kept_bytes  # noqa: PLC0415 - loads NumPy and the tables
    from tsunagu.resolution.linking.linking import link  # noqa: PLC0415
    from tsunagu.resolution.linking.observed import observed  # noqa: PLC0415
    from tsunagu.resolution.row_facts import facts_bytes  # noqa: PLC0415
    from tsunagu.services.seized import pairs  # noqa: PLC0415
    from tsunagu.services.seized.names import NamesWithheld  # noqa: PLC0415

    permission = Permission.SEIZED_LIST_IMPORT
    with opening(actor, permission, reference, number, now=now, keys=keys, ledger=ledger) as found:
        one = found.seized
        refuse_closed(found.case)
        refuse_not_whole(one)
    with locked(seized.LOCK_SEIZED, str(one.list_id), waits=False) as is_alone:
        if not is_alone:
            raise Conflict("another process works on this list at this moment")
        with acting_for(actor.agency_id):
            numbers, said = pairs.observations(seized.rows_of_list(one.list_id, found.seal), one)
        linked = pairs.renumbered(link(observed(said)), numbers, one.rows)
        facts = pairs.facts_from(numbers, said)
        with acting_for(actor.agency_id):
            links = found.seal.sealed(LINKS, kept_bytes(linked))
            seized_compared.keep_comparison(
                one.list_id, links=links, facts=found.seal.sealed(FACTS, facts_bytes(facts)), now=now
            )
            pairs.derive_persons(one, linked, facts, now=now)
            done = _resolved(one, len(numbers), linked, NamesWithheld.from_(actor, facts, found.seized.list_id))
            about: dict[str, str | int] = {
                "list": str(one.list_id),
                "rows": done.rows,
                "persons": done.persons,
                "model": done.model,
            }
            ledger.write(deed(Act.SEIZED_LIST_RESOLVED, actor=actor, case=found.case, now=now, **about))
    return done


def _resolved(one: SeizedList, rows: int, linked: Linked, withheld: NamesWithheld) -> Resolved:
    """Return what a resolution came to, as far as an officer is told of it."""
    from tsunagu.resolution.linking.zones import Zone  # noqa: PLC0415 - loads NumPy
    from tsunagu.services.seized.pairs import settled_pairs  # noqa: PLC0415 - likewise

    zones = linked.zones[withheld.open_pairs(linked)]
    return Resolved(
        one.case,
        one.number,
        rows,
        sum(listed_persons.count_persons(one.list_id, but_of=withheld.rows).values()),
        int((zones == Zone.LINK).sum()),
        int((zones == Zone.REVIEW).sum()),
        linked.too_common,
        len(linked.clusters(settled_pairs(one.list_id)).not_joined),
        linked.model,
    )

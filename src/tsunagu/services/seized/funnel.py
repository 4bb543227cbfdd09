"""The funnel of a seized list: every stage with its unit, and what it is a part of, as one officer is told it.

Persons and pairs that a row is withheld from him of are in no stage: any count of them would tell that they are there.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tsunagu.domain.actor import Actor
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListStage, SeizedList, StageUnit
from tsunagu.records import juveniles, listed_persons
from tsunagu.records.seized_seals import ListSeal

if TYPE_CHECKING:
    from tsunagu.services.seized.names import NamesWithheld


def funnel(one: SeizedList, seal: ListSeal, *, reader: Actor) -> tuple[ListStage, ...]:
    """Return the stages of a list. Call it within `acting_for` its agency.

    Raises:
        Conflict: what is kept of it was changed.
    """
    stages = row_stages(one)
    if one.resolved_at is None:
        return stages
    from tsunagu.services.seized.names import NamesWithheld, withheld_from  # noqa: PLC0415
    from tsunagu.services.seized.pairs import facts_of  # noqa: PLC0415
    from tsunagu.services.seized.stages import gate_stages  # noqa: PLC0415 - loads NumPy

    facts = facts_of(one, seal)
    withheld = NamesWithheld.from_(reader, facts, one.list_id)
    persons = _person_stages(one, withheld)
    apart = 0
    if reader.may(Permission.JUVENILE_HANDLE):
        names = NamesWithheld(withheld_from(reader), facts)
        apart = sum(not names.hides(rows) for rows in juveniles.persons_apart(one.list_id).values())
    past = gate_stages(one, seal, persons[0].count, reader=reader, withheld=withheld, apart=apart)
    return stages + persons + past + _pair_stages(one, seal, withheld)


def row_stages(one: SeizedList) -> tuple[ListStage, ...]:
    """Return what became of a list's rows, which nothing is withheld of."""
    rows = StageUnit.ROWS
    return (
        ListStage("rows", one.rows, rows),
        ListStage("imported", one.imported, rows, "rows", one.rows),
        ListStage("refused", sum(one.refused.values()), rows, "rows", one.rows, one.refused),
    )


def _person_stages(one: SeizedList, withheld: NamesWithheld) -> tuple[ListStage, ...]:
    counted = listed_persons.count_persons(one.list_id, but_of=withheld.rows)
    total, persons = sum(counted.values()), StageUnit.PERSONS
    answered, asked, unknown = Counter[str](), Counter[str](), Counter[str]()
    for (prefecture, method, _, needs_a_person), count in counted.items():
        if prefecture is not None:
            answered[prefecture] += count
        elif needs_a_person:
            asked[method] += count
        else:
            unknown[method] += count
    named = (("prefecture", answered), ("prefecture-to-people", asked), ("prefecture-unknown", unknown))
    return (
        ListStage("persons", total, persons),
        *(
            ListStage(name, parts.total(), persons, "persons", total, dict(sorted(parts.items())))
            for name, parts in named
        ),
    )


def _pair_stages(one: SeizedList, seal: ListSeal, withheld: NamesWithheld) -> tuple[ListStage, ...]:
    from tsunagu.resolution.linking.zones import Zone  # noqa: PLC0415 - loads NumPy
    from tsunagu.services.seized.pairs import linked_of, settled_pairs  # noqa: PLC0415

    linked, pairs = linked_of(one, seal), StageUnit.PAIRS
    is_open = withheld.open_pairs(linked)
    zones = Counter(linked.zones[is_open].tolist())
    total, asked = zones.total(), zones[Zone.REVIEW]
    to_people = {(int(a), int(b)) for a, b in linked.pairs[is_open & (linked.zones == Zone.REVIEW)]}
    said = settled_pairs(one.list_id).items()
    settled = {pair: told for pair, told in said if pair in to_people and told is not Judgement.NONE_YET}
    parts = {answer.value: count for answer, count in Counter(settled.values()).items()}
    return (
        ListStage("pairs", total, pairs),
        ListStage("pairs-linked", zones[Zone.LINK], pairs, "pairs", total),
        ListStage("pairs-apart", zones[Zone.APART], pairs, "pairs", total),
        ListStage("pairs-to-people", asked, pairs, "pairs", total),
        ListStage("pairs-waiting", asked - len(settled), pairs, "pairs-to-people", asked),
        ListStage("pairs-settled", len(settled), pairs, "pairs-to-people", asked, parts),
    )

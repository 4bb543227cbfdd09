"""Seized lists as their officers find them, and their funnel: every stage with its unit, and what it is a part of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.seized import ListStage, SeizedList, StageUnit
from tsunagu.records import listed_persons, seized
from tsunagu.records.cases import case_of, cases_of
from tsunagu.records.seized_seals import ListSeal
from tsunagu.records.session import acting_for
from tsunagu.services.access import deed, denials_recorded
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized_access import seal_of


@dataclass(frozen=True, slots=True)
class ListView:
    """A list and its funnel."""

    seized: SeizedList
    stages: tuple[ListStage, ...]


def list_seized(
    *, actor: Actor, reference: str | None, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[ListView, ...]:
    """Return the seized lists of the actor's cases with their funnels, by case and number.

    Args:
        reference: of one case; all of the actor's when it is left out.

    Raises:
        Forbidden: the actor reads no seized lists.
        NotFound: no such case, or not the actor's.
    """
    with (
        denials_recorded(
            actor=actor,
            permission=Permission.SEIZED_LIST_READ,
            asked=reference or "seized lists",
            now=now,
            keys=keys,
            ledger=ledger,
        ),
        acting_for(actor.agency_id),
    ):
        cases = {one.case_id: one for one in ([case_of(actor, reference)] if reference else cases_of(actor))}
        sealed = [(list_id, seal_of(list_id, key, keys)) for list_id, key in seized.keys_of(actor)]
        lists = [(seized.list_of(list_id, seal), seal) for list_id, seal in sealed]
        views = tuple(ListView(one, _stages(one, seal)) for one, seal in lists if one.case_id in cases)
        ledger.write(*_read(actor, views, cases, now))
    return views


def _read(actor: Actor, views: Sequence[ListView], cases: Mapping[UUID, CaseSummary], now: datetime) -> list[Deed]:
    """Return that lists were read, in each of their cases; or that there were none."""
    act = Act.SEIZED_LIST_READ
    if not views:
        return [Deed(act, now, actor.agency_id, actor.officer_id, actor.purpose, details={"lists": 0})]
    lists = [one.seized for one in views]
    return [deed(act, actor=actor, case=cases[one.case_id], now=now, list=str(one.list_id)) for one in lists]


def _stages(one: SeizedList, seal: ListSeal) -> tuple[ListStage, ...]:
    rows, persons, pairs = StageUnit.ROWS, StageUnit.PERSONS, StageUnit.PAIRS
    stages = [
        ListStage("rows", one.rows, rows),
        ListStage("imported", one.imported, rows, "rows", one.rows),
        ListStage("refused", sum(one.refused.values()), rows, "rows", one.rows, one.refused),
    ]
    if one.resolved_at is None:
        return tuple(stages)
    counted = listed_persons.count_persons(one.list_id)
    total = sum(counted.values())
    answered, asked, unknown = Counter[str](), Counter[str](), Counter[str]()
    for (prefecture, method, _, needs_a_person), count in counted.items():
        if prefecture is not None:
            answered[prefecture] += count
        elif needs_a_person:
            asked[method] += count
        else:
            unknown[method] += count
    stages.append(ListStage("persons", total, persons))
    for name, parts in (("prefecture", answered), ("prefecture-to-people", asked), ("prefecture-unknown", unknown)):
        stages.append(ListStage(name, parts.total(), persons, "persons", total, dict(sorted(parts.items()))))
    return tuple(stages) + _pair_stages(one, seal, pairs)


def _pair_stages(one: SeizedList, seal: ListSeal, pairs: StageUnit) -> tuple[ListStage, ...]:
    from tsunagu.resolution.linking.zones import Zone  # noqa: PLC0415 - loads NumPy
    from tsunagu.services.seized_pairs import linked_of, settled_pairs  # noqa: PLC0415

    linked = linked_of(one, seal)
    asked = int((linked.zones == Zone.REVIEW).sum())
    linked_pairs = int((linked.zones == Zone.LINK).sum())
    to_people = {(int(a), int(b)) for a, b in linked.pairs[linked.zones == Zone.REVIEW]}
    said = settled_pairs(one.list_id).items()
    settled = {pair: told for pair, told in said if pair in to_people and told is not Judgement.NONE_YET}
    return (
        ListStage("pairs-linked", linked_pairs, pairs),
        ListStage("pairs-to-people", asked, pairs),
        ListStage("pairs-waiting", len(to_people) - len(settled), pairs, "pairs-to-people", asked),
        ListStage(
            "pairs-settled",
            len(settled),
            pairs,
            "pairs-to-people",
            asked,
            {answer.value: count for answer, count in Counter(settled.values()).items()},
        ),
    )

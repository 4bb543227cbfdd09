"""The funnel past its rows: how persons stand at the gate now, and what became of those who were referred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from tsunagu.domain.actor import Actor
from tsunagu.domain.gate import GateStanding
from tsunagu.domain.outcome import Disposal
from tsunagu.domain.permission import Permission
from tsunagu.domain.referral import ReferralPath, ReferralState
from tsunagu.domain.seized import ListStage, SeizedList, StageUnit
from tsunagu.law.gate_file import GateFile, gate_file
from tsunagu.records import gate_steps, juveniles, referrals, titles
from tsunagu.records.seized_seals import ListSeal
from tsunagu.services.agencies.law_rules import rules_of_agency
from tsunagu.services.seized.titles import latest_of

if TYPE_CHECKING:
    from tsunagu.services.seized.names import NamesWithheld

STANDINGS: Mapping[GateStanding, str] = {
    GateStanding.LEAD: "leads",
    GateStanding.PERSON_OF_INTEREST: "of-interest",
    GateStanding.SUSPECT: "suspects",
    GateStanding.JUVENILE: "juveniles",
    GateStanding.NO_CASE: "no-case",
}
"""What each standing is called as a stage; together they are all persons."""
_WITHDRAWN = ReferralState.WITHDRAWN
CLEARED = frozenset(
    {
        Disposal.CLEARED,
        Disposal.REFERRED_IN_CUSTODY,
        Disposal.REFERRED_ON_PAPERS,
        Disposal.FORWARDED,
        Disposal.MINOR_DISPOSAL,
    }
)
"""Disposals by which police have made out a case; an arrest alone is none."""


@dataclass(frozen=True, slots=True)
class PersonsPast:
    """Whom an officer is told of among those of whom something was recorded.

    Attributes:
        files: of those whom the list names now.
        hidden: persons, of now or before, of whom he is told nothing; juveniles among them, who have a way of theirs.
    """

    files: dict[UUID, GateFile]
    hidden: frozenset[UUID]


def gate_stages(
    one: SeizedList, seal: ListSeal, whole: int, *, reader: Actor, withheld: NamesWithheld, apart: int
) -> tuple[ListStage, ...]:
    """Return the stages of a list past its persons, counted from what was recorded and told, and from nothing else.

    Call it within `acting_for` its agency.

    Args:
        whole: how many persons the list names now, as the reader is told.
        withheld: whose rows he is not told of; who is kept from him otherwise is a lead to him.
        apart: how many juveniles went their way, as he is told beside: none but to who handles juveniles.
    """
    past = persons_past(one, seal, reader, withheld)
    stands = Counter(file.stands for file in past.files.values())
    stands[GateStanding.LEAD] += whole - len(past.files)
    stands[GateStanding.JUVENILE] = apart
    whole += apart
    stages = [
        ListStage(name, stands[standing], StageUnit.PERSONS, "persons", whole) for standing, name in STANDINGS.items()
    ]
    by_person: dict[UUID, list[ReferralPath]] = {}
    to_recall = packages = 0
    for kept in referrals.referrals_sent(list_id=one.list_id):
        if kept.source is None or kept.source.person_id in past.hidden:
            continue
        packages += 1
        path, file = kept.path, past.files.get(kept.source.person_id)
        if file is not None:
            by_person.setdefault(kept.source.person_id, []).append(path)
        is_suspect = file is not None and file.stands is GateStanding.SUSPECT
        to_recall += path.is_out and not is_suspect
    stages += _referred(by_person, whole)
    stages.append(ListStage("packages", packages, StageUnit.PACKAGES))
    stages.append(ListStage("packages-to-recall", to_recall, StageUnit.PACKAGES, "packages", packages))
    return tuple(stages)


def persons_past(one: SeizedList, seal: ListSeal, reader: Actor, withheld: NamesWithheld) -> PersonsPast:
    """Return how they stand of whom anything was recorded, as far as an officer is told of them.

    Call it within `acting_for` its agency.
    """
    steps = gate_steps.steps_of(one.list_id, seal)
    rules, latest = rules_of_agency(), latest_of(titles.titles_of(one.list_id, seal))
    tells_all = reader.may(Permission.HELD_NOTICE_RELEASE)
    files, hidden = {}, set(juveniles.persons_apart(one.list_id))
    for person_id, (rows, is_named) in gate_steps.rows_of_persons(one.list_id, steps).items():
        file = gate_file(person_id, steps[person_id], rules, latest)
        if withheld.hides(rows) or (file.is_kept_from_colleagues and not tells_all):
            hidden.add(person_id)
        elif is_named:
            files[person_id] = file
    return PersonsPast(files, frozenset(hidden))


def _referred(by_person: Mapping[UUID, list[ReferralPath]], whole: int) -> list[ListStage]:
    """Return the stages of persons of whom a package was ever sent: each counts once in each, whatever the others."""
    paths = list(by_person.values())

    def count(holds: Callable[[ReferralPath], bool]) -> int:
        return sum(any(holds(one) for one in some) for some in paths)

    persons, referred = StageUnit.PERSONS, len(paths)
    returned = Counter(some[0].value for each in paths if (some := [one.returned for one in each if one.returned]))
    told = [outcomes[-1] for each in paths if (outcomes := [said for one in each for said in one.outcomes])]
    stages = [
        ListStage("referred", referred, persons, "persons", whole),
        ListStage("received", count(lambda one: one.was_received), persons, "referred", referred),
        ListStage("returned", returned.total(), persons, "referred", referred, _sorted(returned)),
        ListStage("withdrawn", count(lambda one: one.state is _WITHDRAWN), persons, "referred", referred),
        ListStage(
            "answered", len(told), persons, "referred", referred, _sorted(Counter(one.role.value for one in told))
        ),
        ListStage("cleared", count(_is_cleared), persons, "answered", len(told)),
    ]
    # One by one, since one person is cleared, referred on papers and indicted: the parts of a count would not add up.
    done = {one: count(partial(_was_done, one)) for one in Disposal if one is not Disposal.CLEARED}
    stages += [ListStage(one.value, many, persons, "answered", len(told)) for one, many in done.items() if many]
    return stages


def _was_done(disposal: Disposal, path: ReferralPath) -> bool:
    return any(disposal in one.disposals for one in path.outcomes)


def _is_cleared(path: ReferralPath) -> bool:
    return any(CLEARED & set(one.disposals) for one in path.outcomes)


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items()))

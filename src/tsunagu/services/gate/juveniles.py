"""Juveniles at the gate: kept in a store of their own, shown to who handles juveniles alone, and handed over onward."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.gate import GateStepKind
from tsunagu.domain.ledger import Deed
from tsunagu.domain.seized import ListField
from tsunagu.law.gate_file import GateStep
from tsunagu.law.juvenile import JuvenileStep
from tsunagu.records import juveniles
from tsunagu.records.juveniles import JuvenileEntry
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.records.session import acting_for
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.seized.access import SEALS, OpenedList


@dataclass(frozen=True, slots=True)
class JuvenileFile:
    """What the store of juveniles tells of one.

    Attributes:
        steps: all that was recorded of him, from the first on.
        cells: what his rows say, by number.
        keep_until: its last day.
    """

    steps: tuple[GateStep, ...]
    cells: Mapping[int, Mapping[ListField, str]] = field(repr=False)
    keep_until: date

    @property
    def route(self) -> tuple[JuvenileStep, ...]:
        """To whom his case goes, in order."""
        [said] = [one.said["steps"] for one in self.steps if one.kind is GateStepKind.JUVENILE]
        return tuple(map(JuvenileStep, said))

    @property
    def next_receiver(self) -> JuvenileStep | None:
        """Who has yet to receive it first; None once it has arrived."""
        left = self.route[sum(one.kind is GateStepKind.JUVENILE_HANDED_OVER for one in self.steps) :]
        return left[0] if left else None


def keep_juvenile(
    found: OpenedList,
    person_id: UUID,
    *,
    steps: Sequence[GateStep],
    cells: Mapping[int, Mapping[ListField, str]],
    ages: Mapping[str, int],
    keep_until: date,
    keys: Keys,
) -> None:
    """Move what was recorded of somebody, with what his rows say, to the store of juveniles. None leads back."""
    last = steps[-1]
    said = {
        **ages,
        "gate": [_plain(one) for one in steps],
        "rows": [[number, {name.value: text for name, text in row.items()}] for number, row in cells.items()],
    }
    _keep(found, person_id, said, number=1, keep_until=keep_until, last=last, keys=keys)
    juveniles.set_apart(person_id)


def add_juvenile_step(found: OpenedList, person_id: UUID, file: JuvenileFile, step: GateStep, keys: Keys) -> None:
    """Keep a further step of a juvenile, under a key of its own."""
    number = 2 + sum(one.kind is GateStepKind.JUVENILE_HANDED_OVER for one in file.steps)
    said = {"gate": [_plain(step)]}
    _keep(found, person_id, said, number=number, keep_until=file.keep_until, last=step, keys=keys)


def juvenile_files(found: OpenedList, keys: Keys, *, person_id: UUID | None = None) -> dict[UUID, JuvenileFile]:
    """Return the juveniles of a list, or one, by person. Ask it for nobody but who handles juveniles.

    Raises:
        Conflict: what is kept of them was changed.
    """
    juveniles.see_juveniles()
    told: dict[UUID, list[tuple[JuvenileEntry, dict[str, Any]]]] = {}
    for one in juveniles.entries_of(found.seized.list_id, person_id=person_id):
        said = one.opened(keys.open_sealed(SEALS, one.sealed_key, f"juvenile {one.entry_id}".encode()))
        told.setdefault(one.person_id, []).append((one, said))
    return {whom: _file(entries) for whom, entries in told.items() if "gate" in entries[0][1]}


def erase_expired_juveniles(agency_id: UUID, *, today: date, now: datetime, ledger: Ledger) -> int:
    """Erase an agency's juveniles whose last day is over, and return how many. The machine's act.

    Their rows stay set apart in their lists, until these go.
    """
    with acting_for(agency_id):
        found = juveniles.expired(today=today)
        juveniles.erase(entry for entries in found.values() for entry in entries)
        deeds = (Deed(Act.JUVENILE_ERASED, now, agency_id, details={"person": str(one)}) for one in sorted(found))
        ledger.write(*deeds)
    return len(found)


def _file(entries: Sequence[tuple[JuvenileEntry, dict[str, Any]]]) -> JuvenileFile:
    first, said = entries[0]
    steps = tuple(_step(one) for _, each in entries for one in each["gate"])
    cells = {number: {ListField(name): text for name, text in row.items()} for number, row in said["rows"]}
    return JuvenileFile(steps, cells, first.keep_until)


def _plain(step: GateStep) -> dict[str, Any]:
    return {
        "number": step.number,
        "kind": step.kind.value,
        "officer": str(step.officer_id),
        "at": step.at.isoformat(),
        "said": dict(step.said),
    }


def _step(told: Mapping[str, Any]) -> GateStep:
    at, kind = datetime.fromisoformat(told["at"]), GateStepKind(told["kind"])
    return GateStep(told["number"], kind, UUID(told["officer"]), at, told["said"])


def _keep(
    found: OpenedList,
    person_id: UUID,
    said: Mapping[str, Any],
    *,
    number: int,
    keep_until: date,
    last: GateStep,
    keys: Keys,
) -> None:
    entry_id, key = uuid4(), os.urandom(KEY_BYTES)
    juveniles.add_entry(
        found.seized,
        person_id,
        said,
        entry_id=entry_id,
        number=number,
        key=key,
        sealed_key=keys.seal(SEALS, key, f"juvenile {entry_id}".encode()),
        keep_until=keep_until,
        decided_by=last.officer_id,
        now=last.at,
    )

"""An agency's own figures: counted from what it was told, frozen for good, and read by who sees figures alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.domain.figure import FigureStatus
from tsunagu.domain.outcome import (
    AgeBand,
    Disposal,
    HarmMethod,
    Outcome,
    OutcomeCode,
    PersonOutcome,
    PersonRole,
    SchoolBand,
)
from tsunagu.domain.permission import Permission, Role, permissions_of
from tsunagu.domain.purpose import Purpose
from tsunagu.records import agencies
from tsunagu.records.models import Case, StatVintageRow
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import open_case, staff_case
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion
from tsunagu.services.figures import counted_acts
from tsunagu.services.figures.own_figures import freeze_figures, list_vintages, read_vintage
from tsunagu.services.referrals.answers import Answer, tell_referral_outcome

from .alerted import Cascade
from .referred import be_of, come
from .world import Person, World, random_name

FINAL, PROVISIONAL = FigureStatus.FINAL, FigureStatus.PROVISIONAL
CLEARED = (Disposal.ARRESTED, Disposal.REFERRED_ON_PAPERS)


def suspects(count: int) -> tuple[PersonOutcome, ...]:
    return tuple(PersonOutcome(one, PersonRole.SUSPECT, CLEARED, age=AgeBand.THIRTIES) for one in range(1, count + 1))


@pytest.fixture(scope="module")
def cascade(world: World) -> Cascade:
    """Kyoto has told of nine children and seven persons in one alert, and of six more children in a covert case."""
    made = Cascade.open(world)
    be_of(world, made.kyoto, "JP-26")
    for outcome, is_covert in (
        (Outcome({OutcomeCode.SAFEGUARDED: 9}, suspects(7), {SchoolBand.HIGH: 9}, {HarmMethod.SELFIE: 9}), False),
        (Outcome({OutcomeCode.SAFEGUARDED: 6}), True),
    ):
        alert = made.raise_alert()
        made.pass_on(made.bureau, alert, made.kyoto.agency)
        reference = random_name("case")
        opened = {"reference": reference, "purpose": Purpose.INVESTIGATION, "covert": is_covert}
        open_case(actor=made.kyoto.actor, **opened, **made.parts)
        made.take(made.kyoto, alert, reference)
        made.tell(made.kyoto, alert, outcome)
    return made


def statistician(world: World, of: Person) -> Person:
    administrator = next(one for one in world.founders[of.agency] if one.actor.may(Permission.OFFICER_ENROLL))
    return world.enroll(administrator, Role.STATISTICIAN)


@pytest.fixture(scope="module")
def kyoto(world: World, cascade: Cascade) -> Person:
    return statistician(world, cascade.kyoto)


def at(world: World, cascade: Cascade, days: int = 0) -> dict[str, Any]:
    """Return what a service is given in the year after."""
    return world.parts | {"now": datetime(cascade.at.year + 1, 1, 5, 3, tzinfo=UTC) + timedelta(days=days)}


def numbers(world: World, cascade: Cascade, person: Person, **when: Any) -> dict[tuple[str, str], int | None]:
    """What is told of the year, by definition and population; None is kept back."""
    year = cascade.at.year
    read = read_vintage(actor=person.actor, year=year, known_on=None, **at(world, cascade, **when))
    found = {}
    for table in read.vintage.tables:
        for row in (None, *table.counts.rows):
            cell, counted = table.cell(row, len(table.counts.periods) - 1), table.heading.definition.value
            found[counted, row or "all"] = None if cell is None else cell.number
    return found | {(one.figure.definition.value, "lists"): one.figure.number for one in read.vintage.stages}


def freeze(world: World, cascade: Cascade, person: Person, status: FigureStatus = FINAL, days: int = 0) -> None:
    freeze_figures(actor=person.actor, year=cascade.at.year, status=status, **at(world, cascade, days))


def test_what_was_told_counts_and_a_covert_case_in_no_figure_of_its_own_agency(
    world: World, cascade: Cascade, kyoto: Person
) -> None:
    freeze(world, cascade, kyoto, PROVISIONAL)
    told = numbers(world, cascade, kyoto)
    assert (told["identified-victims", "all"], told["identified-victims", "26"]) == (9, 9)
    assert (told["cleared-persons", "26"], told["cleared-persons", "csam/not-told"]) == (7, 7)
    assert told["cleared-cases", "all"] is None, "one inclusive case is a small number"
    stated = ("csam/school:high", "csam/school:not-recorded", "csam/method:selfie")
    assert [told["identified-victims", one] for one in stated] == [9, 0, 9]
    assert (told["cleared-persons", "csam/offender:30s"], told["arrested-persons", "26"]) == (7, 7)


def test_a_referral_counts_in_the_column_of_its_conduct_and_a_new_vintage_knows_it(
    world: World, cascade: Cascade, kyoto: Person
) -> None:
    for _ in range(6):
        referral_id = come(world, cascade.osaka, cascade.kyoto)
        how = {"referral_id": referral_id, "outcome": suspects(1)[0], "answer": Answer()}
        tell_referral_outcome(actor=cascade.kyoto.actor, **how, **cascade.parts)
    before = read_vintage(actor=kyoto.actor, year=cascade.at.year, known_on=None, **at(world, cascade)).vintage
    freeze(world, cascade, kyoto, days=1)
    told = numbers(world, cascade, kyoto, days=1)
    assert (told["cleared-persons", "all"], told["cleared-persons", "csam/possession-etc"]) == (13, 6)
    assert (told["referred-persons", "26"], told["arrested-persons", "csam/possession-etc"]) == (13, 6)
    assert told["cleared-persons", "csam/offender:30s"] == 13
    assert (told["sent-persons", "lists"], told["cleared-persons", "lists"]) == (0, 0), "none is of a list of its own"
    kept = {"actor": kyoto.actor, "year": cascade.at.year, "known_on": before.known_on}
    assert read_vintage(**kept, **at(world, cascade, 2)).vintage == before


def test_a_package_that_cannot_be_read_counts_without_a_conduct_and_that_is_told(
    world: World, kyoto: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_for(kyoto.actor.agency_id):
        asked = (kyoto.actor.agency_id, bytes(32), world.rooms.keys)
        before = counted_acts.known_now(*asked)
        monkeypatch.setattr(counted_acts, "key_of", lambda *_: None)
        after = counted_acts.known_now(*asked)
    assert (before.unread, after.unread > 0) == (0, True)
    assert len(after.known.acts) == len(before.known.acts)


def test_a_year_is_frozen_once_a_day_and_not_before_half_of_it_is_over(
    world: World, cascade: Cascade, kyoto: Person
) -> None:
    with pytest.raises(Conflict):
        freeze(world, cascade, kyoto, days=1)
    parts = at(world, cascade)
    with pytest.raises(InputError):
        freeze_figures(actor=kyoto.actor, year=parts["now"].year, status=PROVISIONAL, **parts)
    assert [(one.status, one.year) for one in list_vintages(actor=kyoto.actor, **at(world, cascade))] == [
        (FINAL, cascade.at.year),
        (PROVISIONAL, cascade.at.year),
    ]


def test_a_vintage_is_never_changed_and_never_deleted(world: World, cascade: Cascade, kyoto: Person) -> None:
    with acting_for(kyoto.actor.agency_id):
        assert StatVintageRow.objects.count() == 2
        for deed in (StatVintageRow.objects.all().delete, lambda: StatVintageRow.objects.update(status="final")):
            with pytest.raises(DatabaseError), transaction.atomic():
                deed()
        assert StatVintageRow.objects.count() == 2


def test_a_vintage_says_whose_it_is_as_its_agency_was_called_then(
    world: World, cascade: Cascade, kyoto: Person
) -> None:
    parts = {"actor": kyoto.actor, "year": cascade.at.year, "known_on": None, **at(world, cascade)}
    before = read_vintage(**parts).agency
    with acting_for(kyoto.actor.agency_id):
        agencies.describe_agency(replace(before, local_name="another"))
    assert read_vintage(**parts).agency == before


def test_who_sees_figures_sees_nothing_else_and_officers_freeze_none(
    world: World, cascade: Cascade, kyoto: Person
) -> None:
    assert permissions_of(frozenset({Role.STATISTICIAN})) == {Permission.STATISTIC_FREEZE, Permission.STATISTIC_READ}
    with pytest.raises(Forbidden):
        freeze(world, cascade, cascade.kyoto)
    assert world.run(kyoto, "case", "list").status == 5
    with pytest.raises(NotFound):
        numbers(world, cascade, statistician(world, cascade.osaka))
    entries = [one for one in world.entries() if one["act"].startswith("statistic:")]
    assert {(one["act"], one["officer"]) for one in entries} >= {
        ("statistic:frozen", str(kyoto.actor.officer_id)),
        ("statistic:read", str(kyoto.actor.officer_id)),
    }


def test_the_command_prints_and_writes_the_same_each_time(world: World, cascade: Cascade, kyoto: Person) -> None:
    year = str(cascade.at.year)
    lines = world.json(kyoto, "statistics", "own", year)
    assert {"number", "unit", "population", "category", "definition", "period", "status", "vintage"} <= set(lines[0])
    assert None in {one["number"] for one in lines}
    written = [world.folder / random_name("own") for _ in range(4)]
    for language, (csv_file, excel_file) in zip(("en", "ja"), (written[:2], written[2:]), strict=True):
        out = ("--csv", str(csv_file), "--excel", str(excel_file), "--language", language)
        for _ in range(2):
            csv_file.unlink(missing_ok=True)
            excel_file.unlink(missing_ok=True)
            assert world.run(kyoto, "statistics", "own", year, *out).status == 0
    assert "当庁が把握した分" in written[2].read_bytes().decode("utf-8-sig")
    assert len(world.json(kyoto, "statistics", "vintages")) == 2


def test_a_covert_case_that_is_erased_is_counted_no_more_than_before(
    world: World, cascade: Cascade, kyoto: Person
) -> None:
    administrator = next(one for one in world.founders[kyoto.agency] if one.actor.may(Permission.OFFICER_ENROLL))
    second = world.enroll(administrator, Role.COORDINATOR)
    with acting_for(kyoto.actor.agency_id):
        reference = Case.objects.get(covert=True).reference
    staff_case(actor=cascade.kyoto.actor, reference=reference, login=second.login, **cascade.parts)
    propose_deletion(actor=cascade.kyoto.actor, reference=reference, ground=ErasureGround.ORDERED, **cascade.parts)
    confirm_deletion(actor=second.actor, reference=reference, queue=world.rooms.queue, **cascade.parts)
    freeze(world, cascade, kyoto, days=3)
    assert numbers(world, cascade, kyoto, days=3)["identified-victims", "all"] == 9

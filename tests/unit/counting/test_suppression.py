"""Tables that keep small counts back, against somebody who has all of them."""

from __future__ import annotations

import random
from datetime import date
from itertools import combinations, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tsunagu.counting.names import force_codes
from tsunagu.counting.suppression import SMALL_BELOW, Published, publish
from tsunagu.counting.tables import Breakdown, Counts, Heading, count_table
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import Definition, FigureStatus, Period
from tsunagu.domain.stat_event import Retracted, StatEvent

from .acts import Maker, Wanted, cleared
from .attacker import Attacker

DAYS = [date(2017, 9, 1), date(2018, 3, 1), date(2018, 9, 1)]
CONDUCTS = ("csam/production", "csam/provision-display", "csam/possession-etc")
DEFINITIONS = [Definition.CLEARED_CASES, Definition.CLEARED_PERSONS, Definition.IDENTIFIED_VICTIMS]


def heading(definition: Definition = Definition.CLEARED_CASES, by: Breakdown = Breakdown.FORCE) -> Heading:
    return Heading(definition, "csam", by, 2017)


def counts(rows: dict[str, tuple[int, ...]], known_on: date = DAYS[1], of: Heading | None = None) -> Counts:
    of = of or heading()
    periods = tuple(one for one in of.periods if one.last <= known_on)
    return Counts(
        of, known_on, FigureStatus.PROVISIONAL, periods, {row: cells[: len(periods)] for row, cells in rows.items()}
    )


def is_small(number: int) -> bool:
    return 0 < abs(number) < SMALL_BELOW


def attack(vintages: list[list[Published]], *, solving: int) -> int:
    """Hold tables against the attacker; return how many places were solved for, at most `solving`."""
    attacker = Attacker(vintages)
    assert [(what, number) for what, number in attacker.differences() if is_small(number)] == []
    hidden = [(place, real) for place, real in attacker.kept_back() if is_small(real)]
    for place, real in hidden[:solving]:
        low, high = attacker.bounds(place)
        assert low < 0.5, place
        assert high > SMALL_BELOW - 0.5, (place, real)
    return min(len(hidden), solving)


def possible(cells: tuple[int, ...], by: Breakdown) -> dict[str, set[int]]:
    """What each row kept back may count, to somebody who holds these very rules against every split of their sum."""
    of = heading(by=by)

    def told(cells: tuple[int, ...]) -> Published:
        return publish(counts({f"{row:02}": (cell,) for row, cell in enumerate(cells)}, DAYS[0], of))

    first = told(cells)
    hidden = sorted(map(int, first.kept_back)) if not first.totals_kept_back else []
    found: dict[str, set[int]] = {f"{row:02}": set() for row in hidden}
    total = sum(cells[row] for row in hidden)
    for ends in combinations(range(total + len(hidden) - 1), len(hidden) - 1) if hidden else ():
        split = [after - before - 1 for before, after in pairwise((-1, *ends, total + len(hidden) - 1))]
        world = tuple(split[hidden.index(row)] if row in hidden else cell for row, cell in enumerate(cells))
        other = told(world)
        if (other.kept_back, other.totals_kept_back) == (first.kept_back, False):
            for row in hidden:
                found[f"{row:02}"].add(world[row])
    return found


@settings(max_examples=40, derandomize=True)
@given(st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6]), min_size=3, max_size=4), st.sampled_from([6, 9, 20, 60]),
       st.sampled_from([Breakdown.FORCE, Breakdown.CATEGORY]))  # fmt: skip
@example([4, 4, 0], 30, Breakdown.CATEGORY)
@example([4, 6, 6], 30, Breakdown.CATEGORY)
@example([4, 4, 4, 0], 20, Breakdown.FORCE)
@example([4, 4, 4, 4], 6, Breakdown.FORCE)
def test_who_knows_the_rules_works_out_no_small_count_either(cells, large, by) -> None:
    table = (*cells, large)
    for row, values in possible(table, by).items():
        assert table[int(row)] in values
        assert not is_small(table[int(row)]) or len(values) >= 3


ROWS = st.dictionaries(
    st.sampled_from(force_codes()[:9]), st.tuples(*[st.one_of(st.integers(0, 7), st.integers(0, 60))] * 2), min_size=4
)
CHANGES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 1), st.integers(-6, 9)), max_size=4)


def changed(rows: dict[str, tuple[int, int]], changes: list[tuple[int, int, int]]) -> dict[str, tuple[int, int]]:
    """Return rows after some of their counts were revised."""
    new = {row: list(cells) for row, cells in rows.items()}
    for place, column, by in changes:
        row = sorted(new)[place % len(new)]
        new[row][column] = max(0, new[row][column] + by)
    return {row: (cells[0], cells[1]) for row, cells in new.items()}


def with_years(rows: dict[str, tuple[int, int]], of: Heading) -> dict[str, tuple[int, ...]]:
    """Return rows with their year: of persons half and year, whatever the second half added."""
    if len(of.periods) == 2:
        return {row: (first, first + second) for row, (first, second) in rows.items()}
    return {row: (first, second, first + second) for row, (first, second) in rows.items()}


@settings(max_examples=40)
@given(st.sampled_from(DEFINITIONS), ROWS, CHANGES, CHANGES)
def test_no_small_count_follows_from_three_vintages(definition, rows, first, second) -> None:
    of = heading(definition)
    told: list[Published] = []
    for day, changes in zip(DAYS, ([], first, second), strict=True):
        rows = changed(rows, changes)
        told.append(publish(counts(with_years(rows, of), day, of), earlier=told))
    attack([[one] for one in told], solving=2)


def test_no_small_count_follows_from_the_tables_of_a_nation_by_force_and_by_conduct() -> None:
    maker, solved = Maker(7), 0
    events = maker.acts(Wanted(Period.half(2017, 1), 90, 60, 12, 120, 60))
    events += maker.acts(Wanted(Period.half(2017, 2), 80, 70, 4, 110, 50))
    shuffled = random.Random(3)
    for one in [one for one in events if shuffled.random() < 0.04 and not isinstance(one, Retracted)]:
        events.append(Retracted(event_id=one.event_id, recorded_on=date(2018, 6, 1)))
    for number in range(12):
        events.append(
            cleared(f"late {number}", date(2017, 5, 1), recorded_on=date(2018, 1, 9), force=f"{number % 3 + 1:02}")
        )
    told: list[list[Published]] = []
    for day in DAYS:
        tables = []
        for kind, (by, rows) in enumerate(((Breakdown.FORCE, force_codes()), (Breakdown.CATEGORY, CONDUCTS))):
            table = count_table(events, heading(by=by), known_on=day, status=FigureStatus.PROVISIONAL, rows=rows)
            tables.append(publish(table, earlier=[one[kind] for one in told]))
        told.append(tables)
    assert 3 <= len(told[0][0].kept_back) < 47
    solved = attack(told, solving=12)
    assert solved == 12


def test_the_attacker_finds_what_suppression_without_a_complement_gives_away() -> None:
    rows = {"01": (3, 9, 12), "02": (20, 30, 50), "03": (40, 10, 50)}
    careless = Published(counts(rows), frozenset({"01"}), totals_kept_back=False)
    attacker = Attacker([[careless]])
    assert ("kept back", 3) in list(attacker.differences())
    assert attacker.bounds((0, 0, "01", 0)) == pytest.approx((3, 3))


def test_the_attacker_finds_what_a_row_that_comes_back_gives_away() -> None:
    then = {"01": (3,), "02": (7,), "03": (6,), "04": (40,)}
    now = {"01": (9, 9, 18), "02": (7, 9, 16), "03": (6, 9, 15), "04": (40, 9, 49)}
    first = publish(counts(then, DAYS[0]))
    assert first.kept_back == {"01", "02", "03"}
    second = publish(counts(now, DAYS[1]), earlier=[first])
    assert second.kept_back == {"01", "02", "03"}
    assert publish(counts(now, DAYS[1])).kept_back == frozenset()


def test_a_small_change_is_held_and_the_vintage_before_stands() -> None:
    then = {f"{one:02}": (20 + one,) for one in range(1, 8)}
    now = {row: (cells[0], 10, cells[0] + 10) for row, cells in then.items()} | {"03": (25, 10, 35)}
    first, second = publish(counts(then, DAYS[0])), None
    assert first.kept_back == frozenset()
    second = publish(counts(now, DAYS[1]), earlier=[first])
    assert "03" in second.kept_back
    change = sum(now[row][0] - then[row][0] for row in second.kept_back)
    assert not is_small(change) or second.kept_back == set(now)
    told = second.cell(None, 0)
    assert told is not None
    assert told.number == sum(cells[0] for cells in now.values())


def test_a_large_change_is_told() -> None:
    then = {f"{one:02}": (20 + one,) for one in range(1, 8)}
    now = {row: (cells[0], 10, cells[0] + 10) for row, cells in then.items()} | {"03": (29, 10, 39)}
    assert publish(counts(now, DAYS[1]), earlier=[publish(counts(then, DAYS[0]))]).kept_back == frozenset()


def test_a_force_that_knows_its_own_figure_learns_no_other() -> None:
    rows = {"01": (3, 0, 3), "02": (1, 0, 1), "03": (50, 5, 55), "04": (60, 7, 67), "05": (70, 9, 79)}
    told = publish(counts(rows))
    for own in told.kept_back:
        others = [sum(rows[row][column] for row in told.kept_back - {own}) for column in range(3)]
        assert not any(map(is_small, others))
    assert {"01", "02"} < told.kept_back


def test_small_totals_leave_nothing_to_tell() -> None:
    told = publish(counts({"01": (1, 9, 10), "02": (2, 9, 11), "03": (0, 9, 9)}))
    assert [told.cell(row, column) for row in (None, "01", "02", "03") for column in range(3)] == [None] * 12


@settings(max_examples=60)
@given(ROWS, st.lists(st.integers(0, 6), min_size=9, max_size=9), st.sampled_from([Breakdown.FORCE, Breakdown.SCHOOL]))
def test_whom_a_part_does_not_count_is_told_by_no_difference_of_both_tables(rows, less, by) -> None:
    of, part_of = heading(Definition.CLEARED_PERSONS, by), heading(Definition.ARRESTED_PERSONS, by)
    wide = with_years(rows, of)
    part = {row: (max(0, half - by_half), max(0, year - by_half))
            for (row, (half, year)), by_half in zip(wide.items(), less, strict=False)}  # fmt: skip
    whole = publish(counts(wide, of=of))
    told = publish(counts(part, of=part_of), within=[[whole]])
    assert told.kept_back >= whole.kept_back
    sets = [{row} for row in part if row not in told.kept_back]
    sets += [set(told.kept_back), set(part)] if not told.totals_kept_back else []
    for together in sets:
        short = [sum(wide[row][column] - part[row][column] for row in together) for column in range(2)]
        assert not any(map(is_small, (*short, short[1] - short[0])))


def test_whom_a_part_did_not_count_before_is_told_by_no_change_of_both_tables() -> None:
    of, part_of = heading(Definition.CLEARED_PERSONS), heading(Definition.ARRESTED_PERSONS)
    forces = [f"{one:02}" for one in range(1, 6)]
    wide = [dict.fromkeys(forces, (30, 60)), dict.fromkeys(forces, (30, 60)) | {"03": (30, 66)}]
    part = [dict.fromkeys(forces, (10, 20)), dict.fromkeys(forces, (10, 20)) | {"03": (10, 25)}]
    days = [date(2018, 3, 1), date(2018, 9, 1)]
    wholes: list[Published] = []
    told: list[Published] = []
    for day, all_of, some_of in zip(days, wide, part, strict=True):
        wholes.append(publish(counts(all_of, day, of), earlier=wholes))
        told.append(publish(counts(some_of, day, part_of), earlier=told, within=[wholes]))
    assert [one.kept_back for one in wholes] == [frozenset()] * 2
    assert publish(counts(part[1], days[1], part_of), earlier=told[:1]).kept_back == frozenset()
    assert "03" in told[1].kept_back  # six more were cleared, five of them arrested: one was not


@settings(max_examples=60)
@given(ROWS, CHANGES, st.lists(st.integers(0, 6), min_size=9, max_size=9), st.lists(st.integers(0, 6), min_size=9,
       max_size=9), st.sampled_from([Breakdown.FORCE, Breakdown.SCHOOL]))  # fmt: skip
def test_no_difference_of_two_tables_changes_by_a_small_number(rows, changes, less, later_less, by) -> None:
    of, part_of = heading(Definition.CLEARED_PERSONS, by), heading(Definition.ARRESTED_PERSONS, by)
    wholes: list[Published] = []
    told: list[Published] = []
    for day, revised, short_by in zip(DAYS[1:], ([], changes), (less, later_less), strict=True):
        rows = changed(rows, revised)
        wide = with_years(rows, of)
        part = {row: (max(0, half - by_half), max(0, year - by_half))
                for (row, (half, year)), by_half in zip(wide.items(), short_by, strict=False)}  # fmt: skip
        wholes.append(publish(counts(wide, day, of), earlier=wholes))
        told.append(publish(counts(part, day, part_of), earlier=told, within=[wholes]))
    if any(one.totals_kept_back for one in told):
        return
    assert told[1].kept_back >= told[0].kept_back | wholes[1].kept_back
    sets = [{row} for row in rows if row not in told[1].kept_back]
    sets += [set(told[1].kept_back)] if len(told[1].kept_back) < len(rows) else []
    for together in sets:
        short = [
            [sum(wide.counts.rows[row][column] - one.counts.rows[row][column] for row in together) for column in (0, 1)]
            for wide, one in zip(wholes, told, strict=True)
        ]
        change = [now - then for then, now in zip(*short, strict=True)]
        assert not any(map(is_small, (*change, change[1] - change[0])))


def test_a_wider_table_of_another_day_protects_nothing() -> None:
    whole = publish(counts({"01": (9, 18)}, DAYS[1], heading(Definition.CLEARED_PERSONS)))
    for vintages in ([], [whole]):
        with pytest.raises(InputError):
            publish(counts({"01": (9, 18)}, DAYS[2], heading(Definition.ARRESTED_PERSONS)), within=[vintages])


def test_nothing_small_is_kept_back_without_need() -> None:
    rows = {"01": (0, 5, 5), "02": (20, 30, 50), "03": (0, 0, 0)}
    assert publish(counts(rows)).kept_back == frozenset()


def test_a_mark_does_not_say_why_a_row_is_kept_back() -> None:
    told = publish(counts({"01": (3, 9, 12), "02": (20, 30, 50), "03": (40, 10, 50), "04": (90, 90, 180)}))
    assert len(told.kept_back) == 3
    assert {told.cell(row, column) for row in told.kept_back for column in range(3)} == {None}


def test_a_vintage_is_published_in_the_light_of_earlier_ones_of_the_same_table_alone() -> None:
    first = publish(counts({"01": (9, 9, 18)}))
    for other in (counts({"01": (9, 9, 18)}, DAYS[0]), counts({"01": (9, 9, 18)}),
                  counts({"01": (9, 9)}, DAYS[2], heading(Definition.CLEARED_PERSONS))):  # fmt: skip
        with pytest.raises(InputError):
            publish(other, earlier=[first])
    for wrong in (1, 101):
        with pytest.raises(InputError):
            publish(counts({"01": (9, 9, 18)}), small_below=wrong)


def test_ten_may_be_the_smallest_count_that_is_told() -> None:
    rows = {f"{one:02}": (one * 4, 40, one * 4 + 40) for one in range(1, 9)}
    assert publish(counts(rows)).kept_back == {"01", "02", "03"}
    assert publish(counts(rows), small_below=10).kept_back >= {"01", "02"}


def test_a_table_counts_each_thing_in_one_row_and_refuses_what_has_none() -> None:
    events: list[StatEvent] = [cleared("1", date(2017, 5, 1), force="07"), cleared("2", date(2017, 8, 1), force="08")]
    table = count_table(events, heading(), known_on=DAYS[1], status=FigureStatus.FINAL, rows=force_codes())
    assert table.rows["07"] == (1, 0, 1)
    assert table.totals == (1, 1, 2)
    assert table.figure("07", 0).population == "force:07"
    assert table.figure(None, 2).text == "2 cases"
    with pytest.raises(InputError):
        count_table(events, heading(), known_on=DAYS[1], status=FigureStatus.FINAL, rows=["07"])
    with pytest.raises(InputError):
        count_table(events, heading(), known_on=date(2017, 6, 29), status=FigureStatus.FINAL, rows=force_codes())


def test_a_table_of_persons_does_not_tell_how_many_were_cleared_twice() -> None:
    assert heading(Definition.CLEARED_PERSONS).periods == (Period.half(2017, 1), Period.year(2017))


def test_two_forces_of_which_one_counts_few_are_told_no_total_either() -> None:
    told = publish(counts({"01": (3, 0, 3), "02": (50, 5, 55)}))
    assert told.totals_kept_back
    assert told.cell(None, 0) is None

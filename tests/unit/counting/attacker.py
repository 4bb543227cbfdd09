"""Somebody who has every table that was ever published, knows the rules, and works out what was kept back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

from tsunagu.counting.suppression import Published
from tsunagu.domain.figure import Period

# What can be told apart: the vintage, the table, the row of it, the column.
Place = tuple[int, int, str, int]


def _told(table: Published, row: str | None) -> list[int] | None:
    """What the table prints of a row, read off its figures as anybody reads them; None where it is kept back."""
    cells = [table.cell(row, column) for column in range(len(table.counts.periods))]
    assert len({one is None for one in cells}) == 1, "a row is told whole or not at all"
    return None if cells[0] is None else [one.number for one in cells if one is not None]


class Attacker:
    """Solves for what was kept back, over all tables of all vintages at once.

    Args:
        vintages: of each vintage the tables that break the same totals down, by force, by conduct, ….

    Beyond what was printed he guesses, and rightly, that counts kept back whose sum has not changed are what they were.
    """

    def __init__(self, vintages: Sequence[Sequence[Published]]) -> None:
        self.tables = [(number, kind, table) for number, of in enumerate(vintages) for kind, table in enumerate(of)]
        self.places: dict[Place, int] = {}
        for number, kind, table in self.tables:
            for row in table.counts.rows:
                for column in range(len(table.counts.periods)):
                    self.places[number, kind, row, column] = len(self.places)
        self.equations, self.values = self._equations()

    def _equations(self) -> tuple[np.ndarray, np.ndarray]:
        rows, values = [], []
        for number, kind, table in self.tables:
            totals = _told(table, None)
            columns = range(len(table.counts.periods))
            for row in table.counts.rows:
                told = _told(table, row)
                for column in columns if told is not None else ():
                    rows.append(self._ones([(number, kind, row, column)]))
                    values.append(told[column])  # type: ignore[index]
            for column in columns if totals is not None else ():
                rows.append(self._ones([(number, kind, row, column) for row in table.counts.rows]))
                values.append(totals[column])  # type: ignore[index]
            if len(columns) == 3:  # halves and their year
                for row in table.counts.rows:
                    line = self._ones([(number, kind, row, 0), (number, kind, row, 1)])
                    line[self.places[number, kind, row, 2]] = -1
                    rows.append(line)
                    values.append(0)
        for one, other in self._steady():
            line = self._ones([one])
            line[self.places[other]] = -1
            rows.append(line)
            values.append(0)
        return np.array(rows).reshape(-1, len(self.places)), np.array(values)

    def _steady(self) -> Iterator[tuple[Place, Place]]:
        """Yield what is kept back now and was there before, in columns of which none of it has changed.

        The sum tells that; the attacker guesses that each is what it was, and rightly.
        """
        for (number, kind, old), (later, other, new) in combinations(self.tables, 2):
            for column, period in enumerate(old.counts.periods if kind == other else ()):
                now = new.counts.periods.index(period)
                pairs = [(old.counts.rows[row][column], new.counts.rows[row][now]) for row in new.kept_back]
                if all(before == after for before, after in pairs):
                    yield from (((number, kind, row, column), (later, kind, row, now)) for row in new.kept_back)

    def _ones(self, places: list[Place]) -> np.ndarray:
        line = np.zeros(len(self.places))
        line[[self.places[one] for one in places]] = 1
        return line

    def bounds(self, place: Place) -> tuple[float, float]:
        """The least and the greatest that a count can be, by everything that was published; counts are not negative."""
        goal = np.zeros(len(self.places))
        goal[self.places[place]] = 1
        ends = []
        for sign in (1, -1):
            found = linprog(sign * goal, A_eq=self.equations, b_eq=self.values, bounds=(0, None))
            ends.append(np.inf if found.status == 3 else sign * found.fun)
        return ends[0], ends[1]

    def kept_back(self) -> Iterator[tuple[Place, int]]:
        """Yield every place that was kept back, and what is really there."""
        for number, kind, table in self.tables:
            for row in table.kept_back:
                for column, real in enumerate(table.counts.rows[row]):
                    yield (number, kind, row, column), real

    def differences(self) -> Iterator[tuple[str, int]]:
        """Yield what subtraction gives away: of each row told, of those kept back together, and of either over time.

        The totals themselves and what changed in them are not among these: they say nothing of a place.
        """
        for _, _, table in self.tables:
            totals = _told(table, None)
            told = {row: _told(table, row) for row in table.counts.rows}
            for row, cells in told.items():
                if cells is not None:
                    yield from _of(f"row {row}", cells, table.counts.periods)
            if totals is not None and table.kept_back:
                shown = [cells for cells in told.values() if cells is not None]
                rest = [total - sum(cells[column] for cells in shown) for column, total in enumerate(totals)]
                yield from _of("kept back", rest, table.counts.periods)
        for (_, kind, old), (_, other, new) in combinations(self.tables, 2):
            if kind == other:
                yield from _over_time(old, new)


def _of(what: str, cells: list[int], periods: tuple[Period, ...]) -> Iterator[tuple[str, int]]:
    yield from ((what, one) for one in cells)
    if len(periods) == 2:  # half and year: what the second half added
        yield f"{what}, added", cells[1] - cells[0]
    if len(periods) == 3:
        yield from ((f"{what}, the other half", cells[2] - one) for one in cells[:2])


def _over_time(old: Published, new: Published) -> Iterator[tuple[str, int]]:
    for column, period in enumerate(new.counts.periods):
        if period not in old.counts.periods:
            continue
        then = old.counts.periods.index(period)
        change = 0
        for row in new.counts.rows:
            now, before = _told(new, row), _told(old, row)
            if now is not None and before is not None:
                yield f"change of {row}", now[column] - before[then]
                change += now[column] - before[then]
        old_totals, new_totals = _told(old, None), _told(new, None)
        if old_totals is not None and new_totals is not None and 0 < len(new.kept_back) < len(new.counts.rows):
            yield "change of what is kept back", new_totals[column] - old_totals[then] - change

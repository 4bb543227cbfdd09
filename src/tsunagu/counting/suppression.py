"""What a table keeps back, so that no count of a few people can be read off it or worked out from several tables.

Whole rows are kept back, in every column, under one mark that does not say why. So all that can be learnt of them is
their sum, and any split of that sum is possible; docs/statistics.md tells why that holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tsunagu.counting.tables import Breakdown, Counts, Heading
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import Figure, Unit

SMALL_BELOW = 5
"""A count from 1 up to this, exclusively, is small; 0 is not."""
_AT_LEAST_OF_FORCES, _AT_LEAST_OF_OTHERS = 3, 2
"""How many rows are kept back: a force knows its own figure, and of three it still learns no other's."""


@dataclass(frozen=True, slots=True)
class Published:
    """A table as it may leave the house.

    Attributes:
        counts: all counts; what was kept back in this vintage is needed to protect the next, and is not printed.
        kept_back: the rows that are not told.
        totals_kept_back: True where even the totals would tell something small; then nothing of the table is told.
    """

    counts: Counts
    kept_back: frozenset[str]
    totals_kept_back: bool

    @property
    def heading(self) -> Heading:
        """What the table counts."""
        return self.counts.heading

    def cell(self, row: str | None, column: int) -> Figure | None:
        """Return one figure, or None where it is kept back; `row` None for the total."""
        hidden = self.totals_kept_back or (row is not None and row in self.kept_back)
        return None if hidden else self.counts.figure(row, column)


def publish(
    counts: Counts,
    *,
    earlier: Sequence[Published] = (),
    within: Sequence[Published] = (),
    small_below: int = SMALL_BELOW,
) -> Published:
    """Return a table with enough rows kept back, in the light of every earlier vintage of it.

    A row is kept back when one of its counts is small, when it was kept back before, or when it was told before and
    has changed by a small number since: its earlier vintage stands. More rows follow, smallest first, until the sum
    of those kept back is not small itself, has not changed by a small number, and stays so for a force that knows
    its own part of it; where there are too few rows for that, the totals are kept back too. The change of a total is
    always told: it says nothing of a place.

    A table of a part, such as persons arrested beside persons cleared, keeps back whatever the wider one does, and
    more rows until no difference of both is small: who is not in the part would be told by it.

    Args:
        counts: the table.
        earlier: every earlier vintage that was published.
        within: tables of the same vintage and the same rows of which this one counts a part.
        small_below: counts from 1 up to this, exclusively, are small; 2 to 100.

    Raises:
        InputError: an earlier table counts something else or is not earlier, or `small_below` is out of range.
    """
    if not 2 <= small_below <= 100:
        raise InputError("small is below 2 to 100")
    for one in earlier:
        if one.heading != counts.heading or one.counts.known_on >= counts.known_on:
            raise InputError("this is no earlier vintage of the same table")
    guard = _Guard(counts, tuple(one for one in earlier if not one.totals_kept_back), tuple(within), small_below)
    every = frozenset(counts.rows)
    if guard.tells_too_much():
        return Published(counts, every, totals_kept_back=True)
    before = frozenset().union(*(one.kept_back for one in (*earlier, *within)))
    kept = {row for row in counts.rows if row in before or guard.gives_away(row)}
    more = sorted(every - kept, key=lambda row: (counts.rows[row][-1], row))
    while kept and more and not guard.is_safe(kept):
        kept.add(more.pop(0))
    if kept and not guard.hides(kept):  # no row is left to hide them among
        return Published(counts, every, totals_kept_back=True)
    return Published(counts, frozenset(kept), totals_kept_back=False)


def kept_back_of(counts: Mapping[str, int], *, small_below: int = SMALL_BELOW) -> frozenset[str]:
    """Return the rows of one column that are not told: small ones, and enough others that none can be worked out.

    It is the rule of `publish` for a single count a row, by force: at least three, whose sum is not small, and stays
    so for whoever knows one of them. All of them, where there are too few rows for that.

    Args:
        counts: how many, by row; the sum may be told beside.
        small_below: as for `publish`.
    """
    kept = {row for row, count in counts.items() if 0 < count < small_below}
    more = sorted((row for row in counts if row not in kept), key=lambda row: (counts[row], row))
    while kept:
        total = sum(counts[row] for row in kept)
        sums = [total, *(total - counts[row] for row in kept)]
        if len(kept) >= _AT_LEAST_OF_FORCES and not any(0 < one < small_below for one in sums):
            break
        if not more:
            return frozenset(counts)
        kept.add(more.pop(0))
    return frozenset(kept)


@dataclass(frozen=True, slots=True)
class _Guard:
    """Judges what a table would tell.

    Attributes:
        counts: the table.
        earlier: its earlier vintages whose totals were told.
        within: tables of which it counts a part.
        small_below: from 1 up to this is small.
    """

    counts: Counts
    earlier: tuple[Published, ...]
    within: tuple[Published, ...]
    small_below: int

    def is_small(self, number: int) -> bool:
        return 0 < abs(number) < self.small_below

    def telling(self, values: Sequence[int]) -> tuple[int, ...]:
        """Return what a row of counts tells: itself, and of persons how many the second half added."""
        if self.counts.heading.definition.unit is Unit.PERSONS and len(values) > 1:
            return (*values, values[1] - values[0])
        return tuple(values)

    def tells_too_much(self) -> bool:
        """Return whether even the totals tell something small, of themselves or beside those of a wider table."""
        beside = (step for one in self.within for step in self._short_of(self.counts.totals, one.counts.totals))
        return any(one.totals_kept_back for one in self.within) or any(
            map(self.is_small, (*self.telling(self.counts.totals), *beside))
        )

    def _short_of(self, part: Sequence[int], whole: Sequence[int]) -> tuple[int, ...]:
        """Return by how much one row of counts is less than that of a wider table, and what each tells of that."""
        return self.telling([wide - one for one, wide in zip(part, whole, strict=True)])

    def gives_away(self, row: str) -> bool:
        """Return whether a row holds something small, has changed by such since it was told, or lacks it of a whole."""
        beside = (step for one in self.within for step in self._short_of(self.counts.rows[row], one.counts.rows[row]))
        changes = (change for one in self.earlier if row not in one.kept_back for change in self._changes([row], one))
        return any(map(self.is_small, (*self.telling(self.counts.rows[row]), *changes, *beside)))

    def _changes(self, rows: Sequence[str], old: Published) -> list[int]:
        """Return by how much the sum of rows differs from an earlier vintage, for each column that both have."""
        pairs = [
            (column, old.counts.periods.index(period))
            for column, period in enumerate(self.counts.periods)
            if period in old.counts.periods
        ]
        return [sum(self.counts.rows[row][now] - old.counts.rows[row][then] for row in rows) for now, then in pairs]

    def is_safe(self, kept: set[str]) -> bool:
        """Return whether neither the sum of the rows kept back nor its change gives anything small away."""
        rows = sorted(kept)
        changes = (change for one in self.earlier for change in self._changes(rows, one))
        return self.hides(kept) and not any(map(self.is_small, changes))

    def hides(self, kept: set[str]) -> bool:
        """Return whether the sum of the rows kept back gives nothing small away, to a force of theirs neither."""
        breakdown = self.counts.heading.breakdown
        by_force = breakdown is Breakdown.FORCE
        if len(kept) < (_AT_LEAST_OF_FORCES if by_force else _AT_LEAST_OF_OTHERS):
            return False
        rows = sorted(kept)
        beside = [[self._short_of(self.counts.rows[row], one.counts.rows[row]) for row in rows] for one in self.within]
        for told in ([self.telling(self.counts.rows[row]) for row in rows], *beside):
            for column in zip(*told, strict=True):
                sums = [sum(column)]
                if by_force:
                    sums += [sums[0] - own for own in column]
                if any(map(self.is_small, sums)):
                    return False
        return True

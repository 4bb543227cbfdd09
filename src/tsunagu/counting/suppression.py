"""What a table keeps back, so that no count of a few people can be read off it or worked out from several tables.

Whole rows are kept back, in every column, under one mark that does not say why. What can be learnt of them is their
sum, and what these rules say to whoever knows them; docs/statistics.md tells why that leaves every small count open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tsunagu.counting.tables import Breakdown, Counts, Heading
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import Figure, Unit

SMALL_BELOW = 5
"""A count from 1 up to this, exclusively, is small; 0 is not."""
_AT_LEAST = 3
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
    within: Sequence[Sequence[Published]] = (),
    small_below: int = SMALL_BELOW,
) -> Published:
    """Return a table with enough rows kept back, in the light of every earlier vintage of it.

    A row is kept back when one of its counts is small, when it was kept back before, or when it was told before and
    has changed by a small number since: its earlier vintage stands. More rows follow, smallest first, until the sum
    of those kept back is not small itself, has not changed by a small number, and stays so for a force that knows
    its own part of it; and until whoever knows these rules can work out none of them. Where there are too few rows
    for the first, the totals are kept back too. The change of a total is always told: it says nothing of a place.

    A table of a part, such as persons arrested beside persons cleared, keeps back whatever the wider one does, and
    more rows until no difference of both is small, nor has changed by a small number: who is not in the part would be
    told by it.

    Args:
        counts: the table.
        earlier: every earlier vintage that was published.
        within: of each table with the same rows of which this one counts a part, all vintages, the last of this day.
        small_below: counts from 1 up to this, exclusively, are small; 2 to 100.

    Raises:
        InputError: an earlier table counts something else or is not earlier, a wider one was not published on the
            same day, or `small_below` is out of range.
    """
    if not 2 <= small_below <= 100:
        raise InputError("small is below 2 to 100")
    for one in earlier:
        if one.heading != counts.heading or one.counts.known_on >= counts.known_on:
            raise InputError("this is no earlier vintage of the same table")
    for vintages in within:
        if not vintages or vintages[-1].counts.known_on != counts.known_on:
            raise InputError("a wider table has no vintage of the same day")
    wider = [vintages[-1] for vintages in within]
    heading, every = counts.heading, frozenset(counts.rows)
    guard = _Guard(
        tuple(_told_of(counts, earlier, within)),
        small_below,
        by_force=heading.breakdown is Breakdown.FORCE,
        of_persons=heading.definition.unit is Unit.PERSONS,
    )
    if any(one.totals_kept_back for one in wider) or guard.tells_too_much(every):
        return Published(counts, every, totals_kept_back=True)
    kept = guard.chosen(frozenset().union(*(one.kept_back for one in (*earlier, *wider))))
    if kept and not guard.hides(kept):  # no row is left to hide them among
        return Published(counts, every, totals_kept_back=True)
    return Published(counts, kept, totals_kept_back=False)


def kept_back_of(counts: Mapping[str, int], *, small_below: int = SMALL_BELOW) -> frozenset[str]:
    """Return the rows of one column that are not told: small ones, and enough others that none can be worked out.

    It is the rule of `publish` for a single count a row, by force: at least three, whose sum is not small, and stays
    so for whoever knows one of them. All of them, where there are too few rows for that.

    Args:
        counts: how many, by row; the sum may be told beside.
        small_below: as for `publish`.
    """
    told = _Told({row: (count,) for row, count in counts.items()}, ())
    return _Guard((told,), small_below, by_force=True, of_persons=False).chosen(frozenset())


_Rows = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class _Told:
    """Counts that anybody can work out of each row: a table's own, or by how much they are short of a wider one's.

    Attributes:
        now: in this vintage.
        before: in each earlier vintage whose totals were told, and the rows that it kept back. Its columns are the
            first of those of now: the others were not over.
    """

    now: _Rows
    before: tuple[tuple[_Rows, frozenset[str]], ...]


def _told_of(counts: Counts, earlier: Sequence[Published], within: Sequence[Sequence[Published]]) -> Iterator[_Told]:
    """Yield what a table tells by itself, then beside each wider one."""
    told = [one for one in earlier if not one.totals_kept_back]
    yield _Told(counts.rows, tuple((one.counts.rows, one.kept_back) for one in told))
    for *before, now in within:
        of_day = {one.counts.known_on: one.counts for one in before}
        pairs = [(one, of_day[one.counts.known_on]) for one in told if one.counts.known_on in of_day]
        yield _Told(
            _short_of(counts, now.counts),
            tuple((_short_of(one.counts, wide), one.kept_back) for one, wide in pairs),
        )


def _short_of(part: Counts, whole: Counts) -> _Rows:
    return {
        row: tuple(wide - one for one, wide in zip(cells, whole.rows[row], strict=True))
        for row, cells in part.rows.items()
    }


@dataclass(frozen=True, slots=True)
class _Guard:
    """Judges what a table would tell.

    Attributes:
        told: by itself, and beside each wider one.
        small_below: from 1 up to this is small.
        by_force: whether each row is a force, which knows its own.
        of_persons: whether the columns are the first half and the year, of which the second half follows.
    """

    told: tuple[_Told, ...]
    small_below: int
    by_force: bool
    of_persons: bool

    def chosen(self, before: frozenset[str]) -> frozenset[str]:
        """Return the rows that are kept back: those that give something away, and the smallest until all is safe.

        Args:
            before: rows that an earlier or a wider table keeps back.
        """
        rows = self.told[0].now
        kept = {row for row in rows if row in before or self.gives_away(row)}
        more = sorted(rows.keys() - kept, key=lambda row: (rows[row][-1], row))
        while kept and more and not self.is_safe(kept):
            kept.add(more.pop(0))
        return frozenset(kept)

    def is_small(self, number: int) -> bool:
        return 0 < abs(number) < self.small_below

    def telling(self, values: Sequence[int]) -> tuple[int, ...]:
        """Return what counts, or changes of them, tell: and of persons how many the second half added."""
        if self.of_persons and len(values) > 1:
            return (*values, values[1] - values[0])
        return tuple(values)

    def tells_too_much(self, every: frozenset[str]) -> bool:
        """Return whether even the totals tell something small, of themselves or beside those of a wider table."""
        return any(self.is_small(one) for told in self.told for one in self.telling(_sums(told.now, every)))

    def gives_away(self, row: str) -> bool:
        """Return whether a row tells something small, or has changed by such since it was told."""
        for told in self.told:
            changes = [
                one for rows, kept in told.before if row not in kept for one in self._changes([row], told.now, rows)
            ]
            if any(map(self.is_small, (*self.telling(told.now[row]), *changes))):
                return True
        return False

    def _changes(self, rows: Collection[str], now: _Rows, then: _Rows) -> tuple[int, ...]:
        """Return by how much the sum of rows differs from an earlier vintage, for each column that both have."""
        pairs = zip(_sums(now, rows), _sums(then, rows), strict=False)
        return self.telling([new - old for new, old in pairs])

    def is_safe(self, kept: Collection[str]) -> bool:
        """Return whether neither the sum of the rows kept back nor its change gives anything small away."""
        changes = (one for told in self.told for rows, _ in told.before for one in self._changes(kept, told.now, rows))
        return self.hides(kept) and self.leaves_open(kept) and not any(map(self.is_small, changes))

    def hides(self, kept: Collection[str]) -> bool:
        """Return whether the sum of the rows kept back gives nothing small away, to a force of theirs neither."""
        if len(kept) < _AT_LEAST:
            return False
        for told in self.told:
            for column in self._columns(told.now, kept):
                total = sum(column)
                if any(map(self.is_small, (total, *(total - own for own in column if self.by_force)))):
                    return False
        return True

    def leaves_open(self, kept: Collection[str]) -> bool:
        """Return whether also who knows these rules, and one row, cannot work out a small count that is kept back.

        He knows that no row kept back is larger than the smallest that is told, but for one that is small in another
        column. So where one is small they must be so few together that any of them may be nothing, and so many that
        any may be no small number. What each of them counts is not looked at, for he would learn it from the answer.
        """
        rows = self.told[0].now
        shown = [cells[-1] for row, cells in rows.items() if row not in kept]
        if not shown:
            return True
        most, spare = min(shown), _AT_LEAST - 1
        least = 2 * self.small_below - 1 if self.by_force else self.small_below
        small = (one for one in self._columns(rows, kept) if any(map(self.is_small, one)) and max(one) <= most)
        return most >= self.small_below and all(
            least <= sum(column) <= (len(column) - spare) * most for column in small
        )

    def _columns(self, rows: _Rows, kept: Collection[str]) -> Iterator[tuple[int, ...]]:
        """Yield what the rows kept back tell, column by column."""
        yield from zip(*(self.telling(rows[row]) for row in kept), strict=True)


def _sums(rows: _Rows, of: Collection[str]) -> list[int]:
    """Return the sum of some rows in each column."""
    return [sum(column) for column in zip(*(rows[row] for row in of), strict=True)]

"""Whether a change can be: the difference or ratio of two published figures of the same kind, of two periods."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tsunagu.counting.checking_counts import candidates
from tsunagu.counting.checking_shares import is_printed_as, is_printed_percent
from tsunagu.counting.reference import Precision, Reference
from tsunagu.counting.statements import Statement, StatementKind
from tsunagu.counting.verdicts import UNKNOWN, Reason, Verdict, impossible, possible, right
from tsunagu.domain.figure import Period


def judge_change(statement: Statement) -> Verdict:
    """Return whether a change can be: between the periods that it names, or from the year before.

    Where the statement names no category, a change of any published one is enough.
    """
    than = statement.than or _year_before(statement.period)
    if than is None:
        return UNKNOWN
    pairs = list(_pairs(statement, than))
    found = [pair for pair in pairs if _says(*pair, statement)]
    if found:
        wholes = [pair for pair in found if pair[0].figure.category == pair[0].figure.whole]
        is_exact = statement.number.precision is Precision.EXACT
        verdict = right if is_exact else possible
        return verdict(Reason.DERIVED if is_exact else Reason.APPROXIMATE, *(wholes or found)[0])
    return impossible(Reason.DIFFERS, *pairs[0]) if pairs else UNKNOWN


def _year_before(period: Period) -> Period | None:
    """Return the same part of the year before; None for what is no year or half-year."""
    year = period.last.year
    for now, before in (
        (Period.year(year), Period.year(year - 1)),
        (Period.half(year, 1), Period.half(year - 1, 1)),
        (Period.half(year, 2), Period.half(year - 1, 2)),
    ):
        if period == now:
            return before
    return None


def _pairs(statement: Statement, than: Period) -> Iterator[tuple[Reference, Reference]]:
    """Yield figures of the later and the earlier period that are of one category and definition, wholes first."""
    later = sorted(candidates(statement), key=lambda one: one.figure.category.count("/"))
    earlier = candidates(replace(statement, period=than))
    for now in later:
        for before in earlier:
            is_one = (now.figure.category, now.figure.definition) == (before.figure.category, before.figure.definition)
            is_meant = statement.category in {None, now.figure.category}
            if is_one and is_meant and not now.figure.period.is_cumulative:
                yield now, before


def _says(now: Reference, before: Reference, statement: Statement) -> bool:
    new, old = now.figure.number, before.figure.number
    if statement.number.kind is StatementKind.CHANGE:
        return is_printed_as(new - old, statement.number)
    if old == 0:
        return False
    if statement.number.kind is StatementKind.CHANGE_PERCENT:
        return is_printed_percent(100 * (new - old) / old, statement.number)
    return is_printed_as(new / old, statement.number)

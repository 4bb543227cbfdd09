"""Which statements about figures can be: each held against the published ones, by unit, population and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tsunagu.counting.checking_changes import judge_change
from tsunagu.counting.checking_counts import judge_count
from tsunagu.counting.checking_shares import judge_share
from tsunagu.counting.reference import Precision
from tsunagu.counting.statement_tables import read_statement
from tsunagu.counting.statement_words import Unreadable
from tsunagu.counting.statements import Statement, StatementKind
from tsunagu.counting.verdicts import Reason, Standing, Verdict, impossible
from tsunagu.domain.figure import Definition, Period

PARTS = ("csam/production", "csam/provision-display", "csam/possession-etc")
"""The conducts that cases are divided into; each case counts in one of them."""
_WHOLE = "csam"
_NOT_KNOWN_HERE = frozenset({Reason.UNKNOWN_POPULATION, Reason.UNKNOWN_CATEGORY, Reason.UNKNOWN_DEFINITION})


def check_table(rows: Sequence[Mapping[str, str]]) -> tuple[Verdict, ...]:
    """Return a verdict for each row of a table, in its order.

    A row is judged by itself; and where the conducts of a period and their whole are all stated, a sum that is not
    the whole makes the whole impossible, and with it every part that nothing published confirms.
    """
    read = [_read(row) for row in rows]
    verdicts = [judge(one) if isinstance(one, Statement) else one for one in read]
    for group in _divided(read):
        parts = [read[place] for place in group[:-1]]
        whole = read[group[-1]]
        total = sum(one.number.value for one in parts if isinstance(one, Statement))
        if isinstance(whole, Statement) and total != whole.number.value:
            for place in group:
                if verdicts[place].standing is not Standing.RIGHT:
                    verdicts[place] = impossible(Reason.PARTS_DO_NOT_ADD_UP, *verdicts[place].references)
    return tuple(verdicts)


def judge(statement: Statement) -> Verdict:
    """Return whether a statement can be, and why."""
    kind = statement.number.kind
    if kind is StatementKind.COUNT:
        return judge_count(statement)
    if kind is StatementKind.SHARE:
        return judge_share(statement)
    return judge_change(statement)


def _read(row: Mapping[str, str]) -> Statement | Verdict:
    try:
        return read_statement(row)
    except Unreadable as error:
        reason = Reason(error.reason)
        return Verdict(Standing.UNKNOWN if reason in _NOT_KNOWN_HERE else Standing.IMPOSSIBLE, reason)


def _divided(read: Sequence[Statement | Verdict]) -> list[list[int]]:
    """Return where the three parts of a period and then their whole are stated, exactly and once."""
    places: dict[tuple[str, Period], dict[str, list[int]]] = {}
    for place, one in enumerate(read):
        if isinstance(one, Statement) and _counts_cases_exactly(one):
            of_period = places.setdefault((one.population, one.period), {})
            of_period.setdefault(one.category or _WHOLE, []).append(place)
    wanted = (*PARTS, _WHOLE)
    full = [of for of in places.values() if all(len(of.get(one, ())) == 1 for one in wanted)]
    return [[of[one][0] for one in wanted] for of in full]


def _counts_cases_exactly(one: Statement) -> bool:
    counts = one.number.kind is StatementKind.COUNT and one.number.precision is Precision.EXACT
    return counts and one.unit is Definition.CLEARED_CASES.unit

"""What banks know of what is asked for, as the linker: each bank by its own rules, as they are at this moment."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DataError, connections

from tsunagu.domain.bank import BankSemantics, Opinion
from tsunagu.domain.look_up import DigestKind
from tsunagu.domain.party import AgencyCard
from tsunagu.records.session import LINKER, Statement

RECENT_QUERIES = 10_000
"""Fingerprints that are kept of what an agency asked for lately."""
_COLUMNS = """
item.id, bank.id, bank.name, bank.semantics, item.opinion, bank.radius_bits, owner.id, owner.name, owner.country,
owner.contact"""
_ANSWERING = """
FROM bank_item AS item JOIN bank ON bank.id = item.bank_id JOIN agency AS owner ON owner.id = bank.agency_id
    LEFT JOIN bank_import ON bank_import.id = item.import_id
WHERE item.withdrawn IS NULL AND item.quarantine IS NULL
  AND (bank.agency_id = %(asker)s OR bank.is_open) AND (%(banks)s::uuid[] IS NULL OR bank.id = ANY(%(banks)s))
  AND (item.import_id IS NULL OR bank_import.done_at IS NOT NULL)
  AND ((%(own_all)s AND bank.agency_id = %(asker)s) OR (
    bank.is_on AND (bank.expires_on IS NULL OR bank.expires_on >= %(today)s)
    AND (item.disabled_until IS NULL OR item.disabled_until <= %(now)s)
    AND (bank.share_percent = 100 OR (hashint8(item.id) & 2147483647) %% 100 < bank.share_percent)))
"""


_SEMANTICS = {one.value: one for one in BankSemantics}
_SPEND = """
WITH asked AS (
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[])
        AS asked (agency, officer, key, queries, most)
), spent AS (
    INSERT INTO look_up_day (agency_id, officer_id, api_key, day, queries)
    SELECT agency, officer, key, %s, queries FROM asked
    ON CONFLICT (officer_id, api_key, day) DO UPDATE SET queries = look_up_day.queries + excluded.queries
    RETURNING officer_id, api_key, queries
)
SELECT 1 / (NOT bool_or(spent.queries > most))::int FROM spent
    JOIN asked ON officer = officer_id AND key IS NOT DISTINCT FROM api_key
"""
TOO_MUCH = DataError
"""What is raised where `spent` counts more than is left: by a division, for SQL alone has no other way to fail."""
_TELL = """
INSERT INTO look_up_hit (asked_at, agency_id, bank_id, item_id, distance_bits, asked_by_id)
SELECT %s, * FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::smallint[], %s::uuid[])
"""
_REMEMBER = "INSERT INTO recent_query (agency_id, pdq) SELECT * FROM unnest(%s::uuid[], %s::bytea[])"


@dataclass(frozen=True, slots=True)
class Asker:
    """In whose name banks are asked.

    Attributes:
        banks: the only ones that are asked; None for all that answer this agency.
        of_own_all: whether the agency's own banks answer with all their items, also those that are switched off.
    """

    agency_id: UUID
    banks: frozenset[UUID] | None = None
    of_own_all: bool = False


class Budget(NamedTuple):
    """By what a day's look-ups are counted: an officer's own, or a key of his."""

    agency_id: UUID
    officer_id: UUID
    key_id: UUID | None


Asking = Sequence[tuple[Budget, int, int]]
"""Budget, how much of it is asked for, and how much of it there is in a day."""


@dataclass(frozen=True, slots=True)
class Answering:
    """An item that answers an asker.

    Attributes:
        owner: of the bank, with what is needed to call it and no more.
        radius_bits: the bank's.
    """

    item_id: int
    bank_id: UUID
    bank: str
    owner: AgencyCard
    semantics: BankSemantics
    is_disputed: bool
    radius_bits: int


def near(asker: Asker, item_ids: Iterable[int], *, now: datetime) -> dict[int, Answering]:
    """Return which of these items answer, by their id: the caller knows how near they are."""
    wanted = list(item_ids)
    if not wanted:
        return {}
    rows = _asked(
        f"SELECT {_COLUMNS} {_ANSWERING} AND item.id = ANY(%(items)s::bigint[])", asker, now, items=_array(wanted)
    )
    owners: dict[UUID, AgencyCard] = {}
    return {row[0]: _answering(row, owners) for row in rows}


def same(
    asker: Asker, digests: Iterable[tuple[DigestKind, bytes]], *, now: datetime
) -> dict[tuple[DigestKind, bytes], list[Answering]]:
    """Return the items that have one of these digests and answer, by the digest."""
    wanted: dict[DigestKind, set[bytes]] = {}
    for kind, digest in digests:
        wanted.setdefault(kind, set()).add(digest)
    found: dict[tuple[DigestKind, bytes], list[Answering]] = {}
    owners: dict[UUID, AgencyCard] = {}
    for kind, some in wanted.items():
        column = kind.value  # of a closed set
        query = f"SELECT item.{column}, {_COLUMNS} {_ANSWERING} AND item.{column} = ANY(%(some)s)"
        for digest, *row in _asked(query, asker, now, some=list(some)):
            found.setdefault((kind, bytes(digest)), []).append(_answering(row, owners))
    return found


def is_left(asked: Asking, *, seen: Mapping[Budget, int], now: datetime) -> list[bool]:
    """Return for each whether it is left today, and count nothing: what others ask meanwhile is not known yet.

    Args:
        asked: what is asked for.
        seen: how much of budgets was used today; those that are not in it are looked at.
        now: what day it is.
    """
    numbers = _numbers(asked)
    used = seen if numbers.keys() <= seen.keys() else {**_used(numbers, now), **seen}
    return _left(asked, numbers, [used.get(budget, 0) for budget in numbers])


def spent(asked: Asking, *, now: datetime) -> Statement:
    """Return what counts out of budgets what is asked, and fails as `TOO_MUCH` where one of them has less left today.

    The rows stay locked for every other asker of the same budgets until the transaction ends.
    """
    together: dict[Budget, list[int]] = {}
    for budget, queries, most in asked:
        counted = together.setdefault(budget, [0, most])
        counted[0] += queries
    # In one order everywhere: two processes never wait for each other.
    budgets = sorted(together, key=lambda budget: (str(budget.officer_id), str(budget.key_id)))
    rows = [(*budget, *together[budget]) for budget in budgets]
    return _SPEND, [*_columns(rows), now.astimezone(UTC).date()]


def _numbers(asked: Asking) -> dict[Budget, int]:
    numbers: dict[Budget, int] = {}
    for budget, *_ in asked:
        numbers.setdefault(budget, len(numbers))
    return numbers


def _left(asked: Asking, numbers: Mapping[Budget, int], used: Sequence[int]) -> list[bool]:
    """Return for each whether it is left, one after the other, where so much of each budget was used before them."""
    so_far, is_left = list(used), []
    for budget, queries, most in asked:
        place = numbers[budget]
        is_left.append(so_far[place] + queries <= most)
        so_far[place] += queries if is_left[-1] else 0
    return is_left


def _used(budgets: Iterable[Budget], now: datetime) -> dict[Budget, int]:
    """Return what is used up of budgets today; those of which nothing is are left out."""
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "SELECT agency_id, officer_id, api_key, queries FROM look_up_day"
            " WHERE day = %s AND officer_id = ANY(%s::uuid[])",
            [now.astimezone(UTC).date(), _array({budget.officer_id for budget in budgets})],
        )
        return {Budget(*budget): int(total) for *budget, total in cursor.fetchall()}


def owners_told(hits: Sequence[tuple[Answering, int, UUID]], *, now: datetime) -> list[Statement]:
    """Return what lets the owner of each bank know what of it was asked for, how near, and by which agency."""
    if not hits:
        return []
    rows = [(one.owner.agency_id, one.bank_id, one.item_id, distance, asked_by) for one, distance, asked_by in hits]
    return [(_TELL, [now, *_columns(rows)])]


def remembered(fingerprints: Sequence[tuple[UUID, bytes]]) -> list[Statement]:
    """Return what keeps what agencies asked for: a new item that is near much of it is too wide to go live."""
    if not fingerprints:
        return []
    agencies = _array([agency_id for agency_id, _ in fingerprints])
    return [(_REMEMBER, [agencies, [data for _, data in fingerprints]])]


def forget_older() -> None:
    """Forget what each agency asked for before its last `RECENT_QUERIES`."""
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "DELETE FROM recent_query USING (SELECT id, row_number() OVER (PARTITION BY agency_id ORDER BY id DESC)"
            " AS age FROM recent_query) AS counted WHERE counted.id = recent_query.id AND age > %s",
            [RECENT_QUERIES],
        )


def _asked(query: str, asker: Asker, now: datetime, **more: Any) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {
        "now": now,
        "today": now.astimezone(UTC).date(),
        "asker": asker.agency_id,
        "own_all": asker.of_own_all,
        "banks": None if asker.banks is None else list(asker.banks),
        **more,
    }
    with connections[LINKER].cursor() as cursor:
        cursor.execute(query, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[str]:
    """Return rows of numbers and UUIDs as the columns that `unnest` puts together again: one statement for them all."""
    return [_array(column) for column in zip(*rows, strict=True)]


def _array(values: Collection[int | UUID | None]) -> str:
    """Return numbers or UUIDs as the server writes an array: none of them needs a quote."""
    written: dict[object, str] = {one: str(one) for one in set(values)}  # few agencies and banks, again and again
    written[None] = "NULL"
    return f"{{{','.join(map(written.__getitem__, values))}}}"


def _answering(row: Sequence[Any], owners: dict[UUID, AgencyCard]) -> Answering:
    """Return what a row says; owners are few, and each is made once."""
    item, bank, name, semantics, opinion, radius_bits, owner_id, *called = row
    owner = owners.get(owner_id) or owners.setdefault(owner_id, AgencyCard(owner_id, *called))
    return Answering(item, bank, name, owner, _SEMANTICS[semantics], opinion == Opinion.DISPUTED, radius_bits)

"""What of series is published to banks, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.domain.series import Distributed, SeriesStatus
from tsunagu.domain.series_steps import Member
from tsunagu.records import bank_items
from tsunagu.records.models import Case, MediaItem, PublishedItem, Series, SeriesItemRow, Trace
from tsunagu.records.new_items import NewItem
from tsunagu.records.planned import rows_of

_PDQ = FingerprintKind.PDQ
_CIRCULATES = Q(distributed=Distributed.YES) & ~Q(status=SeriesStatus.NOT_ILLEGAL)

_PUBLISHED = """
SELECT b.name, count(DISTINCT p.bank_item_id)
FROM published_item p JOIN bank_item n ON n.id = p.bank_item_id JOIN bank b ON b.id = p.bank_id
WHERE n.withdrawn IS NULL AND p.case_id IN (SELECT case_id FROM case_member WHERE officer_id = $2::uuid)
AND EXISTS (SELECT 1 FROM series_item i JOIN series t ON t.id = i.series_id
            WHERE t.root_id = $1::uuid AND i.case_id = p.case_id AND i.item_id = p.item_id)
GROUP BY b.name ORDER BY b.name
"""


class Place(NamedTuple):
    """Of which series, and in which bank, something was published."""

    series_id: UUID
    bank_id: UUID


def known_by(members: Collection[Member]) -> dict[Member, NewItem]:
    """Return by what a bank would know these contents again."""
    ids = {one.item_id for one in members}
    traces = Trace.objects.filter(item_id__in=ids, kind=_PDQ.code, quality__gte=_PDQ.quality_floor)
    pdq = {item: bytes(data) for item, data in traces.values_list("item_id", "data")}
    rows = MediaItem.objects.filter(id__in=ids, size_bytes__gt=0).values_list("id", "md5", "sha1", "sha256")
    items = {item: NewItem(bytes(md5), bytes(sha1), bytes(sha256), pdq.get(item)) for item, md5, sha1, sha256 in rows}
    return {one: items[one.item_id] for one in members if one.item_id in items}


def may_be_published(series_id: UUID) -> bool:
    """Return whether a series circulates, and is not known to be lawful: nothing else of it may be published."""
    return Series.objects.filter(_CIRCULATES, id=series_id).exists()


def of_covert_cases(members: Collection[Member]) -> set[Member]:
    """Return those of these contents whose case is covert: a bank's answer would tell of it."""
    cases = Case.objects.filter(id__in={one.case_id for one in members}, covert=True)
    covert = set(cases.values_list("id", flat=True))
    return {one for one in members if one.case_id in covert}


def published_ids(ids: Iterable[int]) -> set[int]:
    """Return which of these items of banks are there because of a series."""
    rows = PublishedItem.objects.filter(bank_item_id__in=list(ids))
    return set(rows.values_list("bank_item_id", flat=True))


def add(place: Place, ids: Mapping[Member, int], *, actor: Actor, now: datetime) -> None:
    """Keep which items of a bank are there because of a series."""
    PublishedItem.objects.bulk_create(
        [
            PublishedItem(
                agency_id=actor.agency_id,
                series_id=place.series_id,
                case_id=one.case_id,
                item_id=one.item_id,
                bank_id=place.bank_id,
                bank_item_id=bank_item_id,
                published_by_id=actor.officer_id,
                published_at=now,
            )
            for one, bank_item_id in ids.items()
        ],
        ignore_conflicts=True,
    )


def published_of(actor: Actor, root_id: UUID) -> tuple[tuple[str, int], ...]:
    """Return to which banks items of a series are published, and how many of the actor's cases, by name."""
    return tuple((name, items) for name, items in rows_of(_PUBLISHED, root_id, actor.officer_id))


def withdraw_from(bank_id: UUID, root_id: UUID) -> int | None:
    """Withdraw from a bank what is there because of a series alone, and return how many items that were.

    None where nothing of the series was published there; 0 where others speak for all of it.
    """
    rows = PublishedItem.objects.filter(_stands_in(root_id), bank_id=bank_id)
    return sum(_withdrawn(rows).values()) if rows.exists() else None


def withdraw_contents(members: Collection[Member]) -> Mapping[Place, int]:
    """Withdraw contents from every bank that knows them by a series alone, and return how many items, by place."""
    cases, items = {one.case_id for one in members}, {one.item_id for one in members}
    return _withdrawn(PublishedItem.objects.filter(case_id__in=cases, item_id__in=items))


def withdraw_unfounded() -> Mapping[Place, int]:
    """Withdraw from the banks what no series gives a ground for any more, and return how many items, by place."""
    standing = SeriesItemRow.objects.filter(case_id=OuterRef("case_id"), item_id=OuterRef("item_id"), is_context=False)
    circulating = Series.objects.filter(_CIRCULATES).values_list("id")
    return _withdrawn(PublishedItem.objects.filter(~Exists(standing.filter(series__root_id__in=circulating))))


def _stands_in(root_id: UUID) -> Exists:
    rows = SeriesItemRow.objects.filter(series__root_id=root_id)
    return Exists(rows.filter(case_id=OuterRef("case_id"), item_id=OuterRef("item_id")))


def _withdrawn(rows: QuerySet[PublishedItem]) -> Mapping[Place, int]:
    """Delete these rows, and withdraw the items of banks that no other row speaks for, and nobody withdrew before."""
    found = list(rows.values_list("id", "bank_item_id", "series_id", "bank_id", "bank_item__withdrawn"))
    left = {item: Place(series, bank) for _, item, series, bank, withdrawn in found if withdrawn is None}
    PublishedItem.objects.filter(id__in=[row_id for row_id, *_ in found]).delete()
    for one in published_ids(left):
        del left[one]
    bank_items.withdraw(left)
    return Counter(left.values())

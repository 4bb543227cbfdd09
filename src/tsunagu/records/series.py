"""Series as rows: found, opened, summed up. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.handling import Handling
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.series import Distributed, SeriesItem, SeriesStatus
from tsunagu.domain.series_steps import Member
from tsunagu.records.models import CaseMember, Holding, Series, SeriesAlias, SeriesCase, SeriesItemRow
from tsunagu.records.planned import rows_of

SEEN = """s.stands AND s.name IS NOT NULL AND EXISTS (
    SELECT 1 FROM series_case k JOIN "case" c ON c.id = k.case_id JOIN case_member m ON m.case_id = c.id
    JOIN series t ON t.id = k.series_id WHERE m.officer_id = $1::uuid AND t.root_id = s.root_id)"""
"""Which series `s` the officer `$1` may see, as `seen_by` asks by way of the models."""
_CALLED = f"""
SELECT s.id, s.root_id, s.agency_id, s.status, r.purpose, r.receivers, r.purposes, r.may_forward, r.restricted_until,
       ARRAY(SELECT k.case_id FROM series_case k JOIN series t ON t.id = k.series_id WHERE t.root_id = s.root_id)
FROM series s JOIN series r ON r.id = s.root_id WHERE s.name = $2::text AND {SEEN} ORDER BY s.id LIMIT 1
"""  # noqa: S608
_ITEMS = """
SELECT i.case_id, i.item_id, c.reference, m.sha256, m.media_type, i.is_context
FROM series_item i JOIN series t ON t.id = i.series_id JOIN "case" c ON c.id = i.case_id
JOIN media_item m ON m.id = i.item_id
WHERE t.root_id = $1::uuid AND i.case_id IN (SELECT case_id FROM case_member WHERE officer_id = $2::uuid)
"""
_PLACES = """
SELECT e.case_id, h.item_id, h.number, h.path FROM holding h JOIN exhibit e ON e.id = h.exhibit_id
WHERE e.case_id = ANY($1::uuid[]) AND h.item_id = ANY($2::bigint[]) ORDER BY h.number DESC
"""


@dataclass(frozen=True, slots=True)
class FoundSeries:
    """A series that somebody names and may see, and the one in which it stands now.

    Attributes:
        root_id: the series itself, unless it was merged into another.
        purpose, handling: of the one in which it stands: its contents are that one's.
        case_ids: the cases that it rests on, whoever works on them.
    """

    series_id: UUID
    root_id: UUID
    agency_id: UUID
    purpose: Purpose
    status: SeriesStatus
    handling: Handling
    case_ids: frozenset[UUID]


def add_series(series_id: UUID, *, name: str, purpose: Purpose, actor: Actor, now: datetime) -> None:
    """Keep a new series of nothing.

    Raises:
        Conflict: the agency has a series of this name already.
    """
    try:
        with transaction.atomic():
            Series.objects.create(
                id=series_id,
                agency_id=actor.agency_id,
                name=name,
                purpose=purpose,
                status=SeriesStatus.UNIDENTIFIED,
                distributed=Distributed.UNKNOWN,
                opened_at=now,
                opened_by_id=actor.officer_id,
                root_id=series_id,
            )
    except IntegrityError as error:
        raise Conflict("this name of a series cannot be used") from error


def rest_on(series_id: UUID, cases: Iterable[UUID], *, agency_id: UUID) -> None:
    """Let a series rest on these cases too."""
    rows = [SeriesCase(agency_id=agency_id, series_id=series_id, case_id=one) for one in sorted(cases)]
    SeriesCase.objects.bulk_create(rows, ignore_conflicts=True)


def begin_like(series_id: UUID, other_id: UUID) -> None:
    """Let a new series begin with what is said of another."""
    said = ("status", "distributed", "receivers", "purposes", "may_forward", "restricted_until")
    Series.objects.filter(id=series_id).update(**Series.objects.filter(id=other_id).values(*said).get())


def series_called(actor: Actor, name: str) -> FoundSeries:
    """Return a series that rests on a case which the actor works on, by its name.

    Raises:
        NotFound: no such series, or not the actor's: the answer is the same for both.
    """
    rows = rows_of(_CALLED, actor.officer_id, name)
    if not rows:
        raise NotFound("no such series")
    series_id, root_id, agency_id, status, purpose, receivers, purposes, may_forward, until, cases = rows[0]
    handling = Handling(frozenset(receivers), frozenset(map(Purpose, purposes)), may_forward, until)
    return FoundSeries(
        series_id, root_id, agency_id, Purpose(purpose), SeriesStatus(status), handling, frozenset(cases)
    )


def hidden_from(actor: Actor, series_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these series rest on cases, and on none that the actor works on; one that is gone is not."""
    there = set(Series.objects.filter(id__in=series_ids, seriescase__isnull=False).values_list("id", flat=True))
    return there - set(seen_by(actor, "root_id").filter(id__in=there).values_list("id", flat=True))


def handling_of(row: Series) -> Handling:
    """Return what others may do with a series."""
    purposes = frozenset(map(Purpose, row.purposes))
    return Handling(frozenset(row.receivers), purposes, row.may_forward, row.restricted_until)


def items_after(
    items: Iterable[tuple[Member, SeriesItem]], after: tuple[str, int], most: int | None
) -> tuple[tuple[Member, SeriesItem], ...]:
    """Return the items that come after a case and a place, `most` of them; all that follow when it is None."""
    following = [one for one in items if (one[1].case, one[1].number) > after]
    return tuple(following if most is None else following[:most])


def items_with_members(actor: Actor, root_id: UUID) -> tuple[tuple[Member, SeriesItem], ...]:
    """Return the items of a series that lie in cases which the actor works on, by case and place, each with its key."""
    found = rows_of(_ITEMS, root_id, actor.officer_id)
    places = first_places({(case_id, item_id) for case_id, item_id, *_ in found})
    items = [
        (
            Member(case_id, item_id),
            SeriesItem(reference, *places[case_id, item_id], bytes(sha256), media_type, is_context),
        )
        for case_id, item_id, reference, sha256, media_type, is_context in found
        if (case_id, item_id) in places
    ]
    return tuple(sorted(items, key=lambda one: (one[1].case, one[1].number)))


def members_in(root_id: UUID) -> set[Member]:
    """Return what a series consists of."""
    rows = SeriesItemRow.objects.filter(series__root_id=root_id).values_list("case_id", "item_id")
    return {Member(case, item) for case, item in rows}


def first_places(contents: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], tuple[int, bytes]]:
    """Return number and path of the first place of each content in its case; of none that is held no more."""
    cases, items = {case for case, _ in contents}, {item for _, item in contents}
    values = rows_of(_PLACES, list(cases), list(items))
    return {(case, item): (number, bytes(path)) for case, item, number, path in values if (case, item) in contents}


def members_called(case: CaseSummary, names: Collection[str]) -> frozenset[Member]:
    """Return the contents of a case that are called so: by the number of a place, or by a SHA-256 in hex.

    Raises:
        NotFound: one of them is not held in the case, or could not be read.
    """
    numbers = {int(one) for one in names if one.isascii() and one.isdigit() and len(one) < len(str(1 << 63))}
    digests = {bytes.fromhex(one) for one in names if len(one) == 64 and _is_hex(one)}
    rows = Holding.objects.filter(exhibit__case_id=case.case_id, item__isnull=False)
    held = list(rows.filter(Q(number__in=numbers) | Q(item__sha256__in=digests)).values_list(
        "number", "item__sha256", "item_id"
    ))  # fmt: skip
    known = {number for number, _, _ in held} | {bytes(sha256) for _, sha256, _ in held}
    if not names or len(numbers) + len(digests) != len(set(names)) or not (numbers | digests) <= known:
        raise NotFound("no such item in this case")
    return frozenset(Member(case.case_id, item) for _, _, item in held)


def series_holding(members: Collection[Member]) -> dict[Member, str]:
    """Return the name of the series in which each of these contents stands now; those that are in none are left out."""
    rows = SeriesItemRow.objects.filter(
        case_id__in={one.case_id for one in members}, item_id__in={one.item_id for one in members}
    )
    told = rows.values_list("case_id", "item_id", "series__root__name")
    return {Member(case, item): name or "" for case, item, name in told}


def aliases_of(series_id: UUID) -> set[str]:
    """Return what others call a series, without what was merged into it."""
    return set(SeriesAlias.objects.filter(series_id=series_id).values_list("alias", flat=True))


def add_alias(series_id: UUID, alias: str, *, agency_id: UUID) -> None:
    """Keep what others call a series."""
    SeriesAlias.objects.create(series_id=series_id, alias=alias, agency_id=agency_id)


def remove_alias(series_id: UUID, alias: str) -> None:
    """Forget what others call a series."""
    SeriesAlias.objects.filter(series_id=series_id, alias=alias).delete()


def set_status(series_id: UUID, status: SeriesStatus) -> None:
    """Set how far the search for the child is."""
    Series.objects.filter(id=series_id).update(status=status)


def set_distributed(series_id: UUID, distributed: Distributed) -> None:
    """Set whether a series is in circulation."""
    Series.objects.filter(id=series_id).update(distributed=distributed)


def set_handling(series_id: UUID, handling: Handling) -> None:
    """Set what others may do with a series."""
    Series.objects.filter(id=series_id).update(
        receivers=sorted(handling.receivers),
        purposes=sorted(handling.purposes),
        may_forward=handling.may_forward,
        restricted_until=handling.until,
    )


def mine(actor: Actor) -> QuerySet[CaseMember, UUID]:
    """Return the ids of the cases that the actor works on, as part of a query."""
    return CaseMember.objects.filter(officer_id=actor.officer_id).values_list("case_id", flat=True)


def seen_by(actor: Actor, root: str) -> QuerySet[Series]:
    """Return the series that stand and rest, with all that was merged, on a case which the actor works on."""
    ties = SeriesCase.objects.filter(series__root_id=OuterRef(root), case__casemember__officer_id=actor.officer_id)
    return Series.objects.filter(Exists(ties), stands=True, name__isnull=False)


def _is_hex(text: str) -> bool:
    return all(one in "0123456789abcdefABCDEF" for one in text)

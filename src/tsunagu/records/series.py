"""Series as rows: found, opened, summed up. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.handling import Handling
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.series import Distributed, SeriesItem, SeriesStatus, SeriesSummary
from tsunagu.domain.series_steps import Member
from tsunagu.records.models import CaseMember, ClaimRow, Holding, Series, SeriesAlias, SeriesCase, SeriesItemRow


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
    row = seen_by(actor, "root_id").select_related("root").filter(name=name).first()
    if row is None:
        raise NotFound("no such series")
    return _found(row)


def hidden_from(actor: Actor, series_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of these series rest on cases, and on none that the actor works on; one that is gone is not."""
    there = set(Series.objects.filter(id__in=series_ids, seriescase__isnull=False).values_list("id", flat=True))
    return there - set(seen_by(actor, "root_id").filter(id__in=there).values_list("id", flat=True))


def summaries_of(actor: Actor, series_ids: Iterable[UUID] | None = None, *, now: datetime) -> tuple[SeriesSummary, ...]:
    """Return the series that the actor may see, by name; those that were merged into others stand in those.

    Args:
        actor: who reads.
        series_ids: which of them; all when it is left out.
        now: tells which claims last.
    """
    rows = seen_by(actor, "id").filter(root_id=F("id"))
    if series_ids is not None:
        rows = rows.filter(id__in=list(series_ids))
    found = list(rows.order_by("name"))
    aliases, cases, counts = _of_trees(actor, [row.id for row in found])
    claimed = _claimed([row.id for row in found], now)
    return tuple(
        SeriesSummary(
            row.id,
            row.agency_id,
            row.name or "",
            tuple(sorted(aliases.get(row.id, ()))),
            Purpose(row.purpose),
            SeriesStatus(row.status),
            Distributed(row.distributed),
            handling_of(row),
            row.opened_at,
            row.opened_by_id,
            tuple(sorted(reference for reference, _, is_mine in cases.get(row.id, ()) if is_mine)),
            *counts.get(row.id, (0, 0)),
            any(is_covert for _, is_covert, _ in cases.get(row.id, ())),
            claimed.get(row.id),
        )
        for row in found
    )


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
    rows = SeriesItemRow.objects.filter(series__root_id=root_id, case_id__in=mine(actor))
    found = {(row.case_id, row.item_id): row for row in rows.select_related("case", "item")}
    places = first_places(found)
    items = [
        (
            Member(*key),
            SeriesItem(row.case.reference, *places[key], bytes(row.item.sha256), row.item.media_type, row.is_context),
        )
        for key, row in found.items()
        if key in places
    ]
    return tuple(sorted(items, key=lambda one: (one[1].case, one[1].number)))


def members_in(root_id: UUID) -> set[Member]:
    """Return what a series consists of."""
    rows = SeriesItemRow.objects.filter(series__root_id=root_id).values_list("case_id", "item_id")
    return {Member(case, item) for case, item in rows}


def first_places(contents: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], tuple[int, bytes]]:
    """Return number and path of the first place of each content in its case; of none that is held no more."""
    cases, items = {case for case, _ in contents}, {item for _, item in contents}
    rows = Holding.objects.filter(exhibit__case_id__in=cases, item_id__in=items).order_by("-number")
    values = rows.values_list("exhibit__case_id", "item_id", "number", "path")
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


def _found(row: Series) -> FoundSeries:
    cases = SeriesCase.objects.filter(series__root_id=row.root_id).values_list("case_id", flat=True)
    purpose, status = Purpose(row.root.purpose), SeriesStatus(row.status)
    return FoundSeries(row.id, row.root_id, row.agency_id, purpose, status, handling_of(row.root), frozenset(cases))


def _of_trees(
    actor: Actor, roots: Collection[UUID]
) -> tuple[Mapping[UUID, set[str]], Mapping[UUID, set[tuple[str, bool, bool]]], Mapping[UUID, tuple[int, int]]]:
    """Return of series, with what was merged into each: aliases; cases, whether covert and the actor's; counts."""
    aliases: dict[UUID, set[str]] = {}
    for root, alias in SeriesAlias.objects.filter(series__root_id__in=roots).values_list("series__root_id", "alias"):
        aliases.setdefault(root, set()).add(alias)
    merged = Series.objects.filter(root_id__in=roots, stands=True, name__isnull=False).exclude(root_id=F("id"))
    for root, name in merged.values_list("root_id", "name"):
        aliases.setdefault(root, set()).add(name or "")
    ties = SeriesCase.objects.filter(series__root_id__in=roots)
    member = CaseMember.objects.filter(case_id=OuterRef("case_id"), officer_id=actor.officer_id)
    cases: dict[UUID, set[tuple[str, bool, bool]]] = {}
    told = ties.annotate(is_mine=Exists(member)).values_list(
        "series__root_id", "case__reference", "case__covert", "is_mine"
    )
    for root, reference, is_covert, is_mine in told:
        cases.setdefault(root, set()).add((reference, is_covert, is_mine))
    rows = SeriesItemRow.objects.filter(series__root_id__in=roots, case_id__in=mine(actor))
    counted = rows.values_list("series__root_id").annotate(
        all_of_it=Count("id"), context=Count("id", filter=Q(is_context=True))
    )
    return aliases, cases, {root: (items, context) for root, items, context in counted}


def _claimed(roots: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """Return until when each series is claimed by its own agency; those that are not are left out."""
    rows = ClaimRow.objects.filter(series__root_id__in=roots, released_at=None, expires_at__gt=now)
    return dict(rows.order_by("expires_at").values_list("series__root_id", "expires_at"))


def _is_hex(text: str) -> bool:
    return all(one in "0123456789abcdefABCDEF" for one in text)

"""Seized lists as rows. Every function is called within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Max, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.seized import RefusedSeizedRow, SeizedList
from tsunagu.exchange.seized.mapping import mapping_json, mapping_of
from tsunagu.records.erasing import is_being_erased
from tsunagu.records.kept_rows import KeptRow, rows_bytes, rows_in
from tsunagu.records.models import SeizedChunkRow, SeizedListRow, SeizedPieceRow
from tsunagu.records.seized_seals import ListSeal

LOCK_SEIZED: Final = 7400121
"""The advisory lock under which one list is imported, or resolved, by one process."""
_ODDITIES: Final = "oddities"
_DESCRIBED: Final = "description"


@dataclass(frozen=True, slots=True)
class NewList:
    """What a list begins with.

    Attributes:
        key: of the list, sealed by the keyring.
        seal: opened.
    """

    list_id: UUID
    exhibit_id: UUID
    name: str
    sha256: bytes
    size_bytes: int
    described: Mapping[str, Any]
    key: bytes
    seal: ListSeal


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where a list stands: the reference of its case, and its number there; `key` is sealed by the keyring."""

    list_id: UUID
    case: str
    number: int
    key: bytes


def add_list(case: CaseSummary, new: NewList, *, begun_by: UUID, now: datetime) -> None:
    """Begin a list of a case, with the next number there."""
    highest = _of_case(case.case_id).aggregate(highest=Max("number"))["highest"] or 0
    SeizedListRow.objects.create(
        id=new.list_id,
        agency_id=case.agency_id,
        exhibit_id=new.exhibit_id,
        number=highest + 1,
        key=new.key,
        sha256=new.sha256,
        size_bytes=new.size_bytes,
        described=new.seal.sealed_json(_DESCRIBED, {"name": new.name, **new.described}),
        begun_at=now,
        begun_by_id=begun_by,
    )


def find_list(case: CaseSummary, sha256: bytes) -> tuple[UUID, bytes] | None:
    """Return the id and the sealed key of the list of a case that has this content, if there is one."""
    found = _of_case(case.case_id).filter(sha256=sha256).values_list("id", "key").first()
    return None if found is None else (found[0], bytes(found[1]))


def row_of(case: CaseSummary, number: int | None) -> tuple[UUID, bytes]:
    """Return the id and the sealed key of a list of a case, by its number, or the only one.

    Raises:
        NotFound: the case has none of this number, or none at all.
        Conflict: it has several, and no number was given.
    """
    rows = _of_case(case.case_id).order_by("number").values_list("number", "id", "key")
    found = [(list_id, bytes(key)) for one, list_id, key in rows if number in {None, one}]
    if not found:
        raise NotFound("no such list")
    if len(found) > 1:
        raise Conflict("the case has several lists: say which (--list)")
    return found[0]


def places_of(actor: Actor) -> tuple[ListPlace, ...]:
    """Return where all lists of the actor's cases stand, by case and number, at the price of one question."""
    rows = SeizedListRow.objects.filter(exhibit__case__casemember__officer_id=actor.officer_id)
    found = rows.order_by("exhibit__case__reference", "number")
    return tuple(
        ListPlace(list_id, case, number, bytes(key))
        for list_id, case, number, key in found.values_list("id", "exhibit__case__reference", "number", "key")
    )


def lists_of(case: CaseSummary, seal_of: Callable[[UUID, bytes], ListSeal]) -> tuple[SeizedList, ...]:
    """Return the lists of a case by their numbers, at the price of one question however many they are.

    Args:
        seal_of: opens a list by its id and its sealed key.

    Raises:
        Conflict: what is kept of one was changed.
    """
    rows = _of_case(case.case_id).select_related("exhibit__case").defer("links", "facts").order_by("number")
    return tuple(_told(row, seal_of(row.id, bytes(row.key))) for row in rows)


def lists_of_officer(actor: Actor, seal_of: Callable[[UUID, bytes], ListSeal]) -> tuple[SeizedList, ...]:
    """Return the lists of all cases of an officer, newest first, at the price of one question.

    Args:
        seal_of: as for `lists_of`.

    Raises:
        Conflict: what is kept of one was changed.
    """
    rows = SeizedListRow.objects.filter(exhibit__case__casemember__officer_id=actor.officer_id)
    found = rows.select_related("exhibit__case").defer("links", "facts").order_by("-begun_at", "id")
    return tuple(_told(row, seal_of(row.id, bytes(row.key))) for row in found)


def list_of(list_id: UUID, seal: ListSeal) -> SeizedList:
    """Return a list.

    Raises:
        NotFound: it is gone.
        Conflict: what is kept of it was changed.
    """
    rows = SeizedListRow.objects.select_related("exhibit__case").defer("links", "facts")
    row = rows.filter(id=list_id).first()
    if row is None:
        raise NotFound("no such list")
    return _told(row, seal)


def _told(row: SeizedListRow, seal: ListSeal) -> SeizedList:
    described = seal.opened_json(_DESCRIBED, bytes(row.described))
    return SeizedList(
        row.id,
        row.exhibit.case_id,
        row.agency_id,
        row.exhibit_id,
        row.exhibit.case.reference,
        row.number,
        described["name"],
        bytes(row.sha256),
        row.size_bytes,
        mapping_of(described["mapping"]),
        tuple(described["columns"]),
        row.rows,
        row.refused,
        seal.opened_json(_ODDITIES, bytes(row.oddities)) if row.oddities else {},
        row.begun_at,
        row.imported_at,
        row.resolved_at,
        row.resolve_asked_at,
    )


def described(mapping: Any, columns: Sequence[str]) -> dict[str, Any]:
    """Return what is kept of how a list is read."""
    return {"mapping": mapping_json(mapping), "columns": list(columns)}


def count_pieces(list_id: UUID) -> int:
    """Return how many pieces of the sealed copy are kept."""
    return SeizedPieceRow.objects.filter(list_id=list_id).count()


def add_piece(seized: UUID, agency_id: UUID, number: int, sealed: bytes) -> None:
    """Keep a piece of the sealed copy."""
    held(seized)
    SeizedPieceRow.objects.create(agency_id=agency_id, list_id=seized, number=number, sealed=sealed)


def pieces(list_id: UUID) -> Iterator[tuple[int, bytes]]:
    """Yield the pieces of the sealed copy, in order."""
    rows = SeizedPieceRow.objects.filter(list_id=list_id).order_by("number").values_list("number", "sealed")
    for number, sealed in rows.iterator(chunk_size=4):
        yield number, bytes(sealed)


def add_chunk(
    list_id: UUID, agency_id: UUID, rows: Sequence[KeptRow], seal: ListSeal, *, oddities: Mapping[str, int]
) -> None:
    """Keep the next rows of a list, with what is counted of them; all of it in one transaction, or nothing.

    Raises:
        Conflict: it is being erased, or another process has kept these rows.
    """
    row = held(list_id)
    if row.rows + 1 != rows[0].number:
        raise Conflict("another process imports this list at this moment")
    refused = dict(row.refused)
    for one in rows:
        if one.refusal:
            refused[one.refusal] = refused.get(one.refusal, 0) + 1
    counted = seal.opened_json(_ODDITIES, bytes(row.oddities)) if row.oddities else {}
    for name, count in oddities.items():
        counted[name] = counted.get(name, 0) + count
    first = rows[0].number
    SeizedChunkRow.objects.create(
        agency_id=agency_id,
        list_id=list_id,
        first=first,
        count=len(rows),
        sealed=seal.sealed(f"rows from {first}", rows_bytes(rows)),
    )
    SeizedListRow.objects.filter(id=list_id).update(
        rows=row.rows + len(rows), refused=refused, oddities=seal.sealed_json(_ODDITIES, counted)
    )


def finish_import(list_id: UUID, *, now: datetime) -> None:
    """Note that all rows of a list are kept."""
    SeizedListRow.objects.filter(id=list_id).update(imported_at=now)


def rows_of_list(list_id: UUID, seal: ListSeal, *, numbers: Sequence[int] = ()) -> Iterator[KeptRow]:
    """Yield the rows of a list in their order, or only those of these numbers.

    Raises:
        Conflict: what is kept of them was changed.
    """
    chunks = SeizedChunkRow.objects.filter(list_id=list_id).order_by("first")
    wanted = set(numbers)
    if wanted:
        firsts = sorted(chunks.values_list("first", flat=True))
        needed = {max((one for one in firsts if one <= number), default=0) for number in wanted}
        chunks = chunks.filter(first__in=needed)
    for first, sealed in chunks.values_list("first", "sealed").iterator(chunk_size=4):
        for one in rows_in(seal.opened(f"rows from {first}", bytes(sealed)), first):
            if not wanted or one.number in wanted:
                yield one


def refused_rows(list_id: UUID, seal: ListSeal, *, after: int, most: int) -> tuple[RefusedSeizedRow, ...]:
    """Return rows of a list that were not taken, by their numbers; chunks before the one that is asked for stay shut.

    Args:
        after: the number of the row behind which to go on.
        most: how many at most.

    Raises:
        Conflict: what is kept of them was changed.
    """
    found: list[RefusedSeizedRow] = []
    chunks = SeizedChunkRow.objects.filter(list_id=list_id, first__gt=after - F("count")).order_by("first")
    for first, sealed in chunks.values_list("first", "sealed").iterator(chunk_size=4):
        for one in rows_in(seal.opened(f"rows from {first}", bytes(sealed)), first):
            if one.refusal and one.number > after:
                found.append(RefusedSeizedRow(one.number, one.line, one.offset, len(one.raw), one.refusal))
                if len(found) == most:
                    return tuple(found)
    return tuple(found)


def _of_case(case_id: UUID) -> QuerySet[SeizedListRow]:
    return SeizedListRow.objects.filter(exhibit__case_id=case_id)


def held(list_id: UUID) -> SeizedListRow:
    """Return a list that nobody else changes until this transaction ends.

    Raises:
        NotFound: it is gone.
        Conflict: it is being erased.
    """
    row = (
        SeizedListRow.objects.select_for_update(of=("self",))
        .select_related("exhibit")
        .defer("links", "facts")
        .filter(id=list_id)
        .first()
    )
    if row is None:
        raise NotFound("no such list")
    if is_being_erased(row.exhibit.case_id, row.exhibit_id):
        raise Conflict("it is being erased")
    return row

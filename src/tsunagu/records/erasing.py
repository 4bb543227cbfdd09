"""Erasures as rows: what is decided, and what goes, chunk by chunk. Call everything within `acting_for` an agency.

An erasure that is interrupted goes on where it was left: what is gone, the counts and the tree over it change in one
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from tsunagu.domain.case import CaseSummary
from tsunagu.domain.erasure import Consequences, Erased, Erasing, ErasureGround
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.intake_run import IntakeState
from tsunagu.records import (
    comparisons,
    enquiry_requests,
    persons,
    referral_keeping,
    report_erasing,
    seized_erasing,
    series_erasing,
)
from tsunagu.records.holdings import LOCK_AGENCY
from tsunagu.records.ledger.merkle import Frontier
from tsunagu.records.models import (
    AssessmentRow,
    Case,
    CaseMember,
    CaseReason,
    ClueRow,
    EnquiryRow,
    Erasure,
    Exhibit,
    ExhibitKeyRow,
    HitRow,
    Holding,
    Intake,
    IntakeChange,
    IntakeFile,
    JudgementRow,
    MediaItem,
    OverlapNotice,
    RevealRow,
    Trace,
)
from tsunagu.records.published_items import Place

LOCK_ERASURE = 7400104
"""The advisory lock under which one erasure is carried out, by one process: what each step did is counted once."""

Reference = Callable[[str], bytes]
"""Makes the keyed reference of a row that goes, 32 bytes, from its table's word and its id."""


def begin(erasing: Erasing, *, case_mac: bytes, exhibit_mac: bytes | None) -> None:
    """Decide an erasure.

    Args:
        case_mac, exhibit_mac: keyed references, by which the proof is found again by who knows what it was called.

    Raises:
        Conflict: an intake into what is to go is under way, or it is being erased already.
    """
    _lock(erasing.agency_id)
    if is_being_erased(erasing.case_id, erasing.exhibit_id):
        raise Conflict("it is being erased already")
    if Intake.objects.filter(_exhibits(erasing, "exhibit"), ended_at=None).exists():
        raise Conflict("an intake into it is under way: let it end, or stop it, first")
    Erasure.objects.create(
        id=erasing.erasure_id,
        agency_id=erasing.agency_id,
        case_id=erasing.case_id,
        exhibit_id=erasing.exhibit_id,
        case_mac=case_mac,
        exhibit_mac=exhibit_mac,
        ground=erasing.ground,
        begun_at=erasing.begun_at,
        begun_by_id=erasing.begun_by,
    )


def is_being_erased(case_id: UUID, exhibit_id: UUID | None) -> bool:
    """Return whether this exhibit, or the whole case, is being erased at this moment."""
    of_it = Q(exhibit_id=None) | Q(exhibit_id=exhibit_id)
    return Erasure.objects.filter(of_it, case_id=case_id, ended_at=None).exists()


def stop_intakes(erasing: Erasing, *, now: datetime) -> None:
    """End the intakes into what is to go: after a restore nobody runs them."""
    rows = Intake.objects.filter(_exhibits(erasing, "exhibit"), ended_at=None)
    rows.update(state=IntakeState.STOPPED, ended_at=now)


def open_erasures() -> tuple[Erasing, ...]:
    """Return the erasures that are decided and not completed, oldest first."""
    rows = Erasure.objects.filter(ended_at=None).order_by("begun_at", "id")
    return tuple(_erasing(row) for row in rows)


def is_open(erasing: Erasing) -> bool:
    """Return whether an erasure is decided and not completed."""
    return Erasure.objects.filter(id=erasing.erasure_id, ended_at=None).exists()


def has_more_places(erasing: Erasing, *, than: int) -> bool:
    """Return whether more places than this are to go."""
    return Holding.objects.filter(_exhibits(erasing, "exhibit"))[than : than + 1].exists()


def consequences(case: CaseSummary, exhibit_id: UUID | None, *, with_held: bool) -> Consequences:
    """Return what would go with an exhibit, or without one with the whole case.

    Args:
        with_held: whether to count the overlaps too of which the notice is held, as only who may release it hears.
    """
    of_it = Q(exhibit_id=exhibit_id) if exhibit_id else Q(exhibit__case_id=case.case_id)
    places = Holding.objects.filter(of_it)
    elsewhere = Holding.objects.filter(item_id=OuterRef("id")).exclude(of_it)
    items = MediaItem.objects.filter(Exists(places.filter(item_id=OuterRef("id"))), ~Exists(elsewhere))
    notices = OverlapNotice.objects.filter(case_id=case.case_id, ended=False)
    return Consequences(
        exhibits=1 if exhibit_id else Exhibit.objects.filter(case_id=case.case_id).count(),
        places=places.count(),
        items=items.count(),
        overlaps=(notices if with_held else notices.filter(held=False)).count(),
        rows=seized_erasing.count_rows(case.case_id, exhibit_id),
        reports=0 if exhibit_id else len(report_erasing.of_case(case.case_id)),
    )


def erase_places(erasing: Erasing, reference: Reference, *, most: int) -> tuple[bool, Mapping[Place, int]]:
    """Erase at most `most` places, with the contents that are held nowhere else.

    Returns:
        Whether there may be more; and how many items have left banks that knew them by a series, by place.

    That an officer was shown one of them stays in his own record, by its number; what he wrote why goes.

    Raises:
        Conflict: the database does not let them go; what is half erased must not be committed.
    """
    _lock(erasing.agency_id)
    rows = list(
        Holding.objects.filter(_exhibits(erasing, "exhibit"))
        .order_by("exhibit_id", "number")
        .values_list("id", "item_id")[:most]
    )
    places = [place for place, _ in rows]
    RevealRow.objects.filter(place__in=places).update(reason="")
    _erase_clues(erasing.case_id, places)
    _delete(Holding.objects.filter(id__in=places), expected=len(places))
    held = {item for _, item in rows if item}
    unpublished = series_erasing.forget_contents(erasing.case_id, held, now=erasing.begun_at)
    kept = set(Holding.objects.filter(item_id__in=held).values_list("item_id", flat=True))
    items = sorted(held - kept)
    traces = Trace.objects.filter(item_id__in=items)
    fingerprints = traces.count()
    _delete(traces, expected=fingerprints)
    _delete(MediaItem.objects.filter(id__in=items), expected=len(items))
    gone = [reference(f"place {one}") for one in places] + [reference(f"item {one}") for one in items]
    _count(erasing, gone, places=len(places), items=len(items), fingerprints=fingerprints)
    return len(rows) == most, unpublished


def _erase_clues(case_id: UUID, places: Iterable[int]) -> None:
    """Erase the clues that were found at these places, and every assessment of the case that rests on one of them."""
    clues = ClueRow.objects.filter(holding_id__in=places)
    numbers = set(clues.values_list("number", flat=True))
    if not numbers:
        return
    resting = [one.id for one in AssessmentRow.objects.filter(case_id=case_id) if numbers & set(one.clues)]
    _delete(AssessmentRow.objects.filter(id__in=resting), expected=len(resting))
    _delete(clues, expected=len(numbers))


def forget_answers(erasing: Erasing) -> None:
    """Erase what the agency has answered to hits that rest on what is gone. Call it once all places are.

    Where both cases of an overlap are the agency's, its answers are also those of the other case, and stay.
    """
    held = Holding.objects.filter(exhibit__case_id=erasing.case_id)
    of_a = Q(overlap__case_a=erasing.case_id) & ~Exists(held.filter(item_id=OuterRef("item_a")))
    of_b = Q(overlap__case_b=erasing.case_id) & ~Exists(held.filter(item_id=OuterRef("item_b")))
    both_own = Q(overlap__agency_a=erasing.agency_id, overlap__agency_b=erasing.agency_id)
    hits = list(HitRow.objects.filter(of_a | of_b).exclude(both_own).values_list("id", flat=True))
    answers = JudgementRow.objects.filter(hit_id__in=hits)
    _delete(answers, expected=answers.count())


def complete(erasing: Erasing, reference: Reference, *, now: datetime) -> Erased | None:
    """Erase what is left, once all places are gone, and return what it all came to; None when it was completed before.

    Raises:
        Conflict: the database does not let it go.
    """
    _lock(erasing.agency_id)
    if not is_open(erasing):
        return None
    with connection.cursor() as cursor:  # who works on a case that a label withholds is seen by its erasure alone
        cursor.execute("SELECT set_config('tsunagu.erasing', %s, true)", [str(erasing.case_id)])
    exhibits = list(Exhibit.objects.filter(_exhibits(erasing, "self")).order_by("id").values_list("id", flat=True))
    gone = [reference(f"exhibit {one}") for one in exhibits]
    gone += [reference(f"seized list {one}") for one in seized_erasing.lists_of(exhibits)]
    seized_erasing.keep_no_packages(exhibits)
    enquiry_requests.erase_of_lists(exhibits, now=now)
    of_intakes = {"intake__exhibit_id__in": exhibits}
    rows: list[QuerySet[Any]] = [
        IntakeChange.objects.filter(**of_intakes),
        IntakeFile.objects.filter(**of_intakes),
        Intake.objects.filter(exhibit_id__in=exhibits),
        ExhibitKeyRow.objects.filter(exhibit_id__in=exhibits),
        *seized_erasing.rows_of_lists(exhibits),
        Exhibit.objects.filter(id__in=exhibits),
    ]
    comparisons.forget_words(erasing.case_id)  # a hit may have come meanwhile
    if erasing.exhibit_id is None:
        gone.append(reference(f"case {erasing.case_id}"))
        series_erasing.forget_case(erasing.case_id)
        referral_keeping.forget_case(erasing.case_id)
        reports = report_erasing.of_case(erasing.case_id)
        gone += [reference(f"report {one}") for one in reports]
        rows += report_erasing.rows_of(reports)
        of_case = {"case_id": erasing.case_id}
        gone += [reference(f"person {one}") for one in persons.ids_in(erasing.case_id)]
        rows += persons.erase_of_case(erasing.case_id)
        rows += [EnquiryRow.objects.filter(**of_case)]
        rows += [CaseReason.objects.filter(**of_case), CaseMember.objects.filter(**of_case)]
        rows += [Case.objects.filter(id=erasing.case_id)]
    for one in rows:
        _delete(one, expected=one.count())
    _count(erasing, gone)
    Erasure.objects.filter(id=erasing.erasure_id).update(ended_at=now)
    return erased_by(_row(erasing))


def _exhibits(erasing: Erasing, key: str) -> Q:
    """Return the condition that a row's exhibit is being erased, the exhibit under this key."""
    to = "" if key == "self" else f"{key}__"
    if erasing.exhibit_id is not None:
        return Q(**{f"{to}id": erasing.exhibit_id})
    return Q(**{f"{to}case_id": erasing.case_id})


def _delete(rows: QuerySet[Any], *, expected: int) -> None:
    """Delete rows. What row-level security does not let go it passes over silently: that must not be committed."""
    if expected and rows.delete()[0] != expected:
        raise Conflict("what is to be erased may not be deleted")


def _count(erasing: Erasing, gone: Iterable[bytes], **counts: int) -> None:
    row = _row(erasing)
    tree = Frontier.from_hex(row.leaves, row.peaks)
    for leaf in gone:
        tree.append(leaf)
    row.leaves, row.peaks = tree.size, tree.to_hex()
    for name, count in counts.items():
        setattr(row, name, getattr(row, name) + count)
    row.save(update_fields=["leaves", "peaks", *counts])


def erased_by(row: Erasure) -> Erased:
    """Return what an erasure came to, as far as it is."""
    root = Frontier.from_hex(row.leaves, row.peaks).root()
    return Erased(row.places, row.items, row.fingerprints, root)


def _row(erasing: Erasing) -> Erasure:
    row = Erasure.objects.filter(id=erasing.erasure_id).first()
    if row is None:
        raise NotFound("no such erasure")
    return row


def _erasing(row: Erasure) -> Erasing:
    return Erasing(
        row.id,
        row.agency_id,
        row.case_id,
        row.exhibit_id,
        ErasureGround(row.ground),
        row.begun_at,
        row.begun_by_id,
    )


def _lock(agency_id: UUID) -> None:
    with connection.cursor() as cursor:  # who keeps what comes in waits, so that no content goes that has just come
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_AGENCY, str(agency_id)])

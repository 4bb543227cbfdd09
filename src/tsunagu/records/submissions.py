"""Submissions as rows, of either side. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import NotFound
from tsunagu.domain.handling import Handling
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.series_steps import Member
from tsunagu.domain.submission import (
    STANDING,
    Category,
    Rejection,
    Submission,
    SubmissionState,
    SubmittedItem,
)
from tsunagu.records.bulk import insert
from tsunagu.records.models import (
    Holding,
    MediaItem,
    Series,
    SeriesItemRow,
    SubmissionItemRow,
    SubmissionRow,
)
from tsunagu.records.series import mine, seen_by

NO_SUBMISSION = "no such submission"
LATELY = timedelta(days=14)
"""How long a receiver is told that something he had taken was withdrawn."""


def add(one: Submission, members: Sequence[Member]) -> None:
    """Keep a submission of the agency that is acted for, with the content that each of its items is."""
    SubmissionRow.objects.create(
        id=one.submission_id,
        owner_id=one.owner_id,
        receiver_id=one.receiver_id,
        series_id=one.series_id,
        name=one.series,
        investigation=one.investigation,
        purpose=one.purpose,
        receivers=sorted(one.label.receivers),
        may_forward=one.label.may_forward,
        until=one.until,
        covert=one.is_covert,
        submitted_by_id=one.submitted_by,
        submitted_at=one.submitted_at,
    )
    rows = [_row(one, item, member) for item, member in zip(one.items, members, strict=True)]
    insert(SubmissionItemRow, rows)


def to_submit(actor: Actor, root_id: UUID) -> dict[Member, bytes]:
    """Return what may be submitted of a series: contents of the actor's cases, without context, with their SHA-256.

    They are in the order of their ids, so that what is known of them comes in the same one. What came by another
    agency's package is that agency's, unless it came with a label, which is asked apart.
    """
    rows = SeriesItemRow.objects.filter(series__root_id=root_id, case_id__in=mine(actor), is_context=False)
    labelled = SubmissionRow.objects.filter(receiver_id=actor.agency_id).exclude(case_id=None).values("case_id")
    rows = rows.filter(Q(item__claimed=False) | Q(case_id__in=labelled), item__size_bytes__gt=0)
    told = rows.order_by("item_id", "case_id").values_list("case_id", "item_id", "item__sha256")
    found: dict[bytes, Member] = {}
    for case_id, item_id, sha256 in told:  # a content that lies in two cases goes once
        found.setdefault(bytes(sha256), Member(case_id, item_id))
    return {member: sha256 for sha256, member in found.items()}


def count_items(owner_id: UUID, receiver_id: UUID, *, since: datetime) -> int:
    """Return how many items an agency has submitted to another since a moment, whatever has become of them."""
    of_pair = {"submission__owner_id": owner_id, "submission__receiver_id": receiver_id}
    return SubmissionItemRow.objects.filter(**of_pair, submission__submitted_at__gt=since).count()


def waits_alike(one: Submission) -> bool:
    """Return whether the same items of a series wait there already, told the same and under the same label."""
    rows = SubmissionRow.objects.filter(
        owner_id=one.owner_id, receiver_id=one.receiver_id, series__root_id=one.series_id, purpose=one.purpose,
        investigation=one.investigation, until=one.until, covert=one.is_covert, taken_at=None,
    )  # fmt: skip
    return any(each.label == one.label and _told_of(each) == _told_of(one) for each in submissions_in(rows))


def _told_of(one: Submission) -> set[tuple[bytes, bool, tuple[Category, ...]]]:
    """Return what a receiver is told of the items that stand."""
    return {(item.sha256, item.has_media, item.categories) for item in one.items if item.stands}


def held_openly(contents: Collection[bytes]) -> set[bytes]:
    """Return which of these contents the agency holds in a case that is not covert."""
    held = Holding.objects.filter(item_id=OuterRef("id"), exhibit__case__covert=False)
    rows = MediaItem.objects.filter(Exists(held), sha256__in=list(contents))
    return {bytes(one) for one in rows.values_list("sha256", flat=True)}


def holding_cases(actor: Actor, contents: Collection[bytes]) -> Mapping[bytes, tuple[str, ...]]:
    """Return in which of the actor's cases each of these contents is held."""
    rows = Holding.objects.filter(item__sha256__in=list(contents), exhibit__case_id__in=mine(actor))
    found: dict[bytes, tuple[str, ...]] = {}
    told = rows.order_by("exhibit__case__reference").values_list("item__sha256", "exhibit__case__reference")
    for sha256, reference in told.distinct():
        found[bytes(sha256)] = (*found.get(bytes(sha256), ()), reference)
    return found


def sent_of(actor: Actor, root_id: UUID | None = None) -> tuple[Submission, ...]:
    """Return what was submitted of the actor's series, newest first; or of one of them, with all that was merged."""
    return submissions_in(_sent(actor, root_id))


def series_name(one: Submission) -> str:
    """Return what the series of a submission of one's own is called now, or the one into which it was merged."""
    return Series.objects.filter(id=one.series_id).values_list("root__name", flat=True)[0] or ""


def sent_by(actor: Actor, submission_id: UUID) -> Submission:
    """Return a submission of a series of the actor's, which nobody changes meanwhile.

    Raises:
        NotFound: there is none, or of no series of his: the answer is the same for both.
    """
    return _one(_sent(actor, None).filter(id=submission_id))


def received_by(actor: Actor, submission_id: UUID | None = None) -> tuple[Submission, ...]:
    """Return what was submitted to the actor's agency, as far as he may know of it, newest first; or the one.

    What comes of a covert case is told to a co-ordinator alone, and what was taken to who works on its case.
    """
    rows = _received(actor)
    return submissions_in(rows if submission_id is None else rows.filter(id=submission_id))


def received_one(actor: Actor, submission_id: UUID) -> Submission:
    """Return one of `received_by`, which nobody changes meanwhile.

    Raises:
        NotFound: there is none, or it is not told to him: the answer is the same for both.
    """
    return _one(_received(actor).filter(id=submission_id))


def count_waiting(actor: Actor, *, now: datetime) -> tuple[int, int]:
    """Return how many submissions to the actor's agency wait to be taken or rejected, and how many went lately.

    Those went whose owner withdrew them within `LATELY`, after they had been taken.
    """
    standing = Exists(SubmissionItemRow.objects.filter(submission_id=OuterRef("id"), state__in=STANDING))
    waits = Q(standing, taken_at=None, withdrawn_at=None, until__gte=now.date())
    went = Q(taken_at__isnull=False, withdrawn_at__gte=now - LATELY)
    counts = _received(actor).aggregate(waits=Count("id", filter=waits), went=Count("id", filter=went))
    return counts["waits"], counts["went"]


def lines_of(submission_id: UUID) -> dict[int, bytes]:
    """Return all that is known of the items of a submission that stand, by number, each as a line of an intake file."""
    rows = SubmissionItemRow.objects.filter(submission_id=submission_id, state__in=STANDING).order_by("number")
    return {number: bytes(line) for number, line in rows.values_list("number", "line")}


def reject(submission_id: UUID, numbers: Collection[int], why: Rejection, words: str) -> int:
    """Keep that items are not taken, and return how many stood until now."""
    rows = SubmissionItemRow.objects.filter(submission_id=submission_id, number__in=numbers, state__in=STANDING)
    return rows.update(state=SubmissionState.REJECTED, rejection=why, words=words)


def note_taken(submission_id: UUID, case_id: UUID, exhibits: Mapping[int, UUID], *, now: datetime) -> None:
    """Keep as which case a submission was taken, and as which exhibit each of its items."""
    SubmissionRow.objects.filter(id=submission_id).update(taken_at=now, case_id=case_id)
    for number, exhibit_id in exhibits.items():
        SubmissionItemRow.objects.filter(submission_id=submission_id, number=number).update(exhibit_id=exhibit_id)


def _received(actor: Actor) -> QuerySet[SubmissionRow]:
    rows = SubmissionRow.objects.filter(receiver_id=actor.agency_id)
    if not actor.may(Permission.HELD_NOTICE_RELEASE):
        rows = rows.filter(covert=False)
    return rows.filter(Q(case_id=None) | Q(case_id__in=mine(actor)))


def _sent(actor: Actor, root_id: UUID | None) -> QuerySet[SubmissionRow]:
    seen = seen_by(actor, "root_id")
    if root_id is not None:
        seen = seen.filter(root_id=root_id)
    return SubmissionRow.objects.filter(owner_id=actor.agency_id, series_id__in=seen.values("id"))


def _one(rows: QuerySet[SubmissionRow]) -> Submission:
    ids = rows.select_for_update(of=("self",), no_key=True).values_list("id", flat=True)
    found = ids.first()
    if found is None:
        raise NotFound(NO_SUBMISSION)
    return submissions_in(SubmissionRow.objects.filter(id=found))[0]


def submissions_in(rows: QuerySet[SubmissionRow]) -> tuple[Submission, ...]:
    """Return these submissions with their items, newest first."""
    found = list(rows.order_by("-submitted_at", "id"))
    items: dict[UUID, list[SubmittedItem]] = {row.id: [] for row in found}
    told = SubmissionItemRow.objects.filter(submission_id__in=items).defer("line")
    for item in told.order_by("submission_id", "number"):
        items[item.submission_id].append(_item(item))
    return tuple(
        Submission(
            row.id,
            row.owner_id,
            row.receiver_id,
            row.series_id,
            row.name,
            row.investigation,
            label_of(row),
            row.covert,
            row.submitted_by_id,
            row.submitted_at,
            row.taken_at,
            row.case_id,
            row.withdrawn_at,
            row.erased_at,
            row.expired_at,
            tuple(items[row.id]),
        )
        for row in found
    )


def label_of(row: SubmissionRow) -> Handling:
    """Return the label of a submission."""
    return Handling(frozenset(row.receivers), frozenset({Purpose(row.purpose)}), row.may_forward, row.until)


def _row(one: Submission, item: SubmittedItem, member: Member) -> dict[str, Any]:
    return {
        "submission_id": one.submission_id,
        "number": item.number,
        "case_id": member.case_id,
        "item_id": member.item_id,
        "sha256": item.sha256,
        "media_type": item.media_type,
        "line": item.line,
        "categories": [
            {"scheme": each.scheme, "grade": each.grade, "answers": dict(each.answers)} for each in item.categories
        ],
        "has_media": item.has_media,
        "state": item.state,
        "rejection": None,
        "words": "",
        "exhibit_id": None,
    }


def _item(row: SubmissionItemRow) -> SubmittedItem:
    return SubmittedItem(
        row.number,
        bytes(row.sha256),
        row.media_type,
        SubmissionState(row.state),
        tuple(Category(one["scheme"], one["grade"], one["answers"]) for one in row.categories),
        row.has_media,
        Rejection(row.rejection) if row.rejection else None,
        row.words,
        exhibit_id=row.exhibit_id,
    )

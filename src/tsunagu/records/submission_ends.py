"""How submissions end, as rows: withdrawn, or expired; and what is kept of them then.

Call everything within `acting_for` their owner.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from tsunagu.domain.erasure import ListedWithdrawal
from tsunagu.domain.handling import Handling
from tsunagu.domain.submission import STANDING, Submission, SubmissionState
from tsunagu.records.models import Series, SubmissionItemRow, SubmissionRow
from tsunagu.records.series import handling_of
from tsunagu.records.submissions import submissions_in

_NO_MORE = {"line": b"", "categories": [], "words": ""}
_NOTHING = {**_NO_MORE, "sha256": b"", "media_type": None}
"""What is kept of an item of which only the state stays."""
_GONE = (SubmissionState.WITHDRAWN, SubmissionState.EXPIRED)


def withdraw(one: Submission, numbers: Collection[int], *, now: datetime) -> int:
    """Withdraw items of a submission of one's own, and return how many were not; with the last one, all of it."""
    rows = SubmissionItemRow.objects.filter(submission_id=one.submission_id)
    gone = rows.filter(number__in=numbers).exclude(state__in=_GONE).update(**_NO_MORE, state=SubmissionState.WITHDRAWN)
    _end_empty(SubmissionRow.objects.filter(id=one.submission_id), now=now)
    return gone


def withdraw_listed(one: ListedWithdrawal) -> tuple[Submission, int] | None:
    """Withdraw what a list says was withdrawn of a submission; None where there is no such submission.

    Returns:
        The submission as it was, and how many of its items were not withdrawn yet.
    """
    found = submissions_in(SubmissionRow.objects.filter(id=one.submission_id, owner_id=one.agency_id))
    return (found[0], withdraw(found[0], one.numbers, now=one.withdrawn_at)) if found else None


def withdraw_not_let(owner_id: UUID, *, now: datetime) -> tuple[Submission, ...]:
    """Withdraw what the handling of an agency's series lets its receivers have no longer, and return it."""
    kept = SubmissionRow.objects.filter(withdrawn_at=None, expired_at=None)
    rows = kept.filter(owner_id=owner_id, until__gte=now.date())
    found = submissions_in(rows)
    if not found:
        return ()
    series = Series.objects.filter(id__in={one.series_id for one in found}).select_related("root")
    handlings = {row.id: handling_of(row.root) for row in series}
    gone = tuple(one for one in found if handed_on(one).is_wider_than(handlings[one.series_id]))
    for one in gone:
        withdraw(one, [item.number for item in one.items], now=now)
    return gone


def handed_on(one: Submission) -> Handling:
    """Return what a submission lets others do with the series, as the handling of that has to allow it."""
    return replace(one.label, receivers=frozenset({one.receiver_id}))


def expire(owner_id: UUID, *, today: date, now: datetime) -> tuple[Submission, ...]:
    """Keep no digests of what an agency has submitted, and nobody has, and nobody takes any more; return it as it was.

    Its last day is over and it was not taken, it was withdrawn, or what it was taken as is erased. What is rejected or
    withdrawn stays so.
    """
    is_over = Q(until__lt=today) | Q(erased_at__isnull=False) | Q(withdrawn_at__isnull=False)
    rows = SubmissionRow.objects.filter(is_over, owner_id=owner_id, case_id=None, expired_at=None)
    ids = list(rows.select_for_update(of=("self",), no_key=True).order_by("id").values_list("id", flat=True))
    found = submissions_in(SubmissionRow.objects.filter(id__in=ids))
    SubmissionRow.objects.filter(id__in=ids).update(expired_at=now)
    items = SubmissionItemRow.objects.filter(submission_id__in=ids)
    items.filter(state__in=STANDING).update(**_NOTHING, state=SubmissionState.EXPIRED)
    items.exclude(sha256=b"").update(**_NOTHING)
    return found


def forget_contents(case_id: UUID, item_ids: Collection[int], *, now: datetime) -> None:
    """Withdraw contents that a case of one's own holds no more, wherever they were submitted, and keep nothing."""
    rows = SubmissionItemRow.objects.filter(case_id=case_id, item_id__in=list(item_ids))
    rows = rows.exclude(sha256=b"", state=SubmissionState.WITHDRAWN)
    ids = set(rows.values_list("submission_id", flat=True))
    rows.update(**_NOTHING, state=SubmissionState.WITHDRAWN)
    _end_empty(SubmissionRow.objects.filter(id__in=ids), now=now)


def forget_series(series_ids: Iterable[UUID]) -> None:
    """Keep no words of what was submitted of these series, of which nothing is left."""
    rows = SubmissionRow.objects.filter(series_id__in=list(series_ids)).exclude(withdrawn_at=None)
    rows.update(name="", investigation="", receivers=[])


def _end_empty(rows: QuerySet[SubmissionRow], *, now: datetime) -> None:
    """Withdraw those of these submissions of which every item is withdrawn."""
    left = SubmissionItemRow.objects.filter(submission_id=OuterRef("id")).exclude(state=SubmissionState.WITHDRAWN)
    rows.filter(~Exists(left), withdrawn_at=None).update(withdrawn_at=now)

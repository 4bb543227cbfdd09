"""What goes from series when what they rest on is erased. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from tsunagu.domain.errors import Conflict
from tsunagu.records import claims, submission_ends
from tsunagu.records.models import (
    DisputeRow,
    GuestAnswerRow,
    GuestRow,
    Holding,
    Series,
    SeriesAlias,
    SeriesCase,
    SeriesItemRow,
    SeriesPlacing,
    SeriesStep,
    VoteRow,
)
from tsunagu.records.published_items import Place, withdraw_unfounded


def forget_contents(case_id: UUID, item_ids: Collection[int], *, now: datetime) -> Mapping[Place, int]:
    """Take out of all series, and out of what was done to them, those of a case's contents that it holds no more.

    Wherever they were submitted they are withdrawn.

    Returns:
        How many items have left banks that knew them by a series, by place.
    """
    held = Holding.objects.filter(exhibit__case_id=case_id, item_id__in=item_ids).values_list("item_id", flat=True)
    gone = set(item_ids) - set(held)
    for model in (SeriesItemRow, SeriesPlacing, VoteRow, DisputeRow, GuestAnswerRow):
        model.objects.filter(case_id=case_id, item_id__in=gone).delete()
    submission_ends.forget_contents(case_id, gone, now=now)
    return withdraw_unfounded()


def forget_case(case_id: UUID) -> None:
    """Let no series rest on a case any more that is erased; one that rests on no other keeps no words.

    Its row stays, and what was merged with it, or split off, stands by its steps. Its name goes too, unless it is that
    of a series into which another was merged that stands: then it goes when the two are parted.
    """
    ties = SeriesCase.objects.filter(case_id=case_id)
    ids = list(ties.values_list("series_id", flat=True))
    ties.delete()
    left = Series.objects.filter(~Exists(SeriesCase.objects.filter(series_id=OuterRef("id"))), id__in=ids)
    bare = list(left.values_list("id", flat=True))
    GuestAnswerRow.objects.filter(Q(guest__series_id__in=bare) | Q(case_id=case_id)).delete()
    GuestRow.objects.filter(series_id__in=bare).delete()
    SeriesAlias.objects.filter(series_id__in=bare).delete()
    SeriesStep.objects.filter(series_id__in=bare).update(reason="", value="")
    Series.objects.filter(id__in=bare).update(receivers=[])
    submission_ends.forget_series(bare)
    forget_names(bare)
    claims.forget_case(case_id)


def forget_names(series_ids: Iterable[UUID]) -> None:
    """Forget the names of those of these series that rest on no case, with all that was merged into them."""
    tree = SeriesCase.objects.filter(series__root_id=OuterRef("id"))
    own = SeriesCase.objects.filter(series_id=OuterRef("id"))
    bare = Series.objects.filter(~Exists(own), id__in=list(series_ids))
    bare.exclude(root_id=F("id")).update(name=None)
    bare.filter(~Exists(tree), root_id=F("id")).update(name=None)


def refuse_nameless(series_ids: Iterable[UUID]) -> None:
    """Refuse that a series is merged into one again of which everything is erased.

    Raises:
        Conflict: it was.
    """
    if Series.objects.filter(root__name=None, id__in=list(series_ids)).exclude(root_id=F("id")).exists():
        raise Conflict("the series that it was merged into is erased")

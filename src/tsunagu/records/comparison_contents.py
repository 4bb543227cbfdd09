"""What goes to another installation when something is compared there. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.comparison import MOST_TRACES
from tsunagu.domain.errors import InputError
from tsunagu.domain.handling import Handling
from tsunagu.domain.media import Examined
from tsunagu.records import packaged
from tsunagu.records.claims import Scope
from tsunagu.records.models import Holding, Series, SeriesItemRow, Trace
from tsunagu.records.series import handling_of, mine


def contents_of(actor: Actor, scope: Scope, *, most: int) -> Sequence[Examined]:
    """Return the contents of a scope that lie in the actor's cases and were read by his agency, each once.

    What came by another agency's package is that agency's to ask about, and is left out; context of a series as well.

    Args:
        actor: who asks.
        scope: the series or the case.
        most: how many at most, and one.

    Raises:
        InputError: they have too many fingerprints together.
    """
    held = _asked_about(actor, scope)
    ids = list(held.order_by("item_id").values_list("item_id", flat=True).distinct()[: most + 1])
    if Trace.objects.filter(item_id__in=ids).count() > MOST_TRACES:
        raise InputError(f"at most {MOST_TRACES:,} fingerprints are sent at once: ask about fewer videos")
    return packaged.contents_called(ids)


def series_in(actor: Actor, scope: Scope) -> Mapping[str, Handling]:
    """Return the series of the actor's cases in which contents of a scope stand, by name: what each lets go, and where.

    Context is told as well: nobody has said that it may be given to anybody else.
    """
    contents = _asked_about(actor, scope).values("item_id")
    roots = SeriesItemRow.objects.filter(case_id__in=mine(actor), item_id__in=contents).values("series__root_id")
    return {row.name or "": handling_of(row) for row in Series.objects.filter(id__in=roots).order_by("name")}


def _asked_about(actor: Actor, scope: Scope) -> QuerySet[Holding]:
    held = Holding.objects.filter(exhibit__case_id__in=mine(actor), item__isnull=False, size_bytes__gt=0)
    if scope.kind is ClaimScope.CASE:
        held = held.filter(exhibit__case_id=scope.id)
    else:
        rows = SeriesItemRow.objects.filter(series__root_id=scope.id, case_id__in=mine(actor), is_context=False)
        held = held.filter(item_id__in=rows.values("item_id"), exhibit__case_id__in=rows.values("case_id"))
    return held.filter(item__claimed=False)

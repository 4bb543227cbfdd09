"""Reveals, and what is opened for them, as rows. Every function is called within `acting_for` an agency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import NotFound
from tsunagu.domain.media import MEMBER_SEPARATOR
from tsunagu.domain.reveal import HeldContent, RevealMeans
from tsunagu.records.cases import case_of
from tsunagu.records.holdings import path_digest
from tsunagu.records.models import Case, CaseMember, Holding, RevealRow


@dataclass(frozen=True, slots=True)
class Asked:
    """A reveal that was asked for: by whom is known, what came of it is not.

    Attributes:
        place: the id of its row.
    """

    reveal_id: UUID
    case_id: UUID
    place: int
    means: RevealMeans
    asked_at: datetime


def content_of(case: CaseSummary, number: int) -> HeldContent:
    """Return what a place of a case holds.

    Raises:
        NotFound: no such place in this case, or its content was never read.
    """
    return _content_among(Holding.objects.filter(number=number, exhibit__case_id=case.case_id))


def content_asked(one: Asked) -> HeldContent:
    """Return what the place of a reveal holds, for who works on its case.

    Raises:
        NotFound: the place is gone.
    """
    return _content_among(Holding.objects.filter(id=one.place, exhibit__case_id=one.case_id))


def _content_among(rows: QuerySet[Holding]) -> HeldContent:
    row = rows.filter(item__isnull=False).select_related("item").first()
    held = None if row is None else _content(row)
    if held is None:
        raise NotFound("no such item")
    return held


def archives_around(held: HeldContent) -> tuple[HeldContent, ...]:
    """Return the archives that a place lies in, the outermost first; none when it is no member of one."""
    parts = held.path.split(MEMBER_SEPARATOR)
    digests = [path_digest(MEMBER_SEPARATOR.join(parts[:count])) for count in range(1, len(parts))]
    rows = Holding.objects.filter(exhibit_id=held.exhibit_id, path_digest__in=digests).select_related("item")
    found = (_content(row) for row in rows)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: len(one.path)))


def add_reveal(
    reveal_id: UUID,
    *,
    actor: Actor,
    case: CaseSummary,
    held: HeldContent,
    means: RevealMeans,
    reason: str,
    now: datetime,
) -> None:
    """Keep who wants to see what, and why."""
    RevealRow.objects.create(
        id=reveal_id,
        agency_id=actor.agency_id,
        officer_id=actor.officer_id,
        case_id=case.case_id,
        place=held.place,
        item=held.item_id,
        means=means,
        reason=reason,
        asked_at=now,
    )


def asked(actor: Actor, reveal_id: UUID) -> Asked | None:
    """Return a reveal that the actor asked for and was not answered yet; None when there is none."""
    row = RevealRow.objects.filter(id=reveal_id, officer_id=actor.officer_id, taken_at=None).first()
    return None if row is None else Asked(row.id, row.case_id, row.place, RevealMeans(row.means), row.asked_at)


def take(reveal_id: UUID, *, now: datetime) -> bool:
    """Note that a reveal is being answered, and return whether it was not before: each is answered once."""
    return RevealRow.objects.filter(id=reveal_id, taken_at=None).update(taken_at=now) > 0


def note_shown(reveal_id: UUID, *, now: datetime) -> None:
    """Note that a picture was handed over."""
    RevealRow.objects.filter(id=reveal_id).update(shown_at=now)


def case_of_id(actor: Actor, case_id: UUID) -> CaseSummary:
    """Return a case that the actor works on, by its id.

    Raises:
        NotFound: he does not, or not any more.
    """
    reference = Case.objects.filter(id=case_id).values_list("reference", flat=True).first()
    return case_of(actor, reference or "")


def times_shown(actor: Actor, reference: str, numbers: Collection[int]) -> Mapping[int, int]:
    """Return how often what lies at places of an own case was shown to anybody; those never shown are left out.

    A content counts wherever it lies in his cases: one copy stands for all. What was shown in a case that he does not
    work on would tell him that it holds the same.
    """
    mine = CaseMember.objects.filter(officer_id=actor.officer_id).values("case_id")
    of_case = Holding.objects.filter(exhibit__case__reference=reference, exhibit__case_id__in=mine)
    places = dict(of_case.filter(number__in=numbers).values_list("number", "item_id"))
    counts = Counter(
        RevealRow.objects.filter(
            item__in={item for item in places.values() if item}, shown_at__isnull=False, case_id__in=mine
        ).values_list("item", flat=True)
    )
    return {number: counts[item] for number, item in places.items() if item in counts}


def _content(row: Holding) -> HeldContent | None:
    if row.item_id is None or row.item is None:
        return None
    return HeldContent(
        row.id, row.item_id, row.exhibit_id, bytes(row.path), bytes(row.item.sha256), row.item.size_bytes, row.scanned
    )

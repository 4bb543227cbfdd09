"""Titles of seized lists, as rows sealed under the list's key. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Max

from tsunagu.domain.seized import SeizedList
from tsunagu.domain.title import Title, TitleAssessment, TitleValue, TitleWords
from tsunagu.records.models import TitleAssessmentRow, TitleRow
from tsunagu.records.seized import held
from tsunagu.records.seized_seals import ListSeal


def add_title(one: SeizedList, words: TitleWords, seal: ListSeal, *, entered_by: UUID, now: datetime) -> Title:
    """Keep a title under the next number of its list.

    Raises:
        NotFound, Conflict: the list is gone, or is being erased.
    """
    held(one.list_id)
    number = (TitleRow.objects.filter(list_id=one.list_id).aggregate(highest=Max("number"))["highest"] or 0) + 1
    row = TitleRow.objects.create(
        id=uuid4(),
        agency_id=one.agency_id,
        list_id=one.list_id,
        number=number,
        sealed=seal.sealed_json(f"title {number}", asdict(words)),
        entered_by_id=entered_by,
        entered_at=now,
    )
    return Title(row.id, number, words)


def add_assessment(one: SeizedList, title: Title, given: TitleAssessment, seal: ListSeal) -> None:
    """Keep what a person says of a title.

    Raises:
        NotFound, Conflict: the list is gone, or is being erased.
    """
    held(one.list_id)
    TitleAssessmentRow.objects.create(
        agency_id=one.agency_id,
        list_id=one.list_id,
        title_id=title.title_id,
        number=given.number,
        jurisdiction=given.jurisdiction,
        value=given.value,
        from_on=given.from_on,
        to_on=given.to_on,
        sealed=seal.sealed_json(
            f"assessment {given.number} of title {title.number}",
            {"reasons": given.reasons, "precedent": given.precedent},
        ),
        officer_id=given.officer_id,
        assessed_at=given.assessed_at,
    )


def titles_of(
    list_id: UUID, seal: ListSeal, *, wanted: Callable[[int, TitleWords], bool] | None = None
) -> tuple[Title, ...]:
    """Return the titles of a list with all their assessments, by number.

    Args:
        list_id: of the list.
        seal: of the list.
        wanted: tells by number and words which are; all when it is left out. Assessments of others are not opened.

    Raises:
        Conflict: what is kept of them was changed.
    """
    return titles_in({list_id: seal}, wanted=wanted)[list_id]


def titles_in(
    seals: Mapping[UUID, ListSeal], *, wanted: Callable[[int, TitleWords], bool] | None = None
) -> dict[UUID, tuple[Title, ...]]:
    """Return the titles of each of these lists, by number, at the price of two questions however many lists these are.

    Args:
        seals: of the lists, by id.
        wanted: as for `titles_of`.

    Raises:
        Conflict: what is kept of them was changed.
    """
    asked: list[tuple[TitleRow, TitleWords]] = []
    for title in TitleRow.objects.filter(list_id__in=seals).order_by("list_id", "number"):
        words = TitleWords(**seals[title.list_id].opened_json(f"title {title.number}", bytes(title.sealed)))
        if wanted is None or wanted(title.number, words):
            asked.append((title, words))
    said: dict[UUID, list[TitleAssessmentRow]] = {}
    rows = TitleAssessmentRow.objects.filter(list_id__in=seals)
    if wanted is not None:
        rows = rows.filter(title_id__in=[title.id for title, _ in asked])
    for row in rows.order_by("title_id", "number"):
        said.setdefault(row.title_id, []).append(row)
    found: dict[UUID, list[Title]] = {list_id: [] for list_id in seals}
    for title, words in asked:
        seal = seals[title.list_id]
        assessments = tuple(_assessment(one, title.number, seal) for one in said.get(title.id, ()))
        found[title.list_id].append(Title(title.id, title.number, words, assessments))
    return {list_id: tuple(each) for list_id, each in found.items()}


def _assessment(row: TitleAssessmentRow, title: int, seal: ListSeal) -> TitleAssessment:
    told = seal.opened_json(f"assessment {row.number} of title {title}", bytes(row.sealed))
    return TitleAssessment(
        row.number,
        row.jurisdiction,
        TitleValue(row.value),
        row.from_on,
        row.to_on,
        told["reasons"],
        told["precedent"],
        row.officer_id,
        row.assessed_at,
    )

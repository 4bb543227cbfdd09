"""The title register of a seized list: entered and assessed by people, for a law and its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.permission import Permission
from tsunagu.domain.title import (
    PlacedTitle,
    Precedent,
    Title,
    TitleAssessment,
    TitleValue,
    TitleWords,
    folded,
    precedents,
)
from tsunagu.law.gate_file import LatestOf
from tsunagu.records import agencies, seized, titles
from tsunagu.records.cases import exhibit_id_of
from tsunagu.services.access import deed
from tsunagu.services.agencies.law_rules import rules_of_agency
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.seized.access import opening, refuse_closed, seal_of

MOST_PRECEDENTS = 10
NO_TITLE = "no such title"


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """What somebody is about to say of a title: see `TitleAssessment`."""

    jurisdiction: str
    value: TitleValue
    from_on: date
    to_on: date | None
    reasons: str
    precedent: str = ""

    def __post_init__(self) -> None:
        """Refuse what has no reasons, or days in the wrong order."""
        check_reason(self.reasons)
        if self.precedent:
            check_reason(self.precedent)
        if self.to_on is not None and self.to_on < self.from_on:
            raise InputError("the last day comes before the first")


@dataclass(frozen=True, slots=True)
class TitleView:
    """A title, and what was decided of its like in the cases of whoever asks: proposals, and no more."""

    title: Title
    proposed: tuple[Precedent, ...]


@dataclass(frozen=True, slots=True)
class TitleDesk:
    """A title as an officer assesses it.

    Attributes:
        logins: of the agency's officers, by id.
        jurisdictions: whose law it may be held against.
        is_open: whether its case is.
    """

    view: TitleView
    logins: Mapping[UUID, str]
    jurisdictions: tuple[str, ...]
    is_open: bool


def add_title(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    words: TitleWords,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Title:
    """Enter a title of a list, assessed by nobody yet.

    Args:
        reference: of the case.
        number: of the list within the case; None for the only one.

    Raises:
        Forbidden: the actor enters no titles.
        NotFound: no such case, list or exhibit, or not the actor's.
        Conflict: the case is closed, or the list has this title in this edition.
    """
    with opening(actor, Permission.TITLE_ASSESS, reference, number, now=now, keys=keys, ledger=ledger) as found:
        refuse_closed(found.case)
        one = found.seized
        if words.exhibit and exhibit_id_of(found.case, words.exhibit) is None:
            raise NotFound("no such exhibit")
        if any(_is_same(words, known.words) for known in titles.titles_of(one.list_id, found.seal)):
            raise Conflict("the list has this title in this edition already")
        made = titles.add_title(one, words, found.seal, entered_by=actor.officer_id, now=now)
        about: dict[str, str | int] = {"list": str(one.list_id), "title": made.number}
        ledger.write(deed(Act.TITLE_ENTERED, actor=actor, case=found.case, now=now, **about))
    return made


def assess_title(
    *,
    actor: Actor,
    reference: str,
    number: int | None,
    title: int,
    draft: AssessmentDraft,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Title:
    """Keep what the actor says of a title, and return it; the latest that was said for a day's law counts.

    Args:
        reference: of the case.
        number: of the list within the case; None for the only one.
        title: its number within the list.

    Raises:
        Forbidden: the actor assesses no titles.
        NotFound: no such case, list or title, or not the actor's.
        InputError: no rule of the jurisdiction is known.
        Conflict: the case is closed.
    """
    with opening(actor, Permission.TITLE_ASSESS, reference, number, now=now, keys=keys, ledger=ledger) as found:
        refuse_closed(found.case)
        one, known = found.seized, _title(titles.titles_of(found.seized.list_id, found.seal), title)
        rules_of_agency().of_jurisdiction(draft.jurisdiction)
        given = TitleAssessment(
            len(known.assessments) + 1,
            draft.jurisdiction,
            draft.value,
            draft.from_on,
            draft.to_on,
            draft.reasons,
            draft.precedent,
            actor.officer_id,
            now,
        )
        titles.add_assessment(one, known, given, found.seal)
        about: dict[str, str | int] = {"list": str(one.list_id), "title": title, "assessment": given.number}
        about |= {"as": draft.value.value, "jurisdiction": draft.jurisdiction}
        ledger.write(deed(Act.TITLE_ASSESSED, actor=actor, case=found.case, now=now, **about))
    return Title(known.title_id, known.number, known.words, (*known.assessments, given))


def list_titles(
    *, actor: Actor, reference: str, number: int | None, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[TitleView, ...]:
    """Return the titles of a list by number, each with what was decided of its like in the actor's own cases.

    Raises:
        Forbidden: the actor sees no titles.
        NotFound: no such case or list, or not the actor's.
        Conflict: the case has several lists, and no number was given.
    """
    with opening(actor, Permission.TITLE_ASSESS, reference, number, now=now, keys=keys, ledger=ledger) as found:
        everywhere, own = _everywhere(actor, keys), titles.titles_of(found.seized.list_id, found.seal)
        views = tuple(TitleView(one, _proposed(one, everywhere)) for one in own)
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "titles": len(views)}
        ledger.write(deed(Act.TITLE_READ, actor=actor, case=found.case, now=now, **about))
    return views


def view_title(
    *, actor: Actor, reference: str, number: int | None, title: int, now: datetime, keys: Keys, ledger: Ledger
) -> TitleDesk:
    """Return one title of a list with what was decided of its like in the actor's own cases, and who assessed it.

    Raises:
        Forbidden: the actor sees no titles.
        NotFound: no such case, list or title, or not the actor's.
        Conflict: the case has several lists, and no number was given.
    """
    with opening(actor, Permission.TITLE_ASSESS, reference, number, now=now, keys=keys, ledger=ledger) as found:
        one = _title(titles.titles_of(found.seized.list_id, found.seal), title)
        about: dict[str, str | int] = {"list": str(found.seized.list_id), "title": title}
        ledger.write(deed(Act.TITLE_READ, actor=actor, case=found.case, now=now, **about))
        view = TitleView(one, _proposed(one, _everywhere(actor, keys)))
        return TitleDesk(view, agencies.logins(), rules_of_agency().jurisdictions, is_open=found.case.closed_at is None)


def _everywhere(actor: Actor, keys: Keys) -> list[PlacedTitle]:
    """Return the titles of all lists of the actor's cases, at the price of three questions."""
    places = {one.list_id: one for one in seized.places_of(actor)}
    known = titles.titles_in({one.list_id: seal_of(one.list_id, one.key, keys) for one in places.values()})
    return [
        PlacedTitle(places[list_id].case, places[list_id].number, one)
        for list_id, each in known.items()
        for one in each
    ]


def _title(known: Sequence[Title], number: int) -> Title:
    found = next((one for one in known if one.number == number), None)
    if found is None:
        raise NotFound(NO_TITLE)
    return found


def _proposed(one: Title, everywhere: Sequence[PlacedTitle]) -> tuple[Precedent, ...]:
    others = (each for each in everywhere if each.title.title_id != one.title_id)
    return precedents(one.words, others)[:MOST_PRECEDENTS]


def _is_same(one: TitleWords, other: TitleWords) -> bool:
    if one.code or other.code:
        return one.code == other.code
    return (folded(one.title), folded(one.edition)) == (folded(other.title), folded(other.edition))


def latest_of(known: Sequence[Title]) -> LatestOf:
    """Return what tells which assessment of a title counts for a day, if it says illegal."""
    by_number = {one.number: one for one in known}

    def latest(title: int, jurisdiction: str, day: date) -> int | None:
        found = by_number[title].assessed_on(jurisdiction, day) if title in by_number else None
        return found.number if found is not None and found.value is TitleValue.ILLEGAL else None

    return latest

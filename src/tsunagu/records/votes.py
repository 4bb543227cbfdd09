"""Schemes, votes and disputes, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.scheme import Element, Grade, Scheme, Vote
from tsunagu.domain.series_steps import Member
from tsunagu.records.models import DisputeRow, SchemeRow, VoteRow
from tsunagu.records.planned import rows_of

WORDS_IN = "question_"
_FIRST = """
SELECT id, name, version, elements, needed, voters FROM category_scheme ORDER BY name, version DESC LIMIT 1
"""
_ABOUT = "WHERE case_id = ANY($1::uuid[]) AND item_id = ANY($2::bigint[]) AND scheme_id = $3::uuid"
_VOTES = f"SELECT case_id, item_id, officer_id, round, grade, answers, voted_at FROM vote {_ABOUT} ORDER BY id"  # noqa: S608
_DISPUTES = f"SELECT case_id, item_id, round, reason FROM vote_dispute {_ABOUT}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Said:
    """All that was said of one item by one scheme.

    Attributes:
        votes: of the round that counts.
        round: its number, from 1.
        is_disputed: what it came to is disputed, so that the next round may begin.
        reason: why it was disputed.
    """

    votes: tuple[Vote, ...]
    round: int
    is_disputed: bool
    reason: str


def add_scheme(scheme: Scheme, *, actor: Actor, now: datetime) -> UUID:
    """Keep a scheme at its version, and return its id.

    Raises:
        Conflict: the agency has this version already: what was voted by it must stay what it was.
    """
    scheme_id = uuid4()
    elements = [_element_row(one) for one in scheme.elements]
    try:
        with transaction.atomic():
            SchemeRow.objects.create(
                id=scheme_id,
                agency_id=actor.agency_id,
                name=scheme.name,
                version=scheme.version,
                elements=elements,
                needed=scheme.needed,
                voters=scheme.voters,
                loaded_at=now,
                loaded_by_id=actor.officer_id,
            )
    except IntegrityError as error:
        raise Conflict("your agency has this version of the scheme already") from error
    return scheme_id


def schemes() -> tuple[Scheme, ...]:
    """Return the schemes of the agency that is acted for, by name, newest version first."""
    return tuple(_scheme(row) for row in SchemeRow.objects.order_by("name", "-version"))


def scheme_called(name: str) -> tuple[UUID, Scheme]:
    """Return a scheme by its name, at its newest version, with its id.

    Raises:
        NotFound: the agency has no such scheme.
    """
    row = SchemeRow.objects.filter(name=name).order_by("-version").first()
    if row is None:
        raise NotFound("no such scheme")
    return row.id, _scheme(row)


def all_schemes() -> tuple[tuple[UUID, Scheme], ...]:
    """Return every version of every scheme of the agency, with its id."""
    return tuple((row.id, _scheme(row)) for row in SchemeRow.objects.order_by("name", "-version"))


def first_scheme() -> tuple[UUID, Scheme] | None:
    """Return the first scheme of the agency by name, at its newest version; None where it has none."""
    for scheme_id, name, version, elements, *numbers in rows_of(_FIRST):
        return scheme_id, Scheme(name, version, tuple(map(_element, json.loads(elements))), *numbers)
    return None


def said_of(members: Collection[Member], scheme_id: UUID) -> dict[Member, Said]:
    """Return what was said of contents by a scheme, in their last round that anybody has voted in."""
    values = (list({one.case_id for one in members}), list({one.item_id for one in members}), scheme_id)
    votes: dict[Member, list[Vote]] = {}
    for case_id, item_id, officer_id, round_, grade, answers, at in rows_of(_VOTES, *values):
        vote = Vote(officer_id, round_, Grade(grade), json.loads(answers), at)
        votes.setdefault(Member(case_id, item_id), []).append(vote)
    reasons: dict[Member, Mapping[int, str]] = {}
    for case_id, item_id, round_, reason in rows_of(_DISPUTES, *values):
        member = Member(case_id, item_id)
        reasons[member] = {**reasons.get(member, {}), round_: reason}
    return {one: _said(votes.get(one, []), reasons.get(one, {})) for one in members}


def _said(votes: Collection[Vote], reasons: Mapping[int, str]) -> Said:
    last = max((one.round for one in votes), default=1)
    return Said(tuple(one for one in votes if one.round == last), last, last in reasons, reasons.get(last, ""))


def add_vote(member: Member, vote: Vote, *, scheme_id: UUID, agency_id: UUID) -> None:
    """Keep a vote.

    Raises:
        Conflict: the officer has voted in this round already.
    """
    try:
        with transaction.atomic():
            VoteRow.objects.create(
                agency_id=agency_id,
                case_id=member.case_id,
                item_id=member.item_id,
                scheme_id=scheme_id,
                round=vote.round,
                officer_id=vote.officer_id,
                grade=vote.grade,
                answers=dict(vote.answers),
                voted_at=vote.voted_at,
            )
    except IntegrityError as error:
        raise Conflict("you have voted on this already, and a vote stands") from error


def add_dispute(member: Member, *, scheme_id: UUID, round_: int, actor: Actor, reason: str, now: datetime) -> None:
    """Keep why what a round came to is disputed.

    Raises:
        Conflict: it is disputed already.
    """
    try:
        with transaction.atomic():
            DisputeRow.objects.create(
                agency_id=actor.agency_id,
                case_id=member.case_id,
                item_id=member.item_id,
                scheme_id=scheme_id,
                round=round_,
                officer_id=actor.officer_id,
                reason=reason,
                disputed_at=now,
            )
    except IntegrityError as error:
        raise Conflict("this is disputed already: vote anew") from error


def _scheme(row: SchemeRow) -> Scheme:
    elements = (_element(one) for one in row.elements)
    return Scheme(row.name, row.version, tuple(elements), row.needed, row.voters)


def _element_row(one: Element) -> dict[str, Any]:
    """Return a question with its words side by side: a key of its own for each language."""
    words = {f"{WORDS_IN}{language}": text for language, text in one.question.items()}
    return {"code": one.code, "answers": list(one.answers), **words}


def _element(row: Mapping[str, Any]) -> Element:
    words = {key.removeprefix(WORDS_IN): text for key, text in row.items() if key.startswith(WORDS_IN)}
    return Element(row["code"], words, tuple(row["answers"]))

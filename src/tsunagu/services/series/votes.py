"""Votes of analysts on items of series: given blind, told once all are in, disputed and given anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.permission import Permission
from tsunagu.domain.scheme import Grade, Scheme, Verdict, Vote, VoteState, verdict_of
from tsunagu.domain.series import SeriesItem
from tsunagu.domain.series_steps import Member
from tsunagu.records import agencies, published_items
from tsunagu.records import series as rows
from tsunagu.records import votes as said
from tsunagu.records.cases import case_of
from tsunagu.records.votes import Said
from tsunagu.services.access import check_reference
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.series.desk import SeriesDesk


@dataclass(frozen=True, slots=True)
class VotedItem:
    """How the votes on one item of a series stand, as one analyst may know it.

    Attributes:
        own: his own vote in this round; None while he has not voted.
        votes: of all, by login; empty until all are in.
        reason: why it is disputed, where somebody has said so.
    """

    item: SeriesItem
    verdict: Verdict
    round: int
    own: Vote | None
    votes: tuple[tuple[str, Vote], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class VotesView:
    """The votes on a series by one scheme."""

    scheme: Scheme
    items: tuple[VotedItem, ...]


def cast_vote(
    *,
    actor: Actor,
    name: str,
    case: str,
    item: str,
    scheme: str,
    grade: Grade,
    answers: Mapping[str, str],
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> None:
    """Say what is to be seen of an item of a series, without knowing what others have said. A vote stands.

    Args:
        item: a number of a place in the case, or a SHA-256 in hex.
        answers: by question of the scheme.

    Raises:
        Forbidden: the actor does not vote.
        NotFound: no such series, case or item, or not the actor's, or not in the series; or no such scheme.
        InputError: a question is not answered, or by what is no answer to it.
        Conflict: he has voted already, or all votes are in.
    """
    check_reference(scheme)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name, Permission.ITEM_VOTE) as found:
        [member] = _members(actor, found.root_id, case, [item])
        scheme_id, by = said.scheme_called(scheme)
        by.check(answers)
        before = said.said_of([member], scheme_id)[member]
        state = verdict_of(before.votes, by, is_disputed=before.is_disputed).state
        if state is VoteState.AGREED or (state is VoteState.DISPUTED and not before.is_disputed):
            raise Conflict("all votes on this are in: to vote anew, dispute what they came to")
        round_ = before.round + (state is VoteState.DISPUTED)
        vote = Vote(actor.officer_id, round_, grade, answers, now)
        said.add_vote(member, vote, scheme_id=scheme_id, agency_id=actor.agency_id)
        desk.tell_withdrawn(found, published_items.withdraw_contents(doubted_by(scheme_id, by, [member])))
        told: dict[str, str | int] = {"series": str(found.root_id), "scheme": str(scheme_id), "round": round_}
        ledger.write(desk.deed(Act.VOTE_CAST, found, [member.case_id], **told))


def doubted_by(scheme_id: UUID, by: Scheme, members: Collection[Member]) -> set[Member]:
    """Return the contents that votes by a scheme grade as lawful, or differ about. Call it within `acting_for`."""
    votes = said.said_of(members, scheme_id)
    verdicts = {one: verdict_of(votes[one].votes, by, is_disputed=votes[one].is_disputed) for one in members}
    return {
        one for one, each in verdicts.items() if each.state is VoteState.DISPUTED or each.grade is Grade.NOT_ILLEGAL
    }


def dispute_votes(
    *,
    actor: Actor,
    name: str,
    case: str,
    item: str,
    scheme: str,
    reason: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> None:
    """Dispute what the votes on an item came to, or take a dispute among them up: everybody votes anew.

    Raises:
        Forbidden: the actor does not vote.
        InputError: no reason, or one that is too long.
        NotFound: as for `cast_vote`.
        Conflict: not all votes are in, or it is disputed already.
    """
    check_reason(reason)
    check_reference(scheme)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name, Permission.ITEM_VOTE) as found:
        [member] = _members(actor, found.root_id, case, [item])
        scheme_id, by = said.scheme_called(scheme)
        before = said.said_of([member], scheme_id)[member]
        if verdict_of(before.votes, by, is_disputed=before.is_disputed).state is VoteState.OPEN:
            raise Conflict("not all votes on this are in")
        said.add_dispute(member, scheme_id=scheme_id, round_=before.round, actor=actor, reason=reason, now=now)
        desk.tell_withdrawn(found, published_items.withdraw_contents([member]))
        told: dict[str, str | int] = {"series": str(found.root_id), "scheme": str(scheme_id), "round": before.round}
        ledger.write(
            desk.deed(Act.VOTE_DISPUTED, found, [member.case_id], **told, reason=desk.reference(found, reason))
        )


def list_votes(*, actor: Actor, name: str, scheme: str, now: datetime, keys: Keys, ledger: Ledger) -> VotesView:
    """Return how the votes on the items of a series stand, by one scheme, as far as the actor may know it.

    Raises:
        Forbidden: the actor reads no series.
        NotFound: no such series, or not the actor's; or no such scheme.
    """
    check_reference(scheme)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.at_work(name, Permission.SERIES_READ):
        found = rows.series_called(actor, name)
        scheme_id, by = said.scheme_called(scheme)
        items = rows.items_with_members(actor, found.root_id)
        view = votes_told(items, scheme_id, by, reader=actor.officer_id, logins=agencies.logins())
    told: dict[str, str | int] = {"series": str(found.root_id), "scheme": str(scheme_id), "items": len(items)}
    ledger.record(desk.deed(Act.VOTES_READ, found, found.case_ids, **told))
    return view


def votes_told(
    items: Sequence[tuple[Member, SeriesItem]],
    scheme_id: UUID,
    by: Scheme,
    *,
    reader: UUID,
    logins: Mapping[UUID, str],
) -> VotesView:
    """Return how the votes on these items stand, as far as one officer may know it. Call it within `acting_for`."""
    about = said.said_of([member for member, _ in items], scheme_id)
    return VotesView(by, tuple(_voted(item, about[member], by, reader, logins) for member, item in items))


def _voted(item: SeriesItem, what: Said, by: Scheme, reader: UUID, logins: Mapping[UUID, str]) -> VotedItem:
    verdict = verdict_of(what.votes, by, is_disputed=what.is_disputed)
    own = next((one for one in what.votes if one.officer_id == reader), None)
    told = () if verdict.state is VoteState.OPEN else what.votes
    votes = tuple(sorted((logins.get(one.officer_id, ""), one) for one in told)) if told else ()
    return VotedItem(item, verdict, what.round, own, votes, what.reason)


def _members(actor: Actor, root_id: UUID, case: str, items: Sequence[str]) -> list[Member]:
    """Return contents of one of the actor's cases that are in a series.

    Raises:
        NotFound: no such case, not the actor's, or one of them is not in the series.
    """
    members = rows.members_called(case_of(actor, case), items)
    there = rows.members_in(root_id)
    if not members <= there or len(members) != 1:
        raise NotFound("no such item in this series")
    return list(members)

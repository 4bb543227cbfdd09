"""What an officer submits: as he says it, and as far as it may go where he says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, Exhausted, Forbidden, InputError, NotFound
from tsunagu.domain.handling import Handling
from tsunagu.domain.media import Examined
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.scheme import VoteState, verdict_of
from tsunagu.domain.series_steps import Member
from tsunagu.domain.submission import MOST_ITEMS, MOST_ITEMS_A_DAY, Category
from tsunagu.records import agencies, grants, guests, packaged, submissions
from tsunagu.records import votes as said
from tsunagu.records.series import FoundSeries
from tsunagu.records.session import acting_for
from tsunagu.records.vault import rows as vault_rows
from tsunagu.services.access import check_reference
from tsunagu.services.labels import check_passed_on
from tsunagu.services.references import check_reason

NOT_LET: Final = (
    "the handling of this series does not let that agency be given it so: for that, until that day, or at all"
)

_DAY: Final = timedelta(days=1)
_SHOWN_DIGITS: Final = 16
"""Of a digest, as lists of items show it."""


@dataclass(frozen=True, slots=True)
class SubmissionDraft:
    """What an officer says when he submits.

    Attributes:
        to: name of the agency.
        items: SHA-256 in hex of what is chosen, or its first 16 digits; empty for all that may be submitted.
        investigation: what the receiver is told that the investigation is called.
        with_media: whether the contents themselves go along, from vault to vault.
    """

    to: str
    items: frozenset[str]
    investigation: str
    purpose: Purpose
    may_forward: bool
    until: date
    with_media: bool
    reason: str

    def check(self, today: date) -> None:
        """Do nothing when somebody may say this.

        Raises:
            InputError: he may not.
        """
        check_reason(self.reason)
        check_reference(self.to)
        check_reference(self.investigation)
        if self.until < today:
            raise InputError("this day is over")
        if len(self.items) > MOST_ITEMS:
            raise InputError(f"at most {MOST_ITEMS} items are submitted at once")
        for one in self.items:
            if len(one) not in {_SHOWN_DIGITS, 64} or not all(each in "0123456789abcdefABCDEF" for each in one):
                raise InputError("name items by their SHA-256, in hex, or by the 16 digits of it that lists show")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be submitted, before its receiver was asked what he holds of it."""

    found: FoundSeries
    card: AgencyCard
    is_covert: bool
    members: Sequence[Member]
    contents: Sequence[Examined]
    categories: Mapping[Member, tuple[Category, ...]]
    vaulted: Collection[bytes]


def choose(actor: Actor, found: FoundSeries, draft: SubmissionDraft, *, now: datetime) -> Chosen:
    """Return what is to be submitted, as far as it may be. Call it within `acting_for`."""
    card = _card_let(actor, found, draft)
    is_covert = guests.is_covert(found.root_id)
    if is_covert and not actor.may(Permission.HELD_NOTICE_RELEASE):
        raise Forbidden("it rests on a covert case: a co-ordinator submits it")
    there = submissions.to_submit(actor, found.root_id)
    wanted = {one.lower() for one in draft.items}
    members = [one for one, sha256 in there.items() if not wanted or _names(sha256) & wanted]
    if wanted and len(members) != len(wanted):
        raise NotFound("no such item of your cases in this series that may be submitted")
    if not members:
        raise Conflict("nothing of your cases in this series may be submitted")
    if len(members) > MOST_ITEMS:
        raise InputError(f"at most {MOST_ITEMS} items are submitted at once: choose some")
    lately = submissions.count_items(actor.agency_id, card.agency_id, since=now - _DAY)
    if lately + len(members) > MOST_ITEMS_A_DAY:
        raise Exhausted(f"at most {MOST_ITEMS_A_DAY} items are submitted to one agency within 24 hours")
    to = Handling(frozenset({card.agency_id}), frozenset({draft.purpose}), draft.may_forward, draft.until)
    check_passed_on(actor.agency_id, {one.case_id for one in members}, to)
    contents = packaged.contents_called([one.item_id for one in members])
    digests = [one.digests.sha256 for one in contents if one.digests]
    vaulted = vault_rows.among(digests) if draft.with_media else ()
    return Chosen(found, card, is_covert, members, contents, _categories(members), set(vaulted))


def _names(sha256: bytes) -> set[str]:
    return {sha256.hex(), sha256.hex()[:_SHOWN_DIGITS]}


def _card_let(actor: Actor, found: FoundSeries, draft: SubmissionDraft) -> AgencyCard:
    """Return the agency that is to be given it, where the handling of the series lets it."""
    card = next((one for one in agencies.agency_cards().values() if one.name == draft.to), None)
    if card is None or card.is_correspondent or card.member_id is not None or card.agency_id == actor.agency_id:
        raise NotFound("no such agency of this installation besides your own")
    to = Handling(frozenset({card.agency_id}), frozenset({draft.purpose}), draft.may_forward, draft.until)
    if to.is_wider_than(found.handling):
        raise Forbidden(NOT_LET)
    return card


def _categories(members: Sequence[Member]) -> dict[Member, tuple[Category, ...]]:
    """Return on what the votes on each content agree, by every scheme of the agency."""
    found: dict[Member, tuple[Category, ...]] = {}
    for scheme_id, by in said.all_schemes():
        for member, each in said.said_of(members, scheme_id).items():
            verdict = verdict_of(each.votes, by, is_disputed=each.is_disputed)
            if verdict.state is VoteState.AGREED and verdict.grade is not None:
                name = f"{by.name} {by.version}"
                told = Category(name, verdict.grade.value, verdict.answers)
                found[member] = (*found.get(member, ()), told)
    return found


def held_there(chosen: Chosen, draft: SubmissionDraft, *, now: datetime) -> set[bytes]:
    """Return what the receiver holds already in a case that is not covert, in a transaction of his own."""
    with acting_for(chosen.card.agency_id):
        if draft.with_media and not grants.is_on(Permission.MEDIA_VAULT, now=now):
            raise Conflict("that agency's vault is not switched on: submit it without media")
        return submissions.held_openly([one.digests.sha256 for one in chosen.contents if one.digests])

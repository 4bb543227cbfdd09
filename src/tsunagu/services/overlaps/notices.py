"""Lists of notices, as officers read them: of all overlaps of their cases, or of those that they look for."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.ledger import Deed
from tsunagu.domain.notice import Notice
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.search import Answered, OverlapSearch
from tsunagu.records import agencies, notices
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import acting_for
from tsunagu.services.access import denials_recorded
from tsunagu.services.overlaps.linking import leave_waiting, link_first
from tsunagu.services.parts import Keys, Ledger, Queue

MOST_AN_ENTRY = 500
"""Notices whose reading one entry of the ledger tells: its list of cases stays short enough to be searched."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice, with the two agencies as the directory names them.

    Attributes:
        other_agency: None while both cases are covert and not both co-ordinators have released.
        new_hits: of an overlap that both sides have shared, and that has grown since: how many of its hits have no
            answer of this side yet. Otherwise 0.
    """

    notice: Notice
    own_agency: AgencyCard
    other_agency: AgencyCard | None
    new_hits: int = 0

    @classmethod
    def of(cls, notice: Notice, cards: Mapping[UUID, AgencyCard], new_hits: Mapping[UUID, int]) -> Self:
        """Return a notice with the agencies that it names."""
        other = None if notice.other_agency_id is None else cards[notice.other_agency_id]
        return cls(notice, cards[notice.own_agency_id], other, new_hits.get(notice.overlap_id, 0))


def new_hits(told: Iterable[Notice]) -> dict[UUID, int]:
    """Return how many new hits the overlaps have that both sides share and that have grown, within `acting_for`."""
    again = {one.overlap_id for one in told if one.revealed and one.has_grown}
    return notices.unjudged_hits(again or {uuid4()})  # of none as much is asked


@dataclass(frozen=True, slots=True)
class NoticeList:
    """What an officer reads.

    Attributes:
        views: newest first.
        waiting: how many items of the cases that he works on still wait to be compared: with 0, that there is no
            notice means that all of theirs was compared with all that is held, but for items that are parked.
    """

    views: tuple[NoticeView, ...]
    waiting: int


def list_notices(
    *,
    actor: Actor,
    act: Act,
    search: OverlapSearch | None = None,
    after: UUID | None = None,
    most: int | None = None,
    now: datetime,
    queue: Queue,
    keys: Keys,
    ledger: Ledger,
) -> NoticeList:
    """Return the notices that the actor may read, newest first.

    What waits to be compared, anybody's, is compared first where no worker runs. Where one does, it is left to him;
    the answer tells how much of the actor's own waits.

    Args:
        act: what is being read, `notice:read` or `overlap:read`, with the permission of the same name.
        search: which of them are looked for; all when it is left out. Of others nothing is told by it.
        after: the notice after which to go on; None for the first ones.
        most: how many at most; all when it is left out.

    Raises:
        Forbidden: none of the actor's roles carries the permission.
    """
    with denials_recorded(
        actor=actor, permission=Permission(act.value), asked="all", now=now, keys=keys, ledger=ledger
    ):
        link_first(queue=queue, now=now, ledger=ledger)
        with acting_for(actor.agency_id):
            waiting = notices.waiting_items(actor)  # before the notices: what is compared in between is among them
            cards = agencies.agency_cards()
            unjudged = notices.unjudged_hits() if search is not None and search.answered else {}
            views: tuple[NoticeView, ...] = ()
            while most is None or len(views) < most:
                found = notices.notices_of(actor, after=after, most=most)
                grown = new_hits(found)
                told = (NoticeView.of(one, cards, grown) for one in found)
                views += tuple(one for one in told if search is None or _is_looked_for(one, search, unjudged))
                if most is None or len(found) < most:
                    break
                after = found[-1].notice_id
    views = views[:most]
    leave_waiting(waiting, queue=queue)
    ledger.record(*_deeds(act, actor, now, [one.notice for one in views]))
    return NoticeList(views, waiting)


def _deeds(act: Act, actor: Actor, now: datetime, read: Iterable[Notice]) -> Iterator[Deed]:
    """Yield what is written down of a list that was read: one deed, or one for each purpose that it was read for.

    What is held has a deed of its own that names no case: a case's time-line is read by people who are not told of it.
    """
    kinds: dict[tuple[Purpose | None, bool], list[Notice]] = {}
    for notice in read:
        kinds.setdefault((actor.purpose or notice.purpose, notice.held), []).append(notice)
    for (purpose, is_held), told in (kinds or {(actor.purpose, False): []}).items():
        for start in range(0, max(len(told), 1), MOST_AN_ENTRY):
            some = told[start : start + MOST_AN_ENTRY]
            root = merkle_root([one.notice_id.bytes for one in some]).hex()
            details: dict[str, str | int] = {"notices": len(some), "merkle_root": root}
            cases = () if is_held else tuple({one.case_id for one in some})
            yield Deed(act, now, actor.agency_id, actor.officer_id, purpose, details=details, case_ids=cases)


def _is_looked_for(view: NoticeView, search: OverlapSearch, unjudged: Container[UUID]) -> bool:
    notice, told = view.notice, view.notice.revealed
    texts = (notice.case, told.case if told else "")
    other = view.other_agency.name if view.other_agency else ""
    is_judged = Answered.NOT_JUDGED if notice.overlap_id in unjudged else Answered.JUDGED
    return (
        any(search.text.casefold() in one.casefold() for one in texts)
        and search.agency.casefold() in other.casefold()
        and search.state in {None, notice.state}
        and (search.strength is None or (told is not None and told.summary.strength is search.strength))
        and (search.answered is None or (told is not None and search.answered is is_judged))
        and (search.since is None or notice.noticed_at.date() >= search.since)
    )

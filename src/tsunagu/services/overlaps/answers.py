"""Overlaps and notices, as officers use them: read, acknowledged, released, shared, judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.hit import EvidenceKind
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.ledger import Deed
from tsunagu.domain.notice import HitView, Notice
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies, notices, telling
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.session import LINKER, acting_for, linking
from tsunagu.records.telling import NoticeSent
from tsunagu.services.access import REFERENCE, denials_recorded
from tsunagu.services.overlaps.linking import leave_waiting, link_first
from tsunagu.services.overlaps.notices import NoticeView, new_hits
from tsunagu.services.overlaps.settling import noticed, settle
from tsunagu.services.page import Page, and_one
from tsunagu.services.parts import Keys, Ledger, Queue

LABEL_CHARACTERS = 10
"""Enough to tell the items of one overlap apart, few enough to be read out on the telephone."""


@dataclass(frozen=True, slots=True)
class OverlapView:
    """One overlap as an officer sees it.

    Attributes:
        sides: what he was told: one notice, or two when he works on both cases.
        hits: rare and near ones first, one case after the other; none before both sides have shared.
        waiting: how many items of the cases that the officer works on still wait to be compared.
        going_on: of which of his cases more hits follow.
    """

    sides: tuple[NoticeView, ...]
    hits: tuple[HitView, ...]
    waiting: int
    going_on: frozenset[str] = frozenset()


def acknowledge(*, actor: Actor, overlap_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Take note of a notice.

    Raises:
        Forbidden: the actor acknowledges nothing.
        NotFound: no such overlap, or none of the actor's.
    """
    for notice in _sides(actor, overlap_id, Permission.NOTICE_ACKNOWLEDGE, now=now, keys=keys, ledger=ledger):
        with acting_for(actor.agency_id):
            notices.acknowledge(notice, officer_id=actor.officer_id, now=now)
            ledger.write(_deed(Act.NOTICE_ACKNOWLEDGED, actor, now, notice))


def release(*, actor: Actor, overlap_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> bool:
    """Let a held notice go to the covert case's officers, let the other side know, and return whether that was done.

    Where both cases are covert, nobody but the two co-ordinators knows before both have released, and neither of them
    which agency the other's is. To release again while the other co-ordinator has not released changes nothing.

    Raises:
        Forbidden: the actor is no co-ordinator.
        NotFound: no such overlap, or none that is or was held at the actor's agency.
        Conflict: it is released already.
    """
    asked = str(overlap_id)
    with (
        denials_recorded(
            actor=actor, permission=Permission.HELD_NOTICE_RELEASE, asked=asked, now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        held = [notice for notice in notices.notices_of(actor, overlap_id=overlap_id) if notice.held]
        # Where none is held as much is asked: what is absent and what is not his take as long.
        if notices.was_released(actor, overlap_id) and not held:
            raise Conflict("this overlap is released already")
        if not held:
            raise NotFound("no such overlap")
    deeds: list[Deed] = []
    told: list[NoticeSent] = []
    is_told = False
    with linking():
        for notice in held:
            is_new, sent = telling.release(overlap_id, notice.case_id, now=now)
            deeds += [_deed(Act.OVERLAP_RELEASED, actor, now, replace(notice, held=sent is None))] * is_new
            told += sent or []
            is_told |= sent is not None
        ledger.write(*deeds, *(noticed(one, now=now) for one in told), using=LINKER)
    return is_told


def share(*, actor: Actor, overlap_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> bool:
    """Agree to show the other side this case's reference and the hits, and return whether both have agreed now.

    What is found between the two cases later is shared with it. An officer who works on both cases shares both sides
    at once.

    Raises:
        Forbidden: the actor shares nothing.
        NotFound: no such overlap, or none of the actor's; to who may not release it, one that is held is none.
        Conflict: it is held, and the actor may release it.
    """
    sides = _sides(actor, overlap_id, Permission.OVERLAP_SHARE, now=now, keys=keys, ledger=ledger)
    if any(notice.held for notice in sides):
        raise Conflict(
            "this overlap is held: `tsunagu release` it first; so must the other side, where its case is covert too"
        )
    for notice in sides:
        with acting_for(actor.agency_id):
            notices.note_sharing(notice, officer_id=actor.officer_id, now=now)
            ledger.write(_deed(Act.OVERLAP_SHARED, actor, now, notice))
    with linking():
        ledger.write(*settle([overlap_id], now=now), using=LINKER)
        return telling.is_shared_by_both(overlap_id)


def list_hits(
    *, actor: Actor, overlap_id: UUID, now: datetime, queue: Queue, keys: Keys, ledger: Ledger
) -> tuple[HitView, ...]:
    """Return the hits of an overlap, rare and near ones first; none before both sides have shared.

    To an officer who works on both cases each hit is told twice, as it is seen from either, one case after the other.

    Raises:
        Forbidden: the actor reads no overlaps.
        NotFound: no such overlap, or none of the actor's.
    """
    return view_overlap(actor=actor, overlap_id=overlap_id, now=now, queue=queue, keys=keys, ledger=ledger).hits


def view_overlap(
    *,
    actor: Actor,
    overlap_id: UUID,
    hit_id: int | None = None,
    after: int = 0,
    most: int | None = None,
    now: datetime,
    queue: Queue,
    keys: Keys,
    ledger: Ledger,
) -> OverlapView:
    """Return one overlap: what the actor was told of it, and its hits as `list_hits` does.

    What waits to be compared is seen to as `list_notices` does.

    Args:
        actor: who reads.
        overlap_id: the overlap.
        hit_id: the only hit that is wanted; all when it is left out.
        after: the hit after which to go on, of each side; 0 for the first ones.
        most: how many hits of each side at most; all when it is left out.
        now: the time.
        queue: where what waits is left to a worker.
        keys: name the items.
        ledger: takes the entry.

    Raises:
        Forbidden: the actor reads no overlaps.
        NotFound: no such overlap or hit, or none of the actor's.
    """
    sides = _sides(actor, overlap_id, Permission.OVERLAP_READ, now=now, keys=keys, ledger=ledger)
    if link_first(queue=queue, now=now, ledger=ledger):
        sides = _sides(actor, overlap_id, Permission.OVERLAP_READ, now=now, keys=keys, ledger=ledger)

    def label(item_id: int) -> str:
        return keys.mac(REFERENCE, f"item {item_id} of {overlap_id}".encode()).hex()[:LABEL_CHARACTERS]

    with acting_for(actor.agency_id):
        waiting = notices.waiting_items(actor)
        seen = [
            (notice, Page.of(notices.hits_seen(notice, label, only=hit_id, after=after, most=and_one(most)), most))
            for notice in sorted(sides, key=lambda one: one.case)
        ]
        cards = agencies.agency_cards()
        grown = new_hits(sides)
    if hit_id is not None and not any(found for _, found in seen):
        with denials_recorded(
            actor=actor, permission=Permission.OVERLAP_READ, asked=str(hit_id), now=now, keys=keys, ledger=ledger
        ):
            raise NotFound("no such hit")
    deeds = []
    for notice, found in seen:
        root = merkle_root([hit.sha256 for hit in found]).hex()
        deeds.append(_deed(Act.OVERLAP_READ, actor, now, notice, hits=len(found), merkle_root=root))
    leave_waiting(waiting, queue=queue)
    ledger.record(*deeds)
    views = tuple(NoticeView.of(one, cards, grown) for one in sides)
    going_on = frozenset(notice.case for notice, found in seen if found.has_more)
    return OverlapView(views, tuple(hit for _, found in seen for hit in found), waiting, going_on)


def judge_hit(
    *,
    actor: Actor,
    hit_id: int,
    answer: Judgement,
    sameness: Sameness | None,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> None:
    """Answer a hit: only `same`, with what is the same, makes it a match.

    It is written down for each of the two cases that the actor works on.

    Raises:
        InputError: `same` without what, or another answer with it, or `none-yet`; or the same file, where the two
            differ.
        Forbidden: the actor judges nothing.
        NotFound: no such hit, or none of the actor's, or not shared by both sides.
    """
    if answer is Judgement.NONE_YET:
        raise InputError("a judgement is same, different or unsure")
    if (answer is Judgement.SAME) != (sameness is not None):
        raise InputError("say what is the same (--what) when, and only when, the answer is same")
    with denials_recorded(
        actor=actor, permission=Permission.HIT_JUDGE, asked=f"hit {hit_id}", now=now, keys=keys, ledger=ledger
    ):
        with acting_for(actor.agency_id):
            overlap_id, kind = notices.hit_called(hit_id) or (uuid4(), None)
            # Where no hit is to be seen as much is asked: what is absent and what is not his take as long.
            sides = notices.notices_of(actor, overlap_id=overlap_id)
            mine = [one for one in sides if not one.held]
        if not mine:
            raise NotFound("no such hit")
    if sameness is Sameness.FILE and kind is not EvidenceKind.EXACT:
        raise InputError("only files of identical content are the same file: this hit is of two that differ")
    with acting_for(actor.agency_id):
        notices.add_judgement(hit_id, actor=actor, answer=answer, sameness=sameness, now=now)
        what = sameness.value if sameness else ""
        told: dict[str, str | int] = {"hit": hit_id, "answer": answer.value, "sameness": what}
        ledger.write(*(_deed(Act.HIT_JUDGED, actor, now, notice, **told) for notice in mine))


def _sides(
    actor: Actor, overlap_id: UUID, permission: Permission, *, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[Notice, ...]:
    with (
        denials_recorded(actor=actor, permission=permission, asked=str(overlap_id), now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        return notices.notice_of(actor, overlap_id)


def _deed(act: Act, actor: Actor, now: datetime, notice: Notice, **details: str | int) -> Deed:
    purpose = actor.purpose or notice.purpose
    told: dict[str, str | int] = {**details, "overlap": str(notice.overlap_id)}
    case_id = None if notice.held else notice.case_id  # of what is held, the case's time-line tells nothing
    return Deed(act, now, actor.agency_id, actor.officer_id, purpose, case_id, told)

"""What one side of an overlap is told: notices, hits and their evidence."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, Field

from tsunagu.api.cases import path_of
from tsunagu.api.fields import Count, Path, Reference, RowId, Seconds, Sha256
from tsunagu.domain.hit import EvidenceKind
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.notice import HitView, Revealed
from tsunagu.domain.overlap import Commonness, Strength
from tsunagu.domain.party import AgencyCard
from tsunagu.services.overlaps.notices import NoticeView


class AgencyOut(Schema):
    """An agency, as its directory tells."""

    name: str
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    contact: str


class RevealedOut(Schema):
    """What both sides have agreed to show each other: the other case's reference, and what counts by kind."""

    case: Reference
    exact: Count
    near: Count
    video_stretches: Count
    sound: Count
    strength: Strength
    reasons: list[str]


class NoticeOut(Schema):
    """One side's notice of one overlap.

    Attributes:
        case: your own case's reference.
        other_agency: whom to talk to; null while both cases are covert and not both co-ordinators have released.
        held: for the co-ordinator alone, since your own case is covert.
        ended: the overlap is there no more, since a side withdrew what it rested on.
        revealed: null until both sides have shared.
    """

    overlap: UUID
    case: Reference
    other_agency: AgencyOut | None
    held: bool
    ended: bool
    noticed_at: AwareDatetime
    acknowledged_at: AwareDatetime | None
    shared_at: AwareDatetime | None
    revealed: RevealedOut | None


class StretchOut(Schema):
    """Seconds of your own recording that lie in the other side's."""

    own_from_s: Seconds
    own_to_s: Seconds
    other_from_s: Seconds
    other_to_s: Seconds
    distance_bits: Count


class HitOut(Schema):
    """One hit as your side sees it.

    Attributes:
        hit: its number, by which it is judged.
        case: your own case's reference.
        path, sha256: of your own item; the other side's are never told.
        label, other_label: name the two items within this overlap, so that they can be asked about.
        turn: how the other picture lies on your own, such as `rotated-90`.
        counts: false when benign content explains it, or a later comparison did not find it again.
    """

    hit: RowId
    case: Reference
    exhibit: Reference
    path: Path
    sha256: Sha256
    label: str
    other_label: str
    kind: EvidenceKind
    distance_bits: Count
    turn: str | None
    stretches: list[StretchOut]
    commonness: Commonness
    counts: bool
    judgement: Judgement
    sameness: Sameness | None


def agency_out(card: AgencyCard) -> AgencyOut:
    """Return an agency as it is told."""
    return AgencyOut(name=card.name, country=card.country, contact=card.contact)


def notice_out(view: NoticeView) -> NoticeOut:
    """Return a notice as it is told."""
    one = view.notice
    return NoticeOut(
        overlap=one.overlap_id,
        case=one.case,
        other_agency=agency_out(view.other_agency) if view.other_agency else None,
        held=one.held,
        ended=one.ended,
        noticed_at=one.noticed_at,
        acknowledged_at=one.acknowledged_at,
        shared_at=one.shared_at,
        revealed=_revealed(one.revealed) if one.revealed else None,
    )


def _revealed(told: Revealed) -> RevealedOut:
    return RevealedOut(
        case=told.case,
        exact=told.summary.exact,
        near=told.summary.near,
        video_stretches=told.summary.video_stretches,
        sound=told.summary.sound,
        strength=told.summary.strength,
        reasons=list(told.summary.reasons),
    )


def hit_out(hit: HitView) -> HitOut:
    """Return a hit as it is told."""
    evidence = hit.evidence
    stretches = [
        StretchOut(
            own_from_s=one.a_from_s,
            own_to_s=one.a_to_s,
            other_from_s=one.b_from_s,
            other_to_s=one.b_to_s,
            distance_bits=one.distance_bits,
        )
        for one in evidence.stretches
    ]
    return HitOut(
        hit=hit.hit_id,
        case=hit.case,
        exhibit=hit.exhibit,
        path=path_of(hit.path),
        sha256=hit.sha256.hex(),
        label=hit.label,
        other_label=hit.other_label,
        kind=evidence.kind,
        distance_bits=evidence.distance_bits,
        turn=None if evidence.turn is None else evidence.turn.name.lower().replace("_", "-"),
        stretches=stretches,
        commonness=hit.commonness,
        counts=hit.holds and not hit.silenced,
        judgement=hit.judgement,
        sameness=hit.sameness,
    )

"""Overlaps, notices and hits as commands show them: fields for machines, text for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rich.text import Text

from tsunagu.cli.evidence import stretch_json, stretch_text, turn_text
from tsunagu.cli.output import counted, path_text, print_json, print_table, screen, shown_path
from tsunagu.domain.judgement import Judgement
from tsunagu.domain.notice import HitView, Notice
from tsunagu.services.overlaps.notices import NoticeView


def each_once(views: Sequence[NoticeView]) -> list[tuple[NoticeView, NoticeView | None]]:
    """Return each overlap once, with the second notice where the officer works on both cases, in the given order."""
    found: dict[UUID, list[NoticeView]] = {}
    for view in views:
        found.setdefault(view.notice.overlap_id, []).append(view)
    return [(one, rest[0] if rest else None) for one, *rest in found.values()]


def overlap_json(view: NoticeView, second: NoticeView | None = None) -> dict[str, Any]:
    """Return an overlap as fields; what is not shared yet is null, but not to who works on both cases.

    Args:
        view: the notice of the own case.
        second: that of the other one, where it is the officer's own too.
    """
    told = view.notice.revealed
    others = [second.notice.case] if second else [told.case] if told else []
    summary = told.summary if told else None
    other = view.other_agency
    return {
        "overlap": str(view.notice.overlap_id),
        "cases": [view.notice.case, *others],
        "agencies": [view.own_agency.name, *([other.name] if other else [])],
        "held": view.notice.held,
        "ended": view.notice.ended,
        "shared": told is not None,
        "exact": summary.exact if summary else None,
        "near": summary.near if summary else None,
        "video_stretches": summary.video_stretches if summary else None,
        "audio": summary.sound if summary else None,
        "strength": summary.strength.value if summary else None,
        "reasons": list(summary.reasons) if summary else [],
    }


def notice_json(view: NoticeView, second: NoticeView | None = None) -> dict[str, Any]:
    """Return a notice as fields: hit/no-hit, and whom to talk to, which is null within one's own agency.

    Args:
        view: the notice.
        second: that of the other case, where it is the officer's own too.
    """
    is_own = _is_own(view)
    other = None if is_own else view.other_agency
    return {
        "overlap": str(view.notice.overlap_id),
        "case": view.notice.case,
        "agency": view.own_agency.name,
        "own_agency": is_own,
        "your_other_case": second.notice.case if second else None,
        "talk_to": other.name if other else None,
        "country": other.country if other else None,
        "contact": other.contact if other else None,
        "held": view.notice.held,
        "ended": view.notice.ended,
        "noticed_at": view.notice.noticed_at.isoformat(),
        "acknowledged": view.notice.acknowledged_at is not None,
        "shared_by_you": view.notice.shared_at is not None,
        "shared_by_both": view.notice.revealed is not None,
        "new_hits": view.new_hits,
    }


def print_waiting(waiting: int, *, as_json: bool) -> None:
    """Tell how many items of the officer's cases still wait to be compared, where any do: a list may lack notices."""
    if waiting and as_json:
        print_json({"waiting": waiting})
    elif waiting:
        screen.print(f"{waiting} items of your cases still wait to be compared: notices of them may follow.")


def print_notice(view: NoticeView, second: NoticeView | None = None) -> None:
    """Print one notice as a person reads it; `second` is the other one of who works on both cases."""
    name, country, contact = _whom(view, second)
    screen.print(Text(f"{view.notice.case}  ↔  {', '.join(part for part in (name, country) if part)}", style="bold"))
    screen.print(Text(f"  {_state(view)}" + (f"; talk to {contact}" if contact else "")))
    screen.print(Text(f"  overlap {view.notice.overlap_id}", style="dim"))


def print_overlap(view: NoticeView, second: NoticeView | None = None) -> None:
    """Print one overlap as a person reads it; `second` is the other notice of who works on both cases."""
    told = view.notice.revealed
    title = Text(f"{view.notice.case}  ↔  ", style="bold")
    name, country, contact = _whom(view, second)
    case = "" if second else told.case if told else "(not shared yet)"
    title.append(", ".join(part for part in (case, name, country) if part))
    screen.print(title)
    screen.print(Text(f"  overlap {view.notice.overlap_id}", style="dim"))
    if told is None or view.notice.ended:
        screen.print(Text(f"  {_state(view)}." + (f" Talk to {contact}." if contact else "")))
        return
    if view.new_hits:
        screen.print(Text(f"  {_state(view)}"))
    summary = told.summary
    counts = f"{summary.exact} exact, {summary.near} near, {summary.video_stretches} video, {summary.sound} sound"
    screen.print(Text(f"  {summary.strength}", style="bold yellow").append(f": {counts}", style="default"))
    for reason in summary.reasons:
        screen.print(Text(f"    - {reason}"))


def print_hits(hits: tuple[HitView, ...], sides: Sequence[Notice] = ()) -> None:
    """Print the hits of one overlap as a table; where there is none, say what is missing, by the notices of it."""
    columns = ("hit", "yours", "theirs", "kind", "bits", "turn", "common", "judged", "where", "your case", "your file")
    print_table(
        columns,
        map(_hit_row, hits),
        empty=_why_no_hits(sides),
        whole=("hit", "yours", "theirs", "kind", "bits"),
    )


def _why_no_hits(sides: Sequence[Notice]) -> str:
    if any(one.revealed for one in sides):
        return "Nothing is shared any more."
    if sides and all(one.shared_at for one in sides):
        return "Nothing to see yet: you have shared, the other side has not. `tsunagu notices` says whom to talk to."
    return "Nothing to see before both sides have shared: `tsunagu share`."


def _is_own(view: NoticeView) -> bool:
    return view.other_agency is not None and view.other_agency.agency_id == view.own_agency.agency_id


def _whom(view: NoticeView, second: NoticeView | None) -> tuple[str, str, str]:
    """Return name, country and contact of the other agency, as far as they may be told and are another's."""
    if second is not None:
        return f"{second.notice.case}, which is yours too", "", ""
    if view.other_agency is None:
        return "another covert case", "", ""
    if _is_own(view):
        return "another case of your own agency", "", ""
    return view.other_agency.name, view.other_agency.country, view.other_agency.contact


def _state(view: NoticeView) -> str:
    notice = view.notice
    if notice.held:
        return f"held for the co-ordinator: `tsunagu release {notice.overlap_id}` lets it go"
    if notice.ended:
        return "ended: nothing is shared any more"
    if notice.revealed:
        return "shared by both" + (f"; {_new_hits(view)}, not judged yet" if view.new_hits else "")
    if notice.shared_at:
        return "shared by you, not by them" + ("; more was found since" if notice.has_grown else "")
    return "acknowledged, not shared" if notice.acknowledged_at else "new"


def _new_hits(view: NoticeView) -> str:
    return counted(view.new_hits, "new hit", "new hits")


def hit_json(hit: HitView) -> dict[str, Any]:
    """Return a hit as fields; `theirs` names the other side's item, and `path` and `sha256` are of one's own."""
    evidence = hit.evidence
    return {
        "hit": hit.hit_id,
        "case": hit.case,
        "kind": evidence.kind.value,
        "distance_bits": evidence.distance_bits,
        "turn": evidence.turn.name.lower() if evidence.turn is not None else None,
        "stretches": [stretch_json(stretch) for stretch in evidence.stretches],
        "commonness": hit.commonness.value,
        "silenced": hit.silenced,
        "holds": hit.holds,
        "exhibit": hit.exhibit,
        **shown_path(hit.path),
        "sha256": hit.sha256.hex(),
        "yours": hit.label,
        "theirs": hit.other_label,
        "judgement": hit.judgement.value,
        "sameness": hit.sameness.value if hit.sameness else None,
    }


def _hit_row(hit: HitView) -> tuple[object, ...]:
    evidence = hit.evidence
    judged = f"{hit.judgement} {hit.sameness or ''}".strip()
    return (
        hit.hit_id,
        hit.label,
        hit.other_label,
        evidence.kind.value,
        evidence.distance_bits,
        turn_text(evidence.turn),
        "benign" if hit.silenced else hit.commonness.value if hit.holds else "not found again",
        "" if hit.judgement is Judgement.NONE_YET else judged,
        "\n".join(stretch_text(stretch, other="theirs") for stretch in evidence.stretches),
        hit.case,
        path_text(hit.path),
    )

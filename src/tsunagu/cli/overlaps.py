"""`overlaps`, `notices`, `hits`, `judge`, `share`, `acknowledge`, `release`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click
from rich.text import Text

from tsunagu.cli.evidence import PDQ_WARNING, stretch_json, stretch_text, turn_text
from tsunagu.cli.house import json_option, now, purpose_option, signed_in
from tsunagu.cli.output import path_text, print_json, print_table, screen, shown_path
from tsunagu.domain.act import Act
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.notice import HitView
from tsunagu.services import overlaps as service
from tsunagu.services.house import House
from tsunagu.services.overlaps import NoticeView

ANSWERS = (Judgement.SAME, Judgement.DIFFERENT, Judgement.UNSURE)


@click.command()
@purpose_option
@json_option
@click.pass_obj
def overlaps(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the overlaps of your cases: with whom, and once both sides have shared, what and why."""
    with signed_in(house, purpose) as desk:
        views = service.list_notices(
            actor=desk.actor, act=Act.OVERLAP_READ, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger
        )
    if as_json:
        for view in views:
            print_json(overlap_json(view))
        return
    for view in views:
        print_overlap(view)
    if not views:
        screen.print("You are told of no overlap. All that is held was compared with your cases.", style="dim")
    screen.print(Text(PDQ_WARNING, style="dim"))


@click.command()
@purpose_option
@json_option
@click.pass_obj
def notices(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List what you were told: that there is an overlap, and whom to talk to."""
    with signed_in(house, purpose) as desk:
        views = service.list_notices(
            actor=desk.actor, act=Act.NOTICE_READ, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger
        )
    if as_json:
        for view in views:
            print_json(notice_json(view))
        return
    for view in views:
        name, country, contact = _whom(view)
        screen.print(
            Text(f"{view.notice.case}  ↔  {', '.join(part for part in (name, country) if part)}", style="bold")
        )
        screen.print(Text(f"  {_state(view)}" + (f"; talk to {contact}" if contact else "")))
        screen.print(Text(f"  overlap {view.notice.overlap_id}", style="dim"))
    if not views:
        screen.print("No notice waits for you.", style="dim")


@click.command()
@click.argument("overlap", type=click.UUID)
@purpose_option
@json_option
@click.pass_obj
def hits(house: House, overlap: UUID, *, purpose: str | None, as_json: bool) -> None:
    """List the hits of an overlap that both sides have shared, rare and near ones first."""
    with signed_in(house, purpose) as desk:
        found = service.list_hits(
            actor=desk.actor, overlap_id=overlap, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger
        )
    if as_json:
        for hit in found:
            print_json(_hit_json(hit))
        return
    print_hits(found)


@click.command()
@click.argument("hit", type=int)
@click.argument("answer", type=click.Choice([one.value for one in ANSWERS]))
@click.option("--what", type=click.Choice([one.value for one in Sameness]), help="What is the same.")
@purpose_option
@click.pass_obj
def judge(house: House, hit: int, answer: str, *, what: str | None, purpose: str | None) -> None:
    """Say what you think of a hit. Only `same --what …` makes it a match."""
    with signed_in(house, purpose) as desk:
        service.judge_hit(
            actor=desk.actor,
            hit_id=hit,
            answer=Judgement(answer),
            sameness=Sameness(what) if what else None,
            now=now(),
            keys=desk.rooms.keys,
            ledger=desk.rooms.ledger,
        )
    screen.print("Judged.")


@click.command()
@click.argument("overlap", type=click.UUID)
@purpose_option
@click.pass_obj
def share(house: House, overlap: UUID, *, purpose: str | None) -> None:
    """Show the other side your case's reference and the hits, once they agree too."""
    with signed_in(house, purpose) as desk:
        both = service.share(
            actor=desk.actor, overlap_id=overlap, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger
        )
    screen.print("Both sides have shared." if both else "Shared; the other side has not shared yet.")


@click.command()
@click.argument("overlap", type=click.UUID)
@purpose_option
@click.pass_obj
def acknowledge(house: House, overlap: UUID, *, purpose: str | None) -> None:
    """Take note of a notice."""
    with signed_in(house, purpose) as desk:
        service.acknowledge(
            actor=desk.actor, overlap_id=overlap, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger
        )
    screen.print("Acknowledged.")


@click.command()
@click.argument("overlap", type=click.UUID)
@purpose_option
@click.pass_obj
def release(house: House, overlap: UUID, *, purpose: str | None) -> None:
    """Let a held notice of a covert case go; a co-ordinator's command."""
    with signed_in(house, purpose) as desk:
        rooms = desk.rooms
        told = service.release(actor=desk.actor, overlap_id=overlap, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    screen.print("Released." if told else "Released by you; the other co-ordinator has not released yet.")


def overlap_json(view: NoticeView) -> dict[str, Any]:
    """Return an overlap as fields; what is not shared yet is null."""
    told = view.notice.revealed
    summary = told.summary if told else None
    other = view.other_agency
    return {
        "overlap": str(view.notice.overlap_id),
        "cases": [view.notice.case, *([told.case] if told else [])],
        "agencies": [view.own_agency.name, *([other.name] if other else [])],
        "held": view.notice.held,
        "shared": told is not None,
        "exact": summary.exact if summary else None,
        "near": summary.near if summary else None,
        "video_stretches": summary.video_stretches if summary else None,
        "audio": summary.sound if summary else None,
        "strength": summary.strength.value if summary else None,
        "reasons": list(summary.reasons) if summary else [],
    }


def notice_json(view: NoticeView) -> dict[str, Any]:
    """Return a notice as fields: hit/no-hit, and whom to talk to."""
    other = view.other_agency
    return {
        "overlap": str(view.notice.overlap_id),
        "case": view.notice.case,
        "agency": view.own_agency.name,
        "talk_to": other.name if other else None,
        "country": other.country if other else None,
        "contact": other.contact if other else None,
        "held": view.notice.held,
        "noticed_at": view.notice.noticed_at.isoformat(),
        "acknowledged": view.notice.acknowledged_at is not None,
        "shared_by_you": view.notice.shared_at is not None,
        "shared_by_both": view.notice.revealed is not None,
    }


def print_overlap(view: NoticeView) -> None:
    """Print one overlap as a person reads it."""
    told = view.notice.revealed
    title = Text(f"{view.notice.case}  ↔  ", style="bold")
    name, country, contact = _whom(view)
    title.append(", ".join(part for part in (told.case if told else "(not shared yet)", name, country) if part))
    screen.print(title)
    screen.print(Text(f"  overlap {view.notice.overlap_id}", style="dim"))
    if told is None:
        screen.print(Text(f"  {_state(view)}." + (f" Talk to {contact}." if contact else "")))
        return
    summary = told.summary
    counts = f"{summary.exact} exact, {summary.near} near, {summary.video_stretches} video, {summary.sound} sound"
    screen.print(Text(f"  {summary.strength}", style="bold yellow").append(f": {counts}", style="default"))
    for reason in summary.reasons:
        screen.print(Text(f"    - {reason}"))


def print_hits(hits: tuple[HitView, ...]) -> None:
    """Print the hits of one overlap as a table."""
    columns = ("hit", "your item", "kind", "bits", "turn", "common", "judged", "where")
    print_table(columns, map(_hit_row, hits), empty="Nothing to see before both sides have shared: `tsunagu share`.")


def _whom(view: NoticeView) -> tuple[str, str, str]:
    """Return name, country and contact of the other agency, as far as they may be told."""
    if view.other_agency is None:
        return "another covert case", "", ""
    return view.other_agency.name, view.other_agency.country, view.other_agency.contact


def _state(view: NoticeView) -> str:
    notice = view.notice
    if notice.held:
        return "held for the co-ordinator"
    if notice.revealed:
        return "shared by both"
    if notice.shared_at:
        return "shared by you, not by them"
    return "acknowledged, not shared" if notice.acknowledged_at else "new"


def _hit_json(hit: HitView) -> dict[str, Any]:
    evidence = hit.evidence
    return {
        "hit": hit.hit_id,
        "kind": evidence.kind.value,
        "distance_bits": evidence.distance_bits,
        "turn": evidence.turn.name.lower() if evidence.turn is not None else None,
        "stretches": [stretch_json(stretch) for stretch in evidence.stretches],
        "commonness": hit.commonness.value,
        "silenced": hit.silenced,
        "exhibit": hit.exhibit,
        **shown_path(hit.path),
        "sha256": hit.sha256.hex(),
        "judgement": hit.judgement.value,
        "sameness": hit.sameness.value if hit.sameness else None,
    }


def _hit_row(hit: HitView) -> tuple[object, ...]:
    evidence = hit.evidence
    judged = f"{hit.judgement} {hit.sameness or ''}".strip()
    return (
        hit.hit_id,
        path_text(b"/".join(hit.path.split(b"/")[-2:])),
        evidence.kind.value,
        evidence.distance_bits,
        turn_text(evidence.turn),
        "benign" if hit.silenced else hit.commonness.value,
        "" if hit.judgement is Judgement.NONE_YET else judged,
        "\n".join(stretch_text(stretch, other="theirs") for stretch in evidence.stretches),
    )


COMMANDS = (overlaps, notices, hits, judge, share, acknowledge, release)

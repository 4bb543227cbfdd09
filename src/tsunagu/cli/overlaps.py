"""`overlaps`, `notices`, `hits`, `judge`, `share`, `acknowledge`, `release`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import click
from rich.text import Text

from tsunagu.cli.cases import NO_CASE
from tsunagu.cli.evidence import PDQ_WARNING
from tsunagu.cli.findings import (
    each_once,
    hit_json,
    notice_json,
    overlap_json,
    print_hits,
    print_notice,
    print_overlap,
    print_waiting,
)
from tsunagu.cli.house import Desk, json_option, now, purpose_option, signed_in
from tsunagu.cli.output import print_json, screen
from tsunagu.domain.act import Act
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.notice import NoticeState
from tsunagu.domain.overlap import Strength
from tsunagu.domain.search import Answered, OverlapSearch
from tsunagu.services.cases.opening import list_cases
from tsunagu.services.house import House
from tsunagu.services.overlaps import answers as service
from tsunagu.services.overlaps.notices import list_notices

ANSWERS = (Judgement.SAME, Judgement.DIFFERENT, Judgement.UNSURE)


@click.command()
@click.option("--search", "text", default="", help="Those of cases whose reference holds this.")
@click.option("--agency", default="", help="Those with an agency whose name holds this.")
@click.option("--state", type=click.Choice([one.value for one in NoticeState]), help="Those that stand so.")
@click.option("--strength", type=click.Choice([one.value for one in Strength]), help="Those of this strength.")
@click.option("--hits", type=click.Choice([one.value for one in Answered]), help="Whether you have judged all hits.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Those that you were told of on this day or later.")
@purpose_option
@json_option
@click.pass_obj
def overlaps(
    house: House,
    *,
    text: str,
    agency: str,
    state: str | None,
    strength: str | None,
    hits: str | None,
    since: datetime | None,
    purpose: str | None,
    as_json: bool,
) -> None:
    """List the overlaps of your cases: with whom, and once both sides have shared, what and why."""
    search = OverlapSearch(
        text,
        agency,
        NoticeState(state) if state else None,
        Strength(strength) if strength else None,
        Answered(hits) if hits else None,
        since.date() if since else None,
    )
    with signed_in(house, purpose) as desk:
        read = list_notices(act=Act.OVERLAP_READ, search=search, queue=desk.rooms.queue, **desk.parts)
        views = read.views
        has_cases = bool(views) or _has_cases(desk)
    pairs = each_once(views)
    if as_json:
        for view, second in pairs:
            print_json(overlap_json(view, second))
        print_waiting(read.waiting, as_json=True)
        return
    for view, second in pairs:
        print_overlap(view, second)
    if not has_cases:
        screen.print(Text(NO_CASE, style="dim"))
        return
    if not views and search != OverlapSearch():
        screen.print("None of the overlaps that you are told of is such.", style="dim")
    elif not views and not read.waiting:
        screen.print("You are told of no overlap. All that is held was compared with your cases.", style="dim")
    print_waiting(read.waiting, as_json=False)
    screen.print(Text(PDQ_WARNING, style="dim"))


@click.command()
@purpose_option
@json_option
@click.pass_obj
def notices(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List what you were told: that there is an overlap, and whom to talk to."""
    with signed_in(house, purpose) as desk:
        read = list_notices(act=Act.NOTICE_READ, queue=desk.rooms.queue, **desk.parts)
    views = read.views
    pairs = each_once(views)
    if as_json:
        for view, second in pairs:
            print_json(notice_json(view, second))
        print_waiting(read.waiting, as_json=True)
        return
    for view, second in pairs:
        print_notice(view, second)
    if not views:
        screen.print("No notice waits for you.", style="dim")
    print_waiting(read.waiting, as_json=False)


@click.command()
@click.argument("overlap", type=click.UUID)
@purpose_option
@json_option
@click.pass_obj
def hits(house: House, overlap: UUID, *, purpose: str | None, as_json: bool) -> None:
    """List the hits of an overlap that both sides have shared, rare and near ones first.

    Where the other side's file lies is not told, nor its digest. It is named by a label, under which the other side
    finds it among its own (`yours` there, `theirs` here), so that you can ask for it.
    """
    with signed_in(house, purpose) as desk:
        found = service.view_overlap(overlap_id=overlap, queue=desk.rooms.queue, **desk.parts)
    if as_json:
        for hit in found.hits:
            print_json(hit_json(hit))
        return
    print_hits(found.hits, [one.notice for one in found.sides])


@click.command()
@click.argument("hit", type=int)
@click.argument("answer", type=click.Choice([one.value for one in ANSWERS]))
@click.option("--what", type=click.Choice([one.value for one in Sameness]), help="What is the same.")
@purpose_option
@click.pass_obj
def judge(house: House, hit: int, answer: str, *, what: str | None, purpose: str | None) -> None:
    """Say what you think of a hit. Only `same --what …` makes it a match. The answer stays with your agency."""
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
    screen.print("Judged. The judgement stays with your agency: the other side does not see it.")


@click.command()
@click.argument("overlap", type=click.UUID)
@purpose_option
@click.pass_obj
def share(house: House, overlap: UUID, *, purpose: str | None) -> None:
    """Show the other side your case's reference and the hits, once they agree too; also the hits found later."""
    with signed_in(house, purpose) as desk:
        both = service.share(
            actor=desk.actor, overlap_id=overlap, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger
        )
    if both:
        screen.print(f"Both sides have shared: `tsunagu hits {overlap}` lists the hits, those found later too.")
    else:
        screen.print("Shared, hits found later included; the other side has not shared yet.")
        screen.print("Talk to them: `tsunagu notices` says to whom, and when they have shared.")


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


def _has_cases(desk: Desk) -> bool:
    return bool(list_cases(actor=desk.actor, now=now(), keys=desk.rooms.keys, ledger=desk.rooms.ledger))


COMMANDS = (overlaps, notices, hits, judge, share, acknowledge, release)

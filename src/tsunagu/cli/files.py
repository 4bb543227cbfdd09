"""`fingerprint` and `compare`: files alone, no holdings, no identity."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from tsunagu.cli.evidence import PDQ_WARNING, stretch_json, stretch_text, turn_text
from tsunagu.cli.house import json_option
from tsunagu.cli.output import counted, path_text, print_json, print_table, screen, shown_path
from tsunagu.cli.progress import progress_bar
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.domain.hit import Evidence, EvidenceKind
from tsunagu.domain.media import MEMBER_SEPARATOR, Examined, MediaKind, Refusal
from tsunagu.media.walk import Found, walk
from tsunagu.overlap.compare import compare, nearest_turn
from tsunagu.services.house import House
from tsunagu.services.media.examination import examine_all

REFUSED = 2
_NOTHING = {False: "Nothing in common was found.", True: "Nothing can be said: a file could not be compared."}
NOTHING_SHARED = 1


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=bytes))
@json_option
@click.pass_obj
def fingerprint(house: House, paths: tuple[bytes, ...], *, as_json: bool) -> None:
    """Digest and fingerprint files; folders and archives are walked.

    Reads no holdings and needs no sign-in. Exit status: 0, or 2 when any file was refused.
    """
    found = list(walk(paths))
    any_refused = False
    with house.decoder() as decoder, progress_bar("fingerprinting", len(found), unit="files") as advance:
        for _, items in examine_all(found, decoder=decoder, workers=house.workers):
            for item in items:
                any_refused |= item.refused is not None
                _print(item, as_json=as_json)
            advance()
    sys.exit(REFUSED if any_refused else 0)


@click.command("compare")
@click.argument("a", type=click.Path(path_type=bytes))
@click.argument("b", type=click.Path(path_type=bytes))
@json_option
@click.pass_obj
def compare_files(house: House, a: bytes, b: bytes, *, as_json: bool) -> None:
    """Say what two files have in common, and how far apart they are.

    Reads no holdings and needs no sign-in. Exit status: 0 something, 1 nothing, 2 a file was refused.
    """
    found = [Found(path, *_size_and_time(path)) for path in (a, b)]
    with house.decoder() as decoder:
        one, other = (_only(items) for _, items in examine_all(found, decoder=decoder, workers=house.workers))
    evidence = compare(one, other)
    if as_json:
        print_json(_comparison(one, other, evidence))
    else:
        _print_comparison(one, other, evidence)
    is_refused = one.refused or other.refused
    sys.exit(0 if evidence else REFUSED if is_refused else NOTHING_SHARED)


def _only(items: tuple[Examined, ...]) -> Examined:
    if items[-1].media_type and items[-1].media_type.kind is MediaKind.ARCHIVE:
        raise InputError("an archive is not compared as a whole: unpack it, or bring it into a case")
    return items[-1]


def examined_json(item: Examined) -> dict[str, Any]:
    """Return what was learnt of a file, as the fields that other programs rely on."""
    return {
        **shown_path(item.path),
        "media_type": item.media_type.mime if item.media_type else None,
        "size_bytes": item.size_bytes,
        "md5": item.digests.md5.hex() if item.digests else None,
        "sha1": item.digests.sha1.hex() if item.digests else None,
        "sha256": item.digests.sha256.hex() if item.digests else None,
        "width": item.facts.width,
        "height": item.facts.height,
        "duration_s": item.facts.duration_s,
        "tags": item.facts.tags,
        "pdq": item.pdq.data.hex() if item.pdq else None,
        "pdq_quality": item.pdq.quality if item.pdq else None,
        "pdq_turns": [turn.data.hex() for turn in item.pdq_turns],
        "frames": [
            {
                "at_s": round(frame.at_s, 3),
                "frame": frame.frame,
                "pdq": frame.fingerprint.data.hex(),
                "quality": frame.fingerprint.quality,
            }
            for frame in item.frames
        ],
        "chromaprint": list(item.sound.words) if item.sound else None,
        "refused": item.refused.value if item.refused else None,
    }


def _print(item: Examined, *, as_json: bool) -> None:
    if as_json:
        print_json(examined_json(item))
        return
    kind = item.media_type.mime if item.media_type else "unknown type"
    line = Text(path_text(item.path), style="bold")
    line.append(f"\n  {kind}, {item.size_bytes:,} bytes", style="default")
    if item.digests:
        line.append(f"\n  sha256 {item.digests.sha256.hex()}", style="default")
    if item.pdq:
        line.append(f"\n  pdq    {item.pdq.data.hex()}  quality {item.pdq.quality}", style="default")
    if item.frames:
        line.append(f"\n  video  {len(item.frames)} frames over {item.facts.duration_s or 0:.1f} s", style="default")
    if item.sound and item.sound.words:
        line.append(f"\n  sound  {len(item.sound.words)} words", style="default")
    if item.refused:
        line.append(f"\n  refused: {_why(item)}", style="red")
    screen.print(line, soft_wrap=True)


def _comparison(one: Examined, other: Examined, evidence: tuple[Evidence, ...]) -> dict[str, Any]:
    first = evidence[0] if evidence else None
    nearest = nearest_turn(one, other)
    turn = first.turn if first else nearest[1] if nearest else None
    return {
        "kind": first.kind.value if first else None,
        "distance_bits": first.distance_bits if first else nearest[0] if nearest else None,
        "same_digest": bool(one.digests and one.digests == other.digests),
        "turn": turn.name.lower() if turn is not None else None,
        "stretches": [stretch_json(s) for s in first.stretches] if first else [],
        "evidence": [
            {
                "kind": each.kind.value,
                "distance_bits": each.distance_bits,
                "stretches": [stretch_json(s) for s in each.stretches],
            }
            for each in evidence
        ],
        "refused": [item.refused.value if item.refused else None for item in (one, other)],
    }


def _print_comparison(one: Examined, other: Examined, evidence: tuple[Evidence, ...]) -> None:
    for item in (one, other):
        if item.refused:
            screen.print(Text(f"{path_text(item.path)}: refused: {_why(item)}", style="red"))
    rows = [
        (
            each.kind.value,
            counted(each.distance_bits, "bit", "bits"),
            turn_text(each.turn),
            "\n".join(stretch_text(stretch, other="the second") for stretch in each.stretches),
        )
        for each in evidence
    ]
    print_table(
        ("in common", "distance", "turn", "where"), rows, empty=_NOTHING[any(item.refused for item in (one, other))]
    )
    if not any(each.kind is EvidenceKind.EXACT for each in evidence):
        nearest = nearest_turn(one, other)
        if nearest and not evidence:
            radius_bits = FingerprintKind.PDQ.radius_bits
            apart = counted(nearest[0], "bit", "bits")
            screen.print(f"The pictures are {apart} apart at best; up to {radius_bits} count as near.")
        screen.print(Text(PDQ_WARNING, style="dim"))


def _why(item: Examined) -> str:
    """Return why a file was refused; of one that is not there, that."""
    is_missing = not os.path.lexists(item.path) and MEMBER_SEPARATOR not in item.path
    return "no such file" if item.refused is Refusal.UNREADABLE and is_missing else str(item.refused)


def _size_and_time(path: bytes) -> tuple[int, int]:
    try:
        status = Path(os.fsdecode(path)).stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


COMMANDS = (fingerprint, compare_files)

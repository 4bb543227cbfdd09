"""What two examined files have in common, strongest evidence first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, Turn
from tsunagu.domain.hit import Evidence, EvidenceKind, Stretch
from tsunagu.domain.media import Examined
from tsunagu.overlap.sound import shared_sound
from tsunagu.overlap.video import shared_video, turned


def compare(a: Examined, b: Examined) -> tuple[Evidence, ...]:
    """Return what `a` and `b` have in common: exact, near, video, sound, in this order; empty when nothing is found.

    Identical files (same SHA-256) give `exact` alone, as the rest follows from it; empty files give nothing.
    `near` holds between two pictures, and between a picture and a frame of a video, which may be a still taken
    from it. One frame that two videos share is not told: title cards and flashes would. A video is tried in
    its seven other turns only where it is not found upright.

    Args:
        a: one file.
        b: the other. `compare(b, a)` gives the same evidence with sides exchanged and turns inverted.
    """
    if a.size_bytes and a.digests and b.digests and a.digests.sha256 == b.digests.sha256:
        return (Evidence(EvidenceKind.EXACT, 0),)
    return tuple(found for found in (_near(a, b), _video(a, b), _sound(a, b)) if found is not None)


def _near(a: Examined, b: Examined) -> Evidence | None:
    """Return the evidence of two pictures, or of a picture and a frame, within the kind's radius."""
    found = [(bits, turn) for one in _pictures(b) for bits, turn in _distances(a.pdq_turns, one)]
    found += [(bits, turn.inverse) for one in _pictures(a) for bits, turn in _distances(b.pdq_turns, one)]
    if not found:
        return None
    bits, turn = min(found)
    return Evidence(EvidenceKind.NEAR, bits, turn)


def _pictures(one: Examined) -> Iterator[Fingerprint]:
    """Yield the upright fingerprints of a picture, or of a video's frames, that may be searched."""
    if one.pdq is not None and one.pdq.is_searchable:
        yield one.pdq
    for frame in one.frames:
        if frame.fingerprint.is_searchable:
            yield frame.fingerprint


def _distances(turns: Sequence[Fingerprint], other: Fingerprint) -> Iterator[tuple[int, Turn]]:
    """Yield distance and turn wherever a picture, so turned, lies within the radius of the other."""
    for turn, one in zip(Turn, turns, strict=False):
        if one.is_searchable:
            bits = one.distance(other)
            if bits <= FingerprintKind.PDQ.radius_bits:
                yield bits, turn


def _video(a: Examined, b: Examined) -> Evidence | None:
    """Return the evidence of two videos' frames."""
    for turn in Turn:
        found = shared_video(turned(a.frames, turn), b.frames)
        if found:
            return _stretched(EvidenceKind.VIDEO, found, turn if turn is not Turn.UPRIGHT else None)
    return None


def _sound(a: Examined, b: Examined) -> Evidence | None:
    """Return the evidence of two recordings' sound."""
    found = shared_sound(a.sound, b.sound) if a.sound is not None and b.sound is not None else ()
    return _stretched(EvidenceKind.SOUND, found, None) if found else None


def _stretched(kind: EvidenceKind, found: tuple[Stretch, ...], turn: Turn | None) -> Evidence:
    """Return the evidence that stretches make."""
    return Evidence(kind, min(one.distance_bits for one in found), turn, found)


def nearest_turn(a: Examined, b: Examined) -> tuple[int, Turn] | None:
    """Return how far apart two pictures are in the turn in which they are nearest, and that turn; None unless both are.

    Unlike `compare` it answers beyond the radius and for plain pictures too: it tells a distance, not a hit.
    """
    if b.pdq is None or not a.pdq_turns:
        return None
    upright = b.pdq
    return min((one.distance(upright), turn) for turn, one in zip(Turn, a.pdq_turns, strict=True))

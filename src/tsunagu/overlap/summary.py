"""From all evidence between two cases to one summary: what counts, how much, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tsunagu.domain.hit import Evidence, EvidenceKind
from tsunagu.domain.overlap import Commonness, OverlapSummary, Strength

SHARE: Final = {Commonness.RARE: 1.0, Commonness.SOME: 0.25, Commonness.COMMON: 0.01}
"""How much of its weight a piece of evidence keeps."""
MOST: Final = {Commonness.SOME: 2.0, Commonness.COMMON: 0.3}
"""What all evidence of a band weighs at most: no number of logos makes an overlap, and no crowd of less rare files
makes a strong one."""
MODERATE_WEIGHT: Final = 0.7
STRONG_WEIGHT: Final = 2.5
CAVEAT: Final = "PDQ alone finds under half of common edits: the absence of a near copy proves nothing."


@dataclass(frozen=True, slots=True)
class WeighedEvidence:
    """A piece of evidence between two cases, with the commonness of the commoner of its two contents."""

    evidence: Evidence
    commonness: Commonness


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground for a strength: a sentence for one and for many, and the number that goes into it.

    The sentences are fixed, so that they can be translated, and say neither which items nor how many cases.
    """

    one: str
    many: str
    number: int

    @property
    def sentence(self) -> str:
        """The ground in English."""
        return (self.one if self.number == 1 else self.many).format(number=self.number)


def summarise(pairs: Iterable[WeighedEvidence]) -> OverlapSummary:
    """Return what two cases share.

    A rare identical file weighs 1, a near copy 0.7, a shared video 0.5 and 1 more for each half minute (2.5 at
    most), shared sound 0.3 and 1 more for each minute (1 at most); less rare ones a quarter of it, common ones a
    hundredth. From 0.7 on the overlap is moderate, from 2.5 on strong.

    Args:
        pairs: the evidence, one for each pair of items and kind, in any order.

    Returns:
        Counts without what is common; the reasons end with what PDQ cannot do.
    """
    known = tuple(pairs)
    counted = [one.evidence for one in known if one.commonness is not Commonness.COMMON]
    return OverlapSummary(
        exact=sum(one.kind is EvidenceKind.EXACT for one in counted),
        near=sum(one.kind is EvidenceKind.NEAR for one in counted),
        video_stretches=sum(len(one.stretches) for one in counted if one.kind is EvidenceKind.VIDEO),
        sound=sum(one.kind is EvidenceKind.SOUND for one in counted),
        strength=_strength(known),
        reasons=tuple(reason.sentence for reason in reasons(known)),
    )


def reasons(pairs: Sequence[WeighedEvidence]) -> tuple[Reason, ...]:
    """Return the grounds for the strength: rare before less rare, by kind, common ones together, then the caveat."""
    found = []
    for band in (Commonness.RARE, Commonness.SOME):
        for kind in EvidenceKind:
            group = [one.evidence for one in pairs if one.commonness is band and one.evidence.kind is kind]
            if group:
                is_timed = kind in {EvidenceKind.VIDEO, EvidenceKind.SOUND}
                number = max(1, round(sum(map(_seconds, group)))) if is_timed else len(group)
                found.append(Reason(*_SENTENCES[kind, band], number))
    common = sum(one.commonness is Commonness.COMMON for one in pairs)
    if common:
        found.append(Reason(*_COMMON, common))
    return (*found, Reason(CAVEAT, CAVEAT, 0))


def _strength(pairs: Sequence[WeighedEvidence]) -> Strength:
    """Return how much the evidence weighs together."""
    total = 0.0
    for band in Commonness:
        weight = SHARE[band] * sum(_weight(one.evidence) for one in pairs if one.commonness is band)
        total += min(weight, MOST.get(band, weight))
    if total >= STRONG_WEIGHT:
        return Strength.STRONG
    return Strength.MODERATE if total >= MODERATE_WEIGHT else Strength.WEAK


def _weight(evidence: Evidence) -> float:
    """Return what a piece of evidence weighs when it is rare."""
    if evidence.kind is EvidenceKind.EXACT:
        return 1.0
    if evidence.kind is EvidenceKind.NEAR:
        return 0.7
    if evidence.kind is EvidenceKind.VIDEO:
        return min(0.5 + _seconds(evidence) / 30, 2.5)
    return min(0.3 + _seconds(evidence) / 60, 1.0)


def _seconds(evidence: Evidence) -> float:
    """Return how many seconds the stretches hold, on the shorter side."""
    return sum(min(one.a_to_s - one.a_from_s, one.b_to_s - one.b_from_s) for one in evidence.stretches)


_LESS: Final = "; not rare, so less weight."
_SENTENCES: Final = {
    (EvidenceKind.EXACT, Commonness.RARE): (
        "{number} file is identical and rare.",
        "{number} files are identical and rare.",
    ),
    (EvidenceKind.EXACT, Commonness.SOME): (
        "{number} file is identical" + _LESS,
        "{number} files are identical" + _LESS,
    ),
    (EvidenceKind.NEAR, Commonness.RARE): (
        "{number} pair of pictures looks alike and is rare.",
        "{number} pairs of pictures look alike and are rare.",
    ),
    (EvidenceKind.NEAR, Commonness.SOME): (
        "{number} pair of pictures looks alike" + _LESS,
        "{number} pairs of pictures look alike" + _LESS,
    ),
    (EvidenceKind.VIDEO, Commonness.RARE): (
        "{number} s of video is shared.",
        "{number} s of video are shared.",
    ),
    (EvidenceKind.VIDEO, Commonness.SOME): (
        "{number} s of video is shared" + _LESS,
        "{number} s of video are shared" + _LESS,
    ),
    (EvidenceKind.SOUND, Commonness.RARE): (
        "{number} s of sound is shared; music and broadcasts may reach anyone.",
        "{number} s of sound are shared; music and broadcasts may reach anyone.",
    ),
    (EvidenceKind.SOUND, Commonness.SOME): (
        "{number} s of sound is shared" + _LESS,
        "{number} s of sound are shared" + _LESS,
    ),
}
_COMMON: Final = (
    "{number} shared content turns up in many cases and weighs nearly nothing.",
    "{number} shared contents turn up in many cases and weigh nearly nothing.",
)

"""vPDQ's text form of a video: one line a frame, `frame,quality,hash,seconds`.

Source: Meta, ThreatExchange, vpdq/cpp (hashing tool's output file).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint

_LINE = re.compile(r"([0-9]{1,10}),([0-9]{1,3}),([0-9a-f]{64}),([0-9]{1,10}(?:\.[0-9]{1,9})?)")


def to_text(frames: Sequence[TimedFingerprint]) -> str:
    """Return `frames` as text, one line each in the order given; seconds to the millisecond, as the format has them.

    Raises:
        InputError: a fingerprint is no PDQ.
    """
    if any(one.fingerprint.kind is not FingerprintKind.PDQ for one in frames):
        raise InputError("vPDQ holds PDQ fingerprints only")
    return "".join(
        f"{one.frame},{one.fingerprint.quality},{one.fingerprint.data.hex()},{one.at_s:.3f}\n" for one in frames
    )


def from_text(text: str) -> tuple[TimedFingerprint, ...]:
    """Return the frames that `text` tells of, in its order; none for empty text.

    Raises:
        InputError: a line is not of the form, or its quality is above 100; the message names the line, from 1.
    """
    lines = text.removesuffix("\n").split("\n") if text else []
    return tuple(_frame(number, line) for number, line in enumerate(lines, 1))


def _frame(number: int, line: str) -> TimedFingerprint:
    found = _LINE.fullmatch(line)
    if found is None or int(found[2]) > 100:
        raise InputError(f"line {number} is no vPDQ frame", line=number)
    fingerprint = Fingerprint(FingerprintKind.PDQ, bytes.fromhex(found[3]), int(found[2]))
    return TimedFingerprint(float(found[4]), int(found[1]), fingerprint)

"""Local lists of python-threatexchange: a kind of signal, a space and its value on each line."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from tsunagu.domain.errors import MalformedFingerprint
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.domain.known import KnownItem, KnownSignal, LossReport, RefusedRow, RowRefusal, SignalKind
from tsunagu.exchange.digest_forms import Form
from tsunagu.exchange.gathering import Gathered
from tsunagu.exchange.lines import Lines
from tsunagu.exchange.reading import Row, Stated

MOST_FRAMES: Final = 50_000
_NOT_USED: Final = frozenset({"trend_query", "tlsh", "tlsh_pdf", "pdf", "pdq_ocr", "photodna", "clip"})
_OTHER: Final = "other-signal"


def read_tx(stream: BinaryIO, stated: Stated, report: LossReport) -> Iterator[Row]:
    """Read such a list: see `Reader`.

    `pdq`, `video_md5` and `vpdq` become digests and fingerprints; `url`, `url_md5` and `raw_text` are carried as
    signals; a line of any other kind is refused as unsupported and counted. Empty lines are passed over.
    """
    for number, line in Lines(stream, report):
        if line is None:
            yield RefusedRow(number, RowRefusal.TOO_LONG)
        elif line and not line.isspace():
            kind, _, value = line.partition(" ")
            read = _KINDS.get(kind)
            if read is None:
                report.lost[kind if kind in _NOT_USED else _OTHER] += 1
                yield RefusedRow(number, RowRefusal.UNSUPPORTED)
            elif value.strip():
                yield read(number, value.strip(), stated, report)
            else:
                yield RefusedRow(number, RowRefusal.NO_DIGEST)


def _pdq(number: int, value: str, stated: Stated, report: LossReport) -> Row:
    gathered = Gathered(stated, report)
    gathered.take(value, Form.PDQ)
    return gathered.row(number)


def _video_md5(number: int, value: str, stated: Stated, report: LossReport) -> Row:
    gathered = Gathered(stated, report)
    gathered.take(value, Form.MD5)
    return gathered.row(number, {"media_type": "video"})


def _url(number: int, value: str, _stated: Stated, _report: LossReport) -> Row:
    return KnownItem(number, signals=(KnownSignal(SignalKind.URL, value),))


def _raw_text(number: int, value: str, _stated: Stated, _report: LossReport) -> Row:
    return KnownItem(number, signals=(KnownSignal(SignalKind.RAW_TEXT, value),))


def _url_md5(number: int, value: str, _stated: Stated, report: LossReport) -> Row:
    try:
        digest = bytes.fromhex(value)
    except ValueError:
        digest = b""
    if len(digest) != 16:
        report.lost[SignalKind.URL_MD5] += 1
        return RefusedRow(number, RowRefusal.BAD_DIGEST)
    return KnownItem(number, signals=(KnownSignal(SignalKind.URL_MD5, digest.hex()),))


def _vpdq(number: int, value: str, _stated: Stated, report: LossReport) -> Row:
    """Return the video of a JSON list of `"hex,quality,seconds"`; frames are numbered in the order of the list."""
    try:
        texts = json.loads(value)
        frames = tuple(_frame(place, text) for place, text in enumerate(texts)) if _is_bounded(texts) else ()
    except (ValueError, AttributeError, MalformedFingerprint, RecursionError):
        frames = ()
    if not frames:
        report.lost["vpdq"] += 1
        return RefusedRow(number, RowRefusal.BAD_DIGEST)
    return KnownItem(number, frames=frames, media_type="video")


def _is_bounded(texts: object) -> bool:
    return isinstance(texts, list) and len(texts) <= MOST_FRAMES


def _frame(place: int, text: str) -> TimedFingerprint:
    data, quality, seconds = text.split(",")
    at_s = float(seconds)
    if not (math.isfinite(at_s) and at_s >= 0):
        raise ValueError
    return TimedFingerprint(at_s, place, Fingerprint(FingerprintKind.PDQ, bytes.fromhex(data), int(quality)))


_KINDS: Final[dict[str, Callable[[int, str, Stated, LossReport], Row]]] = {
    "pdq": _pdq,
    "video_md5": _video_md5,
    "vpdq": _vpdq,
    "url": _url,
    "url_md5": _url_md5,
    "raw_text": _raw_text,
}

"""A case's rows as a package tells of them. Call everything within `acting_for` the case's agency."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from tsunagu.domain.case import CaseSummary
from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import (
    Fingerprint,
    FingerprintKind,
    SoundFingerprint,
    SoundKind,
    TimedFingerprint,
)
from tsunagu.domain.media import Examined, MediaFacts, MediaType, Refusal
from tsunagu.domain.package import PackagedExhibit, PackagedFile
from tsunagu.records.holdings import FRAME_KIND
from tsunagu.records.models import Exhibit, Holding, JudgementRow, MediaItem, Trace

_CHUNK = 200
_PDQ = FingerprintKind.PDQ
_TYPES = {one.mime: one for one in MediaType}


def packaged_exhibits(case: CaseSummary) -> tuple[PackagedExhibit, ...]:
    """Return the exhibits of a case, by reference."""
    rows = Exhibit.objects.filter(case_id=case.case_id).order_by("reference")
    told = rows.values_list("id", "reference", "registered_at", "registered_by__login")
    return tuple(PackagedExhibit(*one) for one in told)


def contents_of(case: CaseSummary) -> tuple[int, list[bytes]]:
    """Return how many places a case has, and the SHA-256 of each that could be read, in the order of their numbers."""
    rows = Holding.objects.filter(exhibit__case_id=case.case_id).order_by("number")
    found = [digest for (digest,) in rows.values_list("item__sha256")]
    return len(found), [bytes(digest) for digest in found if digest]


def waiting_in(case: CaseSummary) -> int:
    """Return how many places of a case wait to be compared with what is held, or cannot be."""
    rows = Holding.objects.filter(exhibit__case_id=case.case_id, linked_at=None)
    return rows.exclude(item_id=None).count()


def packaged_files(case: CaseSummary) -> Iterator[PackagedFile]:
    """Yield every place of a case with all that is known of its content, by number, a few at a time in memory."""
    rows = Holding.objects.filter(exhibit__case_id=case.case_id).select_related("exhibit", "item").order_by("number")
    found = rows.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(found, _CHUNK)):
        traces = _traces({row.item_id for row in chunk if row.item_id})
        for row in chunk:
            examined = _examined(row, row.item, traces.get(row.item_id or 0, ()))
            yield PackagedFile(row.exhibit.reference, row.number, row.mtime_ns, examined)


def contents_called(item_ids: Sequence[int]) -> list[Examined]:
    """Return all that is known of these contents, without a place, in the order of their ids."""
    found: list[Examined] = []
    for start in range(0, len(item_ids), _CHUNK):
        rows = MediaItem.objects.filter(id__in=item_ids[start : start + _CHUNK]).order_by("id")
        traces = _traces(item_ids[start : start + _CHUNK])
        found += [_known(b"", row, traces.get(row.id, ())) for row in rows]
    return found


def latest_answers(hit_ids: Sequence[int]) -> dict[int, tuple[datetime, str]]:
    """Return when the own agency's latest answer to each of these hits was given, and the login of who gave it."""
    rows = JudgementRow.objects.filter(hit_id__in=hit_ids).order_by("id")
    return {hit: (at, login) for hit, at, login in rows.values_list("hit_id", "judged_at", "officer__login")}


def _traces(item_ids: Iterable[int]) -> dict[int, list[Trace]]:
    found: dict[int, list[Trace]] = defaultdict(list)
    for row in Trace.objects.filter(item_id__in=item_ids).order_by("item_id", "frame", "id"):
        found[row.item_id].append(row)
    return found


def _examined(row: Holding, item: MediaItem | None, traces: Sequence[Trace]) -> Examined:
    if item is None:
        return Examined(bytes(row.path), row.size_bytes, refused=Refusal(row.refused) if row.refused else None)
    return _known(bytes(row.path), item, traces)


def _known(path: bytes, item: MediaItem, traces: Sequence[Trace]) -> Examined:
    picture = next((one for one in traces if one.kind == _PDQ.code), None)
    sound = next((one for one in traces if one.kind == SoundKind.CHROMAPRINT.code), None)
    return Examined(
        path,
        item.size_bytes,
        _TYPES[item.media_type] if item.media_type else None,
        Digests(bytes(item.md5), bytes(item.sha1), bytes(item.sha256)),
        MediaFacts(item.width, item.height, item.duration_s, tuple(item.codecs), dict(item.tags)),
        _fingerprint(picture, bytes(picture.data)) if picture else None,
        _turns(picture) if picture else (),
        tuple(_frame(one) for one in traces if one.kind == FRAME_KIND),
        _sound(bytes(sound.data)) if sound else None,
        Refusal(item.refused) if item.refused else None,
    )


def _fingerprint(trace: Trace, data: bytes) -> Fingerprint:
    return Fingerprint(_PDQ, data, trace.quality or 0)


def _turns(picture: Trace) -> tuple[Fingerprint, ...]:
    data, length = bytes(picture.turns or b""), _PDQ.bits // 8
    return tuple(_fingerprint(picture, data[at : at + length]) for at in range(0, len(data), length))


def _frame(trace: Trace) -> TimedFingerprint:
    return TimedFingerprint(trace.at_s or 0.0, trace.frame or 0, _fingerprint(trace, bytes(trace.data)))


def _sound(data: bytes) -> SoundFingerprint:
    return SoundFingerprint(SoundKind.CHROMAPRINT, struct.unpack(f">{len(data) // 4}I", data))

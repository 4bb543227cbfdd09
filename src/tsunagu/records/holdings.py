"""Media items, holdings and fingerprints, as rows. Every function is called within `acting_for` an agency."""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import FingerprintKind, SoundKind
from tsunagu.domain.media import Examined
from tsunagu.records.models import Holding, MediaItem, Trace

FRAME_KIND = f"{FingerprintKind.PDQ.code}/frame"
"""How the fingerprint of a video's frame is told from that of a picture."""


def path_digest(path: bytes) -> bytes:
    """Return the short key of a path: its SHA-256."""
    return hashlib.sha256(path).digest()


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """A place that is held already, as it was when it came in.

    Attributes:
        was_read: whether its content could be read.
    """

    size_bytes: int
    mtime_ns: int
    was_read: bool


def places_of(exhibit_id: UUID) -> dict[bytes, HeldPlace]:
    """Return what is held of an exhibit, by path digest."""
    rows = Holding.objects.filter(exhibit_id=exhibit_id).values_list("path_digest", "size_bytes", "mtime_ns", "item_id")
    return {
        bytes(key): HeldPlace(size, mtime, item is not None)
        for key, size, mtime, item in rows.iterator(chunk_size=5000)
    }


def keep(examined: Sequence[tuple[Examined, int]], *, agency_id: UUID, exhibit_id: UUID) -> list[bytes]:
    """Keep a chunk of examined files, each with its mtime in ns, and return the SHA-256 of those that are new here.

    A content that the agency knows already is not kept a second time; a place that is held already is kept as it
    was, unless it could not be read then and can be now.
    """
    with connection.cursor() as cursor:  # one writer an agency, so that no content gets its fingerprints twice
        cursor.execute("SELECT pg_advisory_xact_lock(7400102, hashtext(%s))", [str(agency_id)])
    item_ids = _keep_items([one for one, _ in examined], agency_id)
    rows = [
        Holding(
            agency_id=agency_id,
            exhibit_id=exhibit_id,
            item_id=item_ids.get(one.digests.sha256) if one.digests else None,
            path=one.path,
            path_digest=path_digest(one.path),
            size_bytes=one.size_bytes,
            mtime_ns=mtime_ns,
            refused=one.refused if one.digests is None else None,
        )
        for one, mtime_ns in examined
    ]
    Holding.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["exhibit", "path_digest"],
        update_fields=["item", "size_bytes", "mtime_ns", "refused"],
    )
    return [one.digests.sha256 for one, _ in examined if one.digests]


def _keep_items(examined: Iterable[Examined], agency_id: UUID) -> dict[bytes, int]:
    by_content = {one.digests: one for one in examined if one.digests}
    known = _item_ids(digests.sha256 for digests in by_content)
    new = {digests: one for digests, one in by_content.items() if digests.sha256 not in known}
    items = MediaItem.objects.bulk_create([_item(digests, one, agency_id) for digests, one in new.items()])
    ids = {bytes(item.sha256): item.id for item in items}
    traces = [trace for digests, one in new.items() for trace in _traces(one, agency_id, ids[digests.sha256])]
    Trace.objects.bulk_create(traces, batch_size=5000)
    return known | ids


def _item_ids(contents: Iterable[bytes]) -> dict[bytes, int]:
    rows = MediaItem.objects.filter(sha256__in=list(contents)).values_list("sha256", "id")
    return {bytes(key): item_id for key, item_id in rows}


def _item(digests: Digests, one: Examined, agency_id: UUID) -> MediaItem:
    return MediaItem(
        agency_id=agency_id,
        sha256=digests.sha256,
        sha1=digests.sha1,
        md5=digests.md5,
        size_bytes=one.size_bytes,
        media_type=one.media_type.mime if one.media_type else None,
        width=one.facts.width,
        height=one.facts.height,
        duration_s=one.facts.duration_s,
        codecs=list(one.facts.codecs),
        tags=one.facts.tags,
        refused=one.refused,
    )


def _traces(one: Examined, agency_id: UUID, item_id: int) -> Iterable[Trace]:
    if one.pdq:
        yield Trace(
            agency_id=agency_id,
            item_id=item_id,
            kind=FingerprintKind.PDQ.code,
            data=one.pdq.data,
            quality=one.pdq.quality,
            turns=b"".join(turn.data for turn in one.pdq_turns),
        )
    for frame in one.frames:
        yield Trace(
            agency_id=agency_id,
            item_id=item_id,
            kind=FRAME_KIND,
            data=frame.fingerprint.data,
            quality=frame.fingerprint.quality,
            at_s=frame.at_s,
            frame=frame.frame,
        )
    if one.sound and one.sound.words:
        words = one.sound.words
        yield Trace(
            agency_id=agency_id,
            item_id=item_id,
            kind=SoundKind.CHROMAPRINT.code,
            data=struct.pack(f">{len(words)}I", *words),
        )

"""Media items, holdings and fingerprints, as rows. Every function is called within `acting_for` an agency."""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Q, Subquery

from tsunagu.domain.digest import Digests
from tsunagu.domain.errors import Conflict
from tsunagu.domain.fingerprint import FingerprintKind, SoundKind
from tsunagu.domain.media import MEMBER_SEPARATOR, PASSING, Examined
from tsunagu.records.bulk import insert
from tsunagu.records.models import Erasure, Exhibit, Holding, MediaItem, Trace

FRAME_KIND = f"{FingerprintKind.PDQ.code}/frame"
"""How the fingerprint of a video's frame is told from that of a picture."""

LOCK_AGENCY = 7400102
"""The advisory lock under which contents of an agency come in, or go."""

_COME_IN_AGAIN = """ON CONFLICT (exhibit_id, path_digest) DO UPDATE SET
    (item_id, size_bytes, mtime_ns, refused, linked_at, intake_id, scanned) = (EXCLUDED.item_id, EXCLUDED.size_bytes,
    EXCLUDED.mtime_ns, EXCLUDED.refused, NULL, EXCLUDED.intake_id, EXCLUDED.scanned)"""
_UNREADABLE_AGAIN = """ON CONFLICT (exhibit_id, path_digest) DO UPDATE SET (refused, intake_id)
    = (EXCLUDED.refused, EXCLUDED.intake_id) WHERE holding.item_id IS NULL"""


def path_digest(path: bytes) -> bytes:
    """Return the short key of a path: its SHA-256."""
    return hashlib.sha256(path).digest()


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """A place that is held already, as it was when it came in.

    Attributes:
        sha256: of its content; None when that could not be read.
        intake_id: the intake that brought it in last; None when a command did.
        to_be_tried: whether our own process failed at it, or at a member of it, or another agency alone examined it,
            so that another run tries again.
    """

    size_bytes: int
    mtime_ns: int
    sha256: bytes | None
    intake_id: UUID | None
    to_be_tried: bool

    @property
    def was_read(self) -> bool:
        """Whether its content could be read."""
        return self.sha256 is not None


def places_of(exhibit_id: UUID) -> dict[bytes, HeldPlace]:
    """Return what is held of an exhibit, by path digest."""
    to_be_tried = _to_be_tried(exhibit_id)
    rows = Holding.objects.filter(exhibit_id=exhibit_id).values_list(
        "path_digest", "size_bytes", "mtime_ns", "item__sha256", "intake_id"
    )
    return {
        bytes(key): HeldPlace(size, mtime, bytes(sha256) if sha256 else None, intake_id, bytes(key) in to_be_tried)
        for key, size, mtime, sha256, intake_id in rows.iterator(chunk_size=5000)
    }


def _to_be_tried(exhibit_id: UUID) -> set[bytes]:
    """Return the path digests of the places that another run tries again, and of the archives around them."""
    open_yet = Q(item__refused__in=PASSING) | Q(refused__in=PASSING) | Q(item__claimed=True)
    rows = Holding.objects.filter(open_yet, exhibit_id=exhibit_id)
    paths = rows.values_list("path", flat=True)
    return {path_digest(place) for path in paths for place in _with_archives(bytes(path))}


def _with_archives(path: bytes) -> Iterator[bytes]:
    yield path
    parts = path.split(MEMBER_SEPARATOR)
    for count in range(1, len(parts)):
        yield MEMBER_SEPARATOR.join(parts[:count])


def keep(
    examined: Sequence[tuple[Examined, int]],
    *,
    agency_id: UUID,
    exhibit_id: UUID,
    intake_id: UUID | None = None,
    scanned: bool = False,
    claimed: bool = False,
) -> list[Examined]:
    """Keep a chunk of examined files, each with its mtime in ns, and return those that this adds something of.

    What cannot be read adds nothing to a place that is held already, and takes nothing from it. A content that the
    agency knows already is not kept a second time, unless our own process failed at it, or another agency claims what
    is known of it, and now it was examined: then its facts and fingerprints take the place of the earlier ones. What is
    kept waits to be compared.

    Args:
        scanned: it was examined on another host.
        claimed: another agency says that it examined it.

    Raises:
        Conflict: the exhibit has been withdrawn.
    """
    with connection.cursor() as cursor:  # one writer an agency, so that no content gets its fingerprints twice
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_AGENCY, str(agency_id)])
        # How what a row refers to is looked up is planned once a session, by the little that is held then: without this
        # by a scan, which would go through all that has come in since, for every row.
        cursor.execute("SET LOCAL enable_seqscan = off")
    if not _takes_more(exhibit_id):
        raise Conflict("the exhibit was withdrawn meanwhile: nothing more is brought into it")
    last = _last_number(exhibit_id)
    item_ids = _keep_items([one for one, _ in examined], agency_id, claimed=claimed)
    rows = [
        {
            "agency_id": agency_id,
            "exhibit_id": exhibit_id,
            "number": number,
            "item_id": item_ids.get(one.digests.sha256) if one.digests else None,
            "path": one.path,
            "path_digest": path_digest(one.path),
            "size_bytes": one.size_bytes,
            "mtime_ns": mtime_ns,
            "refused": one.refused if one.digests is None else None,
            "intake_id": intake_id,
            "scanned": scanned,
        }
        for number, (one, mtime_ns) in enumerate(examined, last + 1)
    ]
    # One statement takes each path once.
    read = {row["path_digest"]: row for row in rows if row["item_id"] is not None}
    unread = {row["path_digest"]: row for row in rows if row["item_id"] is None}
    held = set(Holding.objects.filter(exhibit_id=exhibit_id, path_digest__in=unread).values_list("path_digest"))
    added = read.keys() | (unread.keys() - {bytes(key) for (key,) in held})
    insert(Holding, list(unread.values()), then=_UNREADABLE_AGAIN)
    insert(Holding, list(read.values()), then=_COME_IN_AGAIN)
    return [one for key, one in {path_digest(one.path): one for one, _ in examined}.items() if key in added]


def _takes_more(exhibit_id: UUID) -> bool:
    of_it = Q(exhibit_id=OuterRef("id")) | Q(exhibit_id=None)
    erased = Erasure.objects.filter(of_it, case_id=OuterRef("case_id"), ended_at=None)
    return Exhibit.objects.filter(~Exists(erased), id=exhibit_id).exists()


def _last_number(exhibit_id: UUID) -> int:
    """Return the highest number of a place in the case of an exhibit; 0 where it has none."""
    newest = Holding.objects.filter(exhibit_id=OuterRef("id")).order_by("-number").values("number")
    of_case = Exhibit.objects.filter(case_id__in=Exhibit.objects.filter(id=exhibit_id).values("case_id"))
    found = of_case.annotate(newest=Subquery(newest[:1])).aggregate(last=Max("newest"))
    return found["last"] or 0


def _keep_items(examined: Iterable[Examined], agency_id: UUID, *, claimed: bool) -> dict[bytes, int]:
    by_content: dict[bytes, Examined] = {}
    for one in examined:
        sha256 = one.digests.sha256 if one.digests else None
        if sha256 and (sha256 not in by_content or _is_cut_short(by_content[sha256].refused)):
            by_content[sha256] = one
    known = _known(by_content)
    new = {sha256: one for sha256, one in by_content.items() if sha256 not in known}
    items = [_item(one.digests, one, agency_id, claimed=claimed) for one in new.values() if one.digests]
    ids = {bytes(sha256): item_id for sha256, item_id in insert(MediaItem, items, then="RETURNING sha256, id")}
    better = {
        sha256: one
        for sha256, one in by_content.items()
        if sha256 in known and not _is_cut_short(one.refused) and not known[sha256].stands(against_claim=claimed)
    }
    ids |= {sha256: one.item_id for sha256, one in known.items()}
    _replace({ids[sha256]: one for sha256, one in better.items()}, claimed=claimed)
    insert(Trace, [row for sha256, one in (new | better).items() for row in _traces(one, agency_id, ids[sha256])])
    return ids


def _is_cut_short(refused: str | None) -> bool:
    return refused in PASSING


@dataclass(frozen=True, slots=True)
class _Known:
    """A content that the agency knows already."""

    item_id: int
    refused: str | None
    claimed: bool

    def stands(self, *, against_claim: bool) -> bool:
        """Return whether what is known of it stays against another examination, or against a claim of one."""
        return not _is_cut_short(self.refused) and (against_claim or not self.claimed)


def _known(contents: Iterable[bytes]) -> dict[bytes, _Known]:
    rows = MediaItem.objects.filter(sha256__in=list(contents)).values_list("sha256", "id", "refused", "claimed")
    return {bytes(key): _Known(item_id, refused, claimed) for key, item_id, refused, claimed in rows}


def _replace(better: dict[int, Examined], *, claimed: bool) -> None:
    """Replace what was learnt of items by a run that failed, or by a claim; every place of theirs is compared anew.

    Raises:
        Conflict: the database does not let them be replaced; what is half replaced must not be committed.
    """
    # Places first: the linker locks those that it compares, and then numbers their items. In the other order each would
    # wait for the other.
    Holding.objects.filter(item_id__in=better).update(linked_at=None)
    # Fingerprints next: row-level security lets them go only while their item is refused for a passing reason, or is
    # claimed. What it does not let go it passes over without a word.
    traces = Trace.objects.filter(item_id__in=better)
    count = traces.count()
    if traces.delete()[0] != count:
        raise Conflict("what was learnt of a content may not be replaced")
    for item_id, one in better.items():
        known = {**_learnt(one), "claimed": claimed, "parked": None, "compared": None}
        if MediaItem.objects.filter(id=item_id).update(**known) != 1:
            raise Conflict("what was learnt of a content may not be replaced")


def _item(digests: Digests, one: Examined, agency_id: UUID, *, claimed: bool) -> dict[str, Any]:
    return {
        "agency_id": agency_id,
        "sha256": digests.sha256,
        "sha1": digests.sha1,
        "md5": digests.md5,
        "size_bytes": one.size_bytes,
        "claimed": claimed,
        **_learnt(one),
    }


def _learnt(one: Examined) -> dict[str, Any]:
    return {
        "media_type": one.media_type.mime if one.media_type else None,
        "width": one.facts.width,
        "height": one.facts.height,
        "duration_s": one.facts.duration_s,
        "codecs": list(one.facts.codecs),
        "tags": one.facts.tags,
        "refused": one.refused,
    }


def _traces(one: Examined, agency_id: UUID, item_id: int) -> Iterator[dict[str, Any]]:
    plain = dict.fromkeys(("turns", "quality", "at_s", "frame")) | {"agency_id": agency_id, "item_id": item_id}
    if one.pdq:
        yield plain | {
            "kind": FingerprintKind.PDQ.code,
            "data": one.pdq.data,
            "quality": one.pdq.quality,
            "turns": b"".join(turn.data for turn in one.pdq_turns),
        }
    for frame in one.frames:
        yield plain | {
            "kind": FRAME_KIND,
            "data": frame.fingerprint.data,
            "quality": frame.fingerprint.quality,
            "at_s": frame.at_s,
            "frame": frame.frame,
        }
    if one.sound and one.sound.words:
        words = one.sound.words
        yield plain | {"kind": SoundKind.CHROMAPRINT.code, "data": struct.pack(f">{len(words)}I", *words)}

"""The linker's view of what is held: fingerprints of everyone, what waits, what is benign, what is set apart.

Call everything within `linking`, except where it says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.db import connections
from django.db.models import Exists, OuterRef, QuerySet

from tsunagu.domain.fingerprint import FingerprintKind, SoundKind, Turn
from tsunagu.domain.link import Place
from tsunagu.domain.media import MediaFacts
from tsunagu.records import agencies
from tsunagu.records import among as _among  # noqa: F401 - gives fields their `among`
from tsunagu.records.bank_corpus import BENIGN, benign_terms
from tsunagu.records.holdings import FRAME_KIND
from tsunagu.records.models import Bank, Case, Holding, MediaItem, Trace
from tsunagu.records.session import LINKER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EMPTY_SHA256 = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


@dataclass(frozen=True, slots=True)
class TraceTable:
    """Fingerprints of one kind that may be searched, one a row.

    Attributes:
        item_ids: shape (n,), int64: whose.
        data: shape (n, bits / 8), uint8, each row big-endian.
        at_s: shape (n,), float64: seconds from the start of the video; NaN for pictures.
    """

    item_ids: NDArray[np.int64]
    data: NDArray[np.uint8]
    at_s: NDArray[np.float64]


def unlinked(*, most: int, among: Sequence[int] | None = None) -> tuple[list[int], list[int]]:
    """Take at most `most` holdings that wait to be compared, oldest first, and return them and the items they hold.

    Those of parked items do not wait. With `among` it takes none but these holdings.

    They are locked until the transaction ends: whoever changes one of them meanwhile waits, and makes it wait to be
    compared again afterwards. What an ingest is changing right now is left out: it is compared at that ingest's end.
    """
    waiting = Holding.objects.using(LINKER).filter(linked_at=None).exclude(_is_parked()).order_by("id")
    if among is not None:
        waiting = waiting.filter(id__among=among)
    locked = waiting.select_for_update(skip_locked=True, no_key=True)
    rows = list(locked.values_list("id", "item_id")[:most])
    return [holding for holding, _ in rows], sorted({item for _, item in rows if item})


def anything_waits() -> bool:
    """Return whether any holding, of whomever, waits to be compared. Needs no `linking`."""
    return Holding.objects.using(LINKER).filter(linked_at=None).exclude(_is_parked()).exists()


def mark_linked(holding_ids: Sequence[int], *, now: datetime) -> None:
    """Note that these holdings, taken by `unlinked`, have been compared with all that is held."""
    Holding.objects.using(LINKER).filter(id__among=holding_ids).update(linked_at=now)


def park(item_id: int, reason: str) -> None:
    """Set an item apart that cannot be compared: it neither waits, nor is anything compared with it by likeness."""
    MediaItem.objects.using(LINKER).filter(id=item_id).update(parked=reason)


def last_compared() -> int | None:
    """Return the item of the newest holding that was compared; None when there is none."""
    rows = Holding.objects.using(LINKER).exclude(linked_at=None).exclude(item_id=None).exclude(_is_parked())
    return rows.order_by("-id").values_list("item_id", flat=True).first()


def _is_parked() -> Exists:
    return Exists(MediaItem.objects.using(LINKER).filter(id=OuterRef("item_id")).exclude(parked=None))


def never_compared(item_ids: Iterable[int]) -> set[int]:
    """Return which of these items have no holding that was compared: they are new, or were examined anew."""
    items = set(item_ids)
    compared = Holding.objects.using(LINKER).filter(item_id__among=items).exclude(linked_at=None)
    return items - set(compared.values_list("item_id", flat=True))


def picture_traces(item_ids: Iterable[int] | None = None) -> TraceTable:
    """Return the searchable fingerprints of pictures: of some items, or of all."""
    return _table(FingerprintKind.PDQ.code, item_ids)


def turned_traces(item_ids: Iterable[int] | None = None) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the eight fingerprints of each searchable picture: of some items, or of all.

    Returns:
        Item ids, shape (n,), int64; fingerprints, shape (n, 8, bits / 8), uint8, in the order of `Turn`.
    """
    import numpy as np  # noqa: PLC0415 - only who compares waits for it

    rows = _searchable(FingerprintKind.PDQ.code, item_ids)
    ids: list[int] = []
    data = bytearray()
    for item_id, turns in rows.values_list("item_id", "turns").iterator(chunk_size=20_000):
        ids.append(item_id)
        data += cast("bytes", turns)  # a picture has them all: one without must fail here, not shift the others
    table = np.frombuffer(bytes(data), dtype=np.uint8)
    return np.array(ids, dtype=np.int64), table.reshape(len(ids), len(Turn), FingerprintKind.PDQ.bits // 8)


def frame_traces(item_ids: Iterable[int] | None = None) -> TraceTable:
    """Return the searchable fingerprints of video frames: of some items, or of all."""
    return _table(FRAME_KIND, item_ids)


def sound_traces(item_ids: Iterable[int] | None = None) -> Iterator[tuple[int, NDArray[np.uint32]]]:
    """Yield the words of sounds, each shape (n,), uint32: of some items, or of all."""
    import numpy as np  # noqa: PLC0415 - only who compares waits for it

    rows = Trace.objects.using(LINKER).filter(kind=SoundKind.CHROMAPRINT.code).exclude(_is_parked()).order_by("id")
    if item_ids is not None:
        rows = rows.filter(item_id__among=list(item_ids))
    for item_id, data in rows.values_list("item_id", "data").iterator(chunk_size=500):
        yield item_id, np.frombuffer(data, dtype=">u4").astype(np.uint32)


def same_content(item_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return pairs (one of `item_ids`, item of any agency with the same SHA-256), each item with itself among them.

    The empty content is nobody's and is left out.
    """
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "SELECT one.id, other.id FROM media_item AS one JOIN media_item AS other USING (sha256)"
            " WHERE one.id = ANY(%s) AND sha256 <> %s",
            [list(item_ids), EMPTY_SHA256],
        )
        return [(one, other) for one, other in cursor.fetchall()]


def contents_of(item_ids: Iterable[int], *, agencies: Iterable[UUID]) -> dict[UUID, dict[int, bytes]]:
    """Return the SHA-256 of these items, by agency and item, as far as they belong to these agencies."""
    rows = MediaItem.objects.using(LINKER).filter(id__among=list(item_ids), agency_id__in=list(agencies))
    found: dict[UUID, dict[int, bytes]] = {}
    for agency_id, item_id, sha256 in rows.values_list("agency_id", "id", "sha256"):
        found.setdefault(agency_id, {})[item_id] = bytes(sha256)
    return found


def places(item_ids: Iterable[int]) -> dict[int, list[Place]]:
    """Return in which cases each item is held, each case once."""
    rows = (
        Holding.objects.using(LINKER)
        .filter(item_id__among=list(item_ids))
        .values_list("item_id", "exhibit__case_id", "agency_id", "exhibit__case__covert")
        .distinct()
    )
    elsewhere = agencies.elsewhere()
    found: dict[int, list[Place]] = {}
    for item_id, case_id, agency_id, covert in rows:
        counts_as = elsewhere.get(agency_id, case_id)
        found.setdefault(item_id, []).append(Place(item_id, case_id, agency_id, covert, counts_as))
    return found


def cases_holding(alike: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """Return in how many cases each item is held, in any agency's files of the same content or of a like one.

    Covert cases are not counted: a band that changed with one would tell everybody else that it is there. All that
    another installation asks about counts as one: it could make anything common otherwise, and so hide it.

    Args:
        alike: by item, the items whose contents the machine takes for its own, itself among them.
    """
    items = {item for group in alike.values() for item in group}
    rows = MediaItem.objects.using(LINKER).filter(id__among=items).values_list("id", "sha256")
    content = {item: bytes(sha256) for item, sha256 in rows}
    held: dict[bytes, set[UUID]] = {sha256: set() for sha256 in content.values()}
    cases = Holding.objects.using(LINKER).filter(item__sha256__in=list(held), exhibit__case__covert=False)
    elsewhere = agencies.elsewhere()
    for sha256, case_id, agency_id in cases.values_list("item__sha256", "exhibit__case_id", "agency_id").distinct():
        held[bytes(sha256)].add(elsewhere.get(agency_id, case_id))
    groups = {item: frozenset(content[one] for one in group) for item, group in alike.items()}
    counts = {group: len(set().union(*(held[one] for one in group))) for group in set(groups.values())}
    return {item: counts[group] for item, group in groups.items()}


def facts_of(item_ids: Iterable[int]) -> dict[int, MediaFacts]:
    """Return the size in pixels of each item, as far as it has one."""
    rows = MediaItem.objects.using(LINKER).filter(id__among=list(item_ids))
    return {item: MediaFacts(width, height) for item, width, height in rows.values_list("id", "width", "height")}


def case_count() -> int:
    """Return how many cases there are, as `cases_holding` counts them. Never shown: it only scales what is common."""
    elsewhere = agencies.elsewhere()
    cases = Case.objects.using(LINKER).filter(covert=False)
    asking = cases.filter(agency_id__in=list(elsewhere)).values_list("agency_id", flat=True).distinct()
    here = cases.exclude(agency_id__in=list(elsewhere)).count()
    return here + len({elsewhere[agency_id] for agency_id in asking})


def benign_items() -> dict[UUID, list[tuple[bytes | None, bytes | None, int]]]:
    """Return what each agency has declared benign: SHA-256, PDQ and the bank's radius of each item that answers.

    A bank that is switched off or has expired silences nothing more; nor does an item that is disputed or held back.
    """
    with connections[LINKER].cursor() as cursor:
        cursor.execute("SELECT now()")
        [(now,)] = cursor.fetchall()
        cursor.execute(
            f"SELECT item.agency_id, item.sha256, item.pdq, bank.radius_bits FROM {BENIGN}",  # noqa: S608 - our own
            benign_terms(now),
        )
        found: dict[UUID, list[tuple[bytes | None, bytes | None, int]]] = {}
        for agency_id, sha256, pdq, radius_bits in cursor:
            found.setdefault(agency_id, []).append((sha256, pdq, radius_bits))
        return found


def benign_unapplied() -> set[UUID]:
    """Return the agencies whose benign banks may explain hits that are not silenced. Needs no `linking`."""
    return set(Bank.objects.using(LINKER).filter(unapplied=True).values_list("agency_id", flat=True))


def note_benign_applied(agency_id: UUID) -> None:
    """Note that an agency's banks are applied, with the same transaction.

    Call it before they are read: entries that come in meanwhile then either are read or mark their bank again.
    """
    Bank.objects.using(LINKER).filter(agency_id=agency_id, unapplied=True).update(unapplied=False)


def _table(kind: str, item_ids: Iterable[int] | None) -> TraceTable:
    import numpy as np  # noqa: PLC0415 - only who compares waits for it

    rows = _searchable(kind, item_ids)
    ids: list[int] = []
    data = bytearray()
    times: list[float] = []
    for item_id, one, at_s in rows.values_list("item_id", "data", "at_s").iterator(chunk_size=20_000):
        ids.append(item_id)
        data += one
        times.append(np.nan if at_s is None else at_s)
    width = FingerprintKind.PDQ.bits // 8
    return TraceTable(
        np.array(ids, dtype=np.int64),
        np.frombuffer(bytes(data), dtype=np.uint8).reshape(-1, width),
        np.array(times, dtype=np.float64),
    )


def _searchable(kind: str, item_ids: Iterable[int] | None) -> QuerySet[Trace]:
    searchable = Trace.objects.using(LINKER).filter(kind=kind, quality__gte=FingerprintKind.PDQ.quality_floor)
    rows = searchable.exclude(_is_parked()).order_by("id")
    return rows if item_ids is None else rows.filter(item_id__among=list(item_ids))

"""Which snapshots of what is held were published, and what goes into one, as the linker.

Items are numbered when they are compared, by one linker after the other: a snapshot holds those from one number up to
another, and what was compared since the last is read from the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.db.models import QuerySet

from tsunagu.domain.fingerprint import FingerprintKind, Turn
from tsunagu.records import among as _among  # noqa: F401 - gives fields their `among`
from tsunagu.records.holdings import FRAME_KIND
from tsunagu.records.models import HeldSnapshot, MediaItem, Trace
from tsunagu.records.session import LINKER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BYTES = FingerprintKind.PDQ.bits // 8
_AT_ONCE = 20_000
REMEMBERED = 4096
"""Snapshots that are remembered: each host that compares has its own, one for each million items or less."""


class Published(NamedTuple):
    """A snapshot that some host has published.

    Attributes:
        snapshot_id: names its files.
        after, position: it knows of the compared items whose numbers are larger than the one, up to the other.
        traces: how many fingerprints it holds.
    """

    snapshot_id: UUID
    after: int
    position: int
    traces: int


@dataclass(frozen=True, slots=True)
class HeldTraces:
    """All fingerprints of compared items that may be searched, with the ids of their traces.

    Attributes:
        pictures: shape (n,), int64.
        turns: shape (n, 8, 32), uint8: the fingerprints of each picture, in the order of `Turn`.
        frames: shape (m,), int64.
        stills: shape (m, 32), uint8: the fingerprint of each frame.
    """

    pictures: NDArray[np.int64]
    turns: NDArray[np.uint8]
    frames: NDArray[np.int64]
    stills: NDArray[np.uint8]


def folder() -> Path:
    """Return where the snapshots of this host lie: of the installation whose database is open."""
    if settings.TSUNAGU_HELD_FOLDER is None:
        raise RuntimeError("no installation is open")
    return settings.TSUNAGU_HELD_FOLDER


def published() -> list[Published]:
    """Return the snapshots that were published on any host and are remembered."""
    rows = HeldSnapshot.objects.using(LINKER).order_by("after", "-position", "-noted_at")
    return [Published(*row) for row in rows.values_list("id", "after", "position", "traces")]


def note(one: Published) -> None:
    """Remember a snapshot whose files are written; the oldest beyond `REMEMBERED` are forgotten."""
    rows = HeldSnapshot.objects.using(LINKER)
    rows.create(id=one.snapshot_id, after=one.after, position=one.position, traces=one.traces)
    rows.filter(id__in=list(rows.order_by("-noted_at").values_list("id", flat=True)[REMEMBERED:])).delete()


def forget(snapshot_ids: Iterable[UUID]) -> None:
    """Remember these no more: their host has others in their place."""
    HeldSnapshot.objects.using(LINKER).filter(id__in=list(snapshot_ids)).delete()


def number(item_ids: Sequence[int]) -> None:
    """Give items that are compared now their numbers, those that have none yet. Call it within `linking`."""
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "UPDATE media_item SET compared = nextval('compared_items') WHERE id = ANY(%s) AND compared IS NULL",
            [list(item_ids)],
        )


def last_position() -> int:
    """Return the number of the item that was compared last; 0 before the first."""
    newest = MediaItem.objects.using(LINKER).filter(compared__isnull=False).order_by("-compared")
    return newest.values_list("compared", flat=True).first() or 0


def compared_after(position: int) -> list[int]:
    """Return the items that were compared since that number, in their order."""
    rows = MediaItem.objects.using(LINKER).filter(compared__gt=position).order_by("compared")
    return list(rows.values_list("id", flat=True))


def waiting_with_hits(item_ids: Sequence[int]) -> list[int]:
    """Return the items without a number that have a hit with one of these: both are examined anew."""
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "SELECT id FROM media_item WHERE compared IS NULL AND id IN (SELECT item_b FROM hit WHERE item_a = ANY(%s)"
            " UNION SELECT item_a FROM hit WHERE item_b = ANY(%s))",
            [list(item_ids)] * 2,
        )
        return [item for (item,) in cursor]


def compared_between(after: int, position: int) -> HeldTraces:
    """Return what a snapshot from one number up to another holds."""
    import numpy as np  # noqa: PLC0415 - only who compares waits for it

    pictures, turns = _read(FingerprintKind.PDQ.code, "turns", after, position)
    frames, stills = _read(FRAME_KIND, "data", after, position)
    return HeldTraces(
        np.array(pictures, np.int64),
        np.frombuffer(turns, np.uint8).reshape(len(pictures), len(Turn), _BYTES),
        np.array(frames, np.int64),
        np.frombuffer(stills, np.uint8).reshape(len(frames), _BYTES),
    )


def count_between(after: int, position: int) -> int:
    """Return how many fingerprints a snapshot from one number up to another would hold now."""
    return sum(_searchable(kind, after, position).count() for kind in (FingerprintKind.PDQ.code, FRAME_KIND))


def items_of(trace_ids: Iterable[int]) -> dict[int, int]:
    """Return whose these fingerprints are, as far as they are there still and may be compared."""
    rows = Trace.objects.using(LINKER).filter(id__among=list(trace_ids), item__parked=None)
    return dict(rows.values_list("id", "item_id"))


def _searchable(kind: str, after: int, position: int) -> QuerySet[Trace]:
    rows = Trace.objects.using(LINKER).filter(kind=kind, quality__gte=FingerprintKind.PDQ.quality_floor)
    return rows.filter(item__compared__gt=after, item__compared__lte=position, item__parked=None)


def _read(kind: str, column: str, after: int, position: int) -> tuple[list[int], bytearray]:
    ids: list[int] = []
    data = bytearray()
    rows = _searchable(kind, after, position).values_list("id", column)
    for trace_id, one in rows.iterator(chunk_size=_AT_ONCE):
        ids.append(trace_id)
        data += one
    return ids, data

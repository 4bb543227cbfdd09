"""Japan as tiles, one a prefecture, about where each lies to the others: shaded by how many persons live there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tsunagu.counting.suppression import kept_back_of
from tsunagu.resolution.prefectures import prefectures

STEP_X, STEP_Y, GAP = 58, 40, 2
"""How far tiles stand apart, and what of that is left free, in units of the drawing."""
BANDS: Final = 4
_ROWS: Final = (
    ".. .. .. .. .. .. .. .. .. .. .. 01",
    ".. .. .. .. .. .. .. .. .. .. .. 02",
    ".. .. .. .. .. .. .. .. .. .. 05 03",
    ".. .. .. .. .. .. .. .. .. .. 06 04",
    ".. .. .. .. .. .. .. 17 16 15 07 ..",
    ".. .. 32 31 28 26 18 21 20 10 09 ..",
    ".. 35 34 33 27 25 24 23 19 11 08 ..",
    "41 40 .. .. 30 29 .. .. 22 14 13 12",
    "42 43 44 .. 38 37 .. .. .. .. .. ..",
    ".. 46 45 .. 39 36 .. .. .. .. .. ..",
    "47 .. .. .. .. .. .. .. .. .. .. ..",
)
"""The codes of the prefectures in their places; drawn for this page."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One prefecture.

    Attributes:
        count: of persons; None where it is kept back.
        band: how dark it is, 0 to 3; None where nobody lives there or where it is kept back.
        x, y: its corner, in units of the drawing.
    """

    code: str
    count: int | None
    band: int | None
    x: int
    y: int

    @property
    def middle(self) -> float:
        """Where its labels stand."""
        return self.x + (STEP_X - GAP) / 2


@dataclass(frozen=True, slots=True)
class TileMap:
    """All prefectures.

    Attributes:
        tiles: in the order of their codes.
        total: persons in all of them, those that are kept back included.
        width, height: of the drawing.
    """

    tiles: tuple[Tile, ...]
    total: int
    width: int = STEP_X * 12
    height: int = STEP_Y * 11

    @property
    def has_kept_back(self) -> bool:
        """Return whether any count is kept back."""
        return any(one.count is None for one in self.tiles)


def drawn_tiles(parts: Mapping[str, int]) -> TileMap:
    """Return the map of how many persons live in each prefecture; small counts are kept back, and enough others."""
    counts = {code: parts.get(code, 0) for code in prefectures()}
    hidden = kept_back_of(counts)
    most = max((count for code, count in counts.items() if code not in hidden), default=0)
    places = {code: (x, y) for y, row in enumerate(_ROWS) for x, code in enumerate(row.split())}
    tiles = []
    for code, count in counts.items():
        x, y = places[code]
        told = None if code in hidden else count
        band = min(BANDS - 1, told * BANDS // most) if told else None
        tiles.append(Tile(code, told, band, x * STEP_X, y * STEP_Y))
    return TileMap(tuple(tiles), sum(counts.values()))

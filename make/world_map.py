# ruff: noqa: INP001 - a script, no module
"""Draws src/tsunagu/web/world.json: the outline of each country, in the Equal Earth projection, as paths of an SVG.

Run it as `.venv/bin/python make/world_map.py countries-110m.json`, the file of the npm package world-atlas: borders
of Natural Earth, in the public domain, as TopoJSON.

Source of the projection: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", International Journal of
Geographical Information Science 33 (2019), equations 3 and 4.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.core import get_global

WORLD = Path(__file__).parents[1] / "src" / "tsunagu" / "web" / "world.json"
WIDTH, TOP = 1000, 245
"""Of the map; how far beneath its upper edge the equator lies."""
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
ANTARCTICA = "AQ"
HALF_THE_WORLD = 180
"""Degrees between two points of an outline that crosses the edge of the map."""


def projected(longitude: float, latitude: float) -> tuple[float, float]:
    """Return a place, in degrees, on a map whose half width is about 2.7."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    slope = 9 * A4 * theta**8 + 7 * A3 * theta**6 + 3 * A2 * theta**2 + A1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    return x, A4 * theta**9 + A3 * theta**7 + A2 * theta**3 + A1 * theta


def arcs_of(topology: Any) -> list[list[tuple[float, float]]]:
    """Return the lines of a topology, which are kept as whole steps from point to point."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * scale_x + move_x, y * scale_y + move_y))
        found.append(line)
    return found


def ring(numbers: Iterable[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Return one outline, put together of lines; a negative number stands for one that is followed backwards."""
    points: list[tuple[float, float]] = []
    for number in numbers:
        line = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += line[1:] if points else line
    return points


def drawn(points: list[tuple[float, float]], scale: float) -> Iterator[str]:
    """Yield an outline as a path in whole steps; what lies on both sides of the map's edge, in a piece for each."""
    crossed = (at for at in range(1, len(points)) if abs(points[at][0] - points[at - 1][0]) > HALF_THE_WORLD)
    first = next(crossed, 0)
    if first:  # begun at the edge, so that each piece is closed along it
        points = points[first:] + points[1:first]
    half, before, letter, last = WIDTH / 2, points[0][0], "M", ""
    for longitude, latitude in points:
        if abs(longitude - before) > HALF_THE_WORLD:
            letter = "M"
        x, y = projected(longitude, latitude)
        place = f"{half + x * scale:.0f} {TOP - y * scale:.0f}"
        if letter == "M" or place != last:
            yield letter + place
        before, letter, last = longitude, "L", place
    yield "Z"


def main(path: str) -> None:
    """Write the paths of all countries that have a code of two letters."""
    topology = json.loads(Path(path).read_text(encoding="utf-8"))
    arcs, codes = arcs_of(topology), get_global("territory_aliases")
    scale = WIDTH / 2 / projected(180, 0)[0]
    world: dict[str, str] = {}
    for one in topology["objects"]["countries"]["geometries"]:
        code = (codes.get(one.get("id", "")) or [""])[0]
        if not code or code == ANTARCTICA:
            continue
        polygons = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
        lines = ("".join(drawn(ring(outline, arcs), scale)) for polygon in polygons for outline in polygon)
        world[code] = world.get(code, "") + "".join(lines)
    WORLD.write_text(json.dumps(dict(sorted(world.items())), indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Shared stretches of two recordings, as rectangles in a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tsunagu.domain.hit import Stretch

WIDTH = 600.0
"""Units across the drawing; both recordings have one scale."""
LEAST_WIDTH = 2.0


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch in the drawing.

    Attributes:
        a_x, b_x: where it begins in the officer's own recording and in the other one, 0 to `WIDTH`.
        width: at least `LEAST_WIDTH`.
    """

    stretch: Stretch
    a_x: float
    b_x: float
    width: float


@dataclass(frozen=True, slots=True)
class Timelines:
    """The drawing of one hit.

    Attributes:
        seconds: how long the scale is: to the end of the last stretch of either recording.
    """

    seconds: float
    blocks: tuple[Block, ...]


def drawn(stretches: Sequence[Stretch]) -> Timelines | None:
    """Return the drawing of shared stretches; None where there are none, as for pictures."""
    if not stretches:
        return None
    seconds = max(max(one.a_to_s, one.b_to_s) for one in stretches)
    scale = WIDTH / seconds if seconds else 0.0
    return Timelines(
        seconds,
        tuple(
            Block(
                one, one.a_from_s * scale, one.b_from_s * scale, max((one.a_to_s - one.a_from_s) * scale, LEAST_WIDTH)
            )
            for one in stretches
        ),
    )

"""Statisticians of two agencies, and figures that one of them has frozen."""

from __future__ import annotations

from typing import Any

from tsunagu.domain.figure import FigureStatus
from tsunagu.domain.permission import Permission, Role
from tsunagu.services.figures.own_figures import freeze_figures

from .world import Person, World

YEAR, NO_YEAR = 2019, 2018
"""Of which figures were frozen, and of which never; what doors freeze is of other years."""
BY_COMMAND, BY_PAGE = 2020, 2021


def freeze_a_year(world: World, administrator: Person, elsewhere: Person) -> tuple[tuple[Person, Person], str]:
    """Let an agency, and another one, have a statistician, and that of the first have frozen a year; return which."""
    own = world.enroll(administrator, Role.STATISTICIAN)
    made = freeze_figures(actor=own.actor, year=YEAR, status=FigureStatus.FINAL, **world.parts)
    return (own, world.enroll(elsewhere, Role.STATISTICIAN)), f"{made.year}/{made.known_on.isoformat()}"


WHO: dict[str, Any] = {"entitled": "stella", "strangers": ("sten",), "unfit": ("carl", "adam", "audra")}
DOORS_TO_FIGURES: tuple[dict[str, Any], ...] = (
    {
        "command": "statistics freeze",
        "arguments": ("--year", str(BY_COMMAND), "--status", "final"),
        "service": "freeze_figures",
        "permission": Permission.STATISTIC_FREEZE,
        **WHO,
    },
    {
        "command": "statistics vintages",
        "arguments": (),
        "service": "list_vintages",
        "permission": Permission.STATISTIC_READ,
        **WHO,
    },
    {
        "command": "statistics own",
        "arguments": ("{target}",),
        "service": "read_vintage",
        "permission": Permission.STATISTIC_READ,
        "target": "figures",
        **WHO,
    },
)
"""Commands about an agency's own figures; each field as `scene.Door` has it."""

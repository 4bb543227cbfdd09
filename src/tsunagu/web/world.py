"""The outline map of countries, shaded by what speaks for each. What has no code of ISO 3166-1 is not drawn."""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tsunagu.domain.assessment import CountryFinding

BANDS = (0.02, 0.1, 0.3, 0.6)
"""Where the next darker shade begins, as weights."""

MOST_DRAWN = 1024
"""Outlines that a process keeps as they are drawn; there are fewer countries than 200."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One country as the map draws it.

    Attributes:
        path: as SVG has it, on a map 1000 wide and 450 high.
        shade: the name of its class: `band0` to `band4` where something speaks for it, `excluded`, or empty.
        said: its code and weight, for who points at it.
    """

    path: str
    shade: str
    said: str


def world(findings: Iterable[CountryFinding]) -> list[Outline]:
    """Return the outlines of all countries; those that something speaks of come last, so that their edges show."""
    found = {one.weight.country: one for one in findings}
    outlines = [_outline(code, path, found.get(code)) for code, path in _paths().items()]
    return sorted(outlines, key=lambda one: bool(one.shade))


def drawn_world(findings: Iterable[CountryFinding]) -> SafeString:
    """Return the outlines as SVG has them: nearly all look the same whatever the findings are, and are kept so."""
    return mark_safe("".join(map(_drawn, world(findings))))  # noqa: S308 - each comes from `format_html`


@lru_cache(MOST_DRAWN)
def _drawn(one: Outline) -> SafeString:
    shade = format_html(' class="{}"', one.shade) if one.shade else ""
    return format_html('<path{} d="{}"><title>{}</title></path>', shade, one.path, one.said)


def _outline(code: str, path: str, finding: CountryFinding | None) -> Outline:
    if finding is None:
        return Outline(path, "", code)
    weight = finding.weight.weight
    shade = "excluded" if finding.excluded_by else f"band{bisect(BANDS, weight)}"
    return Outline(path, shade, f"{code} {weight:.3f}")


@cache
def _paths() -> dict[str, str]:
    paths: dict[str, str] = json.loads(files("tsunagu.web").joinpath("world.json").read_text(encoding="utf-8"))
    return paths

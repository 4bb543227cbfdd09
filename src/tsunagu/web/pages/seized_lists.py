"""Seized lists of a case: all of them, one with its funnel, and the rows that were refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tsunagu.domain.seized import ListStage, SeizedList
from tsunagu.services.seized import lists as service
from tsunagu.web.desk import ROWS_A_PAGE, parts_of
from tsunagu.web.desk import number as place
from tsunagu.web.prefecture_tiles import drawn_tiles

PARTS_SHOWN = frozenset({"refused", "prefecture-to-people", "prefecture-unknown", "pairs-settled"})
"""Stages whose parts stand beneath them; prefectures have a table of their own."""


@require_GET
def lists(request: HttpRequest, reference: str) -> HttpResponse:
    """List the seized lists of a case."""
    found = service.lists_of_case(reference=reference, **parts_of(request))
    return render(request, "web/seized_lists.html", {"case": found.case, "views": found.lists})


@require_GET
def one_list(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Show one list: its funnel, what is odd about it, and what waits for people."""
    view = service.view_list(reference=reference, number=number, **parts_of(request))
    stages = {one.stage: one for one in view.stages}
    context: dict[str, Any] = {"list": view.seized, "stages": [(one, _share(one), _parts(one)) for one in view.stages]}
    context |= {"oddities": _by_column(view.seized.oddities), "columns": _columns(view.seized)}
    if "prefecture" in stages:
        context["map"] = drawn_tiles(stages["prefecture"].parts)
    context |= {"waiting": stages.get("pairs-waiting"), "refused": stages["refused"].count}
    return render(request, "web/seized_list.html", context)


@require_GET
def refused(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """List the rows that were refused, where they stand and why."""
    after = place(request.GET.get("after", ""))
    rows = service.refused_of_list(
        reference=reference, number=number, after=after, most=ROWS_A_PAGE + 1, **parts_of(request)
    )
    page = rows[:ROWS_A_PAGE]
    following = page[-1].number if len(rows) > ROWS_A_PAGE else None
    context = {"reference": reference, "number": number, "rows": page, "after": after, "next": following}
    return render(request, "web/seized_refused.html", context)


def _share(stage: ListStage) -> str:
    """Return what part of its whole a stage is; nothing for a first one, or of nothing."""
    return f"{100 * stage.count / stage.whole:.1f} %" if stage.whole else ""


def _columns(one: SeizedList) -> list[tuple[str, str, str]]:
    """Return each column of a list, what it says, and its encoding."""
    says = {title: told.value for told, title in one.mapping.columns.items()}
    return [(title, says.get(title, ""), one.mapping.encodings.get(title, "")) for title in one.columns]


def _parts(stage: ListStage) -> list[tuple[str, int]]:
    return sorted(stage.parts.items(), key=lambda one: -one[1]) if stage.stage in PARTS_SHOWN else []


def _by_column(oddities: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Return column, oddity and how many cells; a title may hold a colon itself."""
    told = ((*title.rpartition(": ")[::2], count) for title, count in oddities.items())
    return sorted(((column, odd, count) for column, odd, count in told), key=lambda one: (one[0], -one[2]))

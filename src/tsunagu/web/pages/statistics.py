"""Statistics: the published national figures; and the agency's own, as they were frozen. No case is told of here."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from tsunagu.counting.breaks import BREAKS
from tsunagu.counting.grids import Arrangement, Grid, reference_grid
from tsunagu.counting.grids import chosen as chosen_figures
from tsunagu.counting.names import Language
from tsunagu.counting.own_grids import NOTES, breaks_of, own_grid, yearly_report
from tsunagu.counting.series import COLUMNS, list_funnel, national_series
from tsunagu.counting.suppression import Published
from tsunagu.counting.tables import Breakdown
from tsunagu.domain.errors import InputError
from tsunagu.domain.figure import FigureStatus
from tsunagu.exchange.typesetting import Typesetter
from tsunagu.exchange.yearly_report import report_pdf
from tsunagu.services.figures.own_figures import ReadVintage, freeze_figures, list_vintages, read_vintage
from tsunagu.web.charts import drawn_rows, drawn_series
from tsunagu.web.desk import chosen, day, number, parts_of

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Show years, or first half-years, and the funnel of the seized list; or give every figure out with its source."""
    kind = request.GET.get("as", "")
    if kind:
        if kind not in {"csv", "xlsx"}:
            raise InputError("there is no such choice")
        return _sent(reference_grid(chosen_figures(Arrangement.ALL), _language()), kind, "statistics-published")
    by_half = request.GET.get("by") == Arrangement.HALF_YEAR.value
    figures = _national_figures(Arrangement.HALF_YEAR if by_half else Arrangement.YEAR, get_language() or "")
    return render(request, "web/statistics.html", {"by_half": by_half, "figures": figures})


@cache
def _national_figures(arrangement: Arrangement, language: str) -> SafeString:
    """Return the charts and tables of the published figures, written once in each language that is active.

    They come with the program and are the same for everybody: nothing that an agency holds is among them.
    """
    del language  # which names the text that is kept: templates speak the active one
    rows = national_series(arrangement)
    context = {
        "columns": COLUMNS,
        "rows": rows,
        "charts": drawn_series(rows),
        "funnel": list_funnel(),
        "breaks": [one for one in BREAKS if any(one in row.breaks for row in rows)],
    }
    return render_to_string("web/national_figures.html", context)


UNREAD = "unread"
"""Where a session keeps, for the next page of a vintage, how many packages could not be read as it was frozen: no
address says it, for anybody may type one."""


@require_http_methods(["GET", "POST"])
def own_statistics(request: HttpRequest) -> HttpResponse:
    """List the vintages of the agency's own figures, or freeze one."""
    if request.method == "POST":
        year, status = number(request.POST.get("year", "")), chosen(FigureStatus, request.POST.get("status", ""))
        made = freeze_figures(year=year, status=status, **parts_of(request))
        address = reverse("vintage", args=(made.year, made.known_on.isoformat()))
        request.session[UNREAD] = [address, made.unread]
        return redirect(address)
    found = list_vintages(**parts_of(request))
    return render(request, "web/own_statistics.html", {"vintages": found, "statuses": list(FigureStatus)})


@require_GET
def vintage(request: HttpRequest, year: int, known_on: str) -> HttpResponse:
    """Show one vintage with its tables and charts; or give it out as CSV, as Excel or as the yearly report."""
    kind = request.GET.get("as", "")
    if kind and kind not in _TYPES:
        raise InputError("there is no such choice")
    typesetter = Typesetter() if kind == "pdf" else None  # what is missing is told before
    read = read_vintage(year=year, known_on=day(known_on), **parts_of(request))
    if kind:
        return _file(read, kind, typesetter)
    about, unread = request.session.pop(UNREAD, ("", 0))
    context = {
        "vintage": read.vintage,
        "tables": [(one, drawn_rows(one), _rows(one)) for one in read.vintage.tables],
        "notes": [f"note:{one}" for one in NOTES],
        "breaks": breaks_of(year),
        "unread": unread if about == request.path else 0,
    }
    return render(request, "web/vintage.html", context)


def _file(read: ReadVintage, kind: str, typesetter: Typesetter | None) -> HttpResponse:
    language, made, agency = _language(), read.vintage, read.agency
    called = f"statistics-{made.year}-{made.known_on.isoformat()}"
    if typesetter is None:
        return _sent(own_grid(made, language), kind, called)
    name = agency.local_name if language is Language.JAPANESE and agency.local_name else agency.name
    content = report_pdf(yearly_report(made, name, language), typesetter, known_on=made.known_on)
    return _answer(content, kind, called)


def _sent(grid: Grid, kind: str, called: str) -> HttpResponse:
    from tsunagu.counting.export import csv_bytes, excel_bytes  # noqa: PLC0415 - loads NumPy with what writes Excel

    return _answer((csv_bytes if kind == "csv" else excel_bytes)(grid), kind, called)


def _answer(content: bytes, kind: str, called: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=_TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{called}-{_language().value}.{kind}"'
    return answer


def _language() -> Language:
    return Language.JAPANESE if (get_language() or "").startswith(Language.JAPANESE.value) else Language.ENGLISH


def _rows(table: Published) -> list[dict[str, Any]]:
    """Return the rows of a table, the total last, each with its name's code and its cells; None is kept back."""
    by_force = table.heading.breakdown is Breakdown.FORCE
    columns = range(len(table.counts.periods))
    named = [(f"force:{row}" if by_force else row, row) for row in table.counts.names]
    return [
        {"code": code, "cells": [table.cell(row, column) for column in columns], "is_total": row is None}
        for code, row in (*named, ("word:total", None))
    ]

"""Statistics: the published national figures, as charts and tables. Nothing of any case is counted here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tsunagu.counting.breaks import BREAKS
from tsunagu.counting.grids import Arrangement
from tsunagu.counting.series import COLUMNS, list_funnel, national_series
from tsunagu.web.charts import drawn_series


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """Show years, or first half-years, and the funnel of the seized list."""
    by_half = request.GET.get("by") == Arrangement.HALF_YEAR.value
    rows = national_series(Arrangement.HALF_YEAR if by_half else Arrangement.YEAR)
    context = {
        "by_half": by_half,
        "columns": COLUMNS,
        "rows": rows,
        "charts": drawn_series(rows),
        "funnel": list_funnel(),
        "breaks": [one for one in BREAKS if any(one in row.breaks for row in rows)],
    }
    return render(request, "web/statistics.html", context)

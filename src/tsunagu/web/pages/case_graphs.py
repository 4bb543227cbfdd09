"""What hangs together with a case, as a drawing and as a table that says the same."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tsunagu.services.cases.graph import view_case_graph
from tsunagu.web.case_graphs import BOX_HEIGHT, BOX_WIDTH, drawn, path_of
from tsunagu.web.desk import parts_of


@require_GET
def graph(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the graph of a case."""
    found = view_case_graph(reference=reference, **parts_of(request))
    rows = [(tie, path_of(tie.one), path_of(tie.other)) for tie in found.ties]
    context = {"reference": reference, "graph": found, "rows": rows, "drawing": drawn(found)}
    return render(request, "web/case_graph.html", context | {"width": BOX_WIDTH, "height": BOX_HEIGHT})

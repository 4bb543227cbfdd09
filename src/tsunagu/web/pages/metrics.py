"""`/metrics`, in the text format of Prometheus, for whoever has the token; for everybody else it is not there."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse

from tsunagu.services.upkeep.measures import Measure
from tsunagu.web.middleware.measuring import counts
from tsunagu.web.rooms import measured, now

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SCHEME = "Bearer "


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Show what is measured. Without a token in the settings, or with another one, answer as where nothing is."""
    token, measures = measured()
    shown = request.headers.get("Authorization", "")
    if token is None or not secrets.compare_digest(shown.encode(), f"{SCHEME}{token}".encode()):
        raise Http404
    found = (*counts.measures(), *measures(now()))
    return HttpResponse("".join(_lines(found)), content_type=CONTENT_TYPE)


def _lines(measures: Iterable[Measure]) -> Iterator[str]:
    for one in measures:
        yield f"# HELP {one.name} {one.meaning}\n# TYPE {one.name} {one.kind}\n"
        for sample in one.samples:
            labels = ",".join(f'{name}="{label}"' for name, label in sample.labels.items())
            yield f"{one.name}{sample.suffix}{'{' + labels + '}' if labels else ''} {sample.value:.15g}\n"

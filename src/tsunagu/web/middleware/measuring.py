"""Requests counted by the name of their page: how many, with which status, how long. Nothing of who or what."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tsunagu.services.measures import Measure, Sample

BOUNDS_S = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SILENT_ROUTES = {"overlaps/<": "overlap", "alerts/<": "alert"}


class RequestCounts:
    """Counts the requests of this process since it began."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._answered: Counter[tuple[str, int]] = Counter()
        self._within: dict[str, list[int]] = {}
        self._took_s: dict[str, float] = {}

    def add(self, page: str, status: int, took_s: float) -> None:
        """Count one request."""
        with self._lock:
            self._answered[page, status] += 1
            self._within.setdefault(page, [0] * (len(BOUNDS_S) + 1))[bisect_left(BOUNDS_S, took_s)] += 1
            self._took_s[page] = self._took_s.get(page, 0.0) + took_s

    def measures(self) -> tuple[Measure, Measure]:
        """Return the counts, by page and status, and the times, by page."""
        with self._lock:
            answered = tuple(
                Sample(count, {"page": page, "status": str(status)})
                for (page, status), count in sorted(self._answered.items())
            )
            times = [one for page, within in sorted(self._within.items()) for one in self._times_of(page, within)]
        return (
            Measure("tsunagu_requests_total", "counter", "Requests by page and status.", answered),
            Measure("tsunagu_request_seconds", "histogram", "How long answers took.", tuple(times)),
        )

    def _times_of(self, page: str, within: list[int]) -> list[Sample]:
        samples: list[Sample] = []
        total = 0
        for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), within, strict=True):
            total += count
            samples.append(Sample(total, {"page": page, "le": bound}, "_bucket"))
        samples.append(Sample(self._took_s[page], {"page": page}, "_sum"))
        samples.append(Sample(total, {"page": page}, "_count"))
        return samples


counts = RequestCounts()


class MeasuringMiddleware:
    """Counts each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Stand before `get_response`."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and count."""
        begun = time.monotonic()
        response = self._get_response(request)
        counts.add(page_of(request), response.status_code, time.monotonic() - begun)
        return response


def page_of(request: HttpRequest) -> str:
    """Return the name of the page that was asked for.

    Deeds on one overlap, or on one alert, count as that page: when a held notice was released, something shared, or an
    alert answered, is nobody's business who watches over machines.
    """
    match = request.resolver_match
    if match is None:
        return "static" if request.path.startswith(settings.STATIC_URL) else "none"
    silent = (page for route, page in SILENT_ROUTES.items() if match.route.startswith(route))
    return next(silent, match.view_name)

"""Requests counted by the name of their page: how many, with which status, how long. Nothing of who or what."""

from __future__ import annotations

import json
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tsunagu.services.upkeep.measures import Measure, Sample

BOUNDS_S = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SHARED_EVERY_S = 1.0
UNFINISHED = ".new"
SILENT_ROUTES = {"overlaps/<": "overlap", "alerts/<": "alert"}


@dataclass
class _Totals:
    """What was counted: requests by page and status, by page and how long they took at most, and their seconds."""

    answered: Counter[tuple[str, int]] = field(default_factory=Counter)
    within: dict[str, list[int]] = field(default_factory=dict)
    took_s: dict[str, float] = field(default_factory=dict)

    def add(self, page: str, status: int, took_s: float) -> None:
        self.answered[page, status] += 1
        self.within.setdefault(page, [0] * (len(BOUNDS_S) + 1))[bisect_left(BOUNDS_S, took_s)] += 1
        self.took_s[page] = self.took_s.get(page, 0.0) + took_s

    def add_all(self, other: _Totals) -> None:
        self.answered.update(other.answered)
        for page, within in other.within.items():
            self.took_s[page] = self.took_s.get(page, 0.0) + other.took_s[page]
            self.within[page] = [a + b for a, b in zip(self.within.get(page, [0] * len(within)), within, strict=True)]

    def as_json(self) -> str:
        return json.dumps([[[*key, n] for key, n in self.answered.items()], self.within, self.took_s])

    @classmethod
    def of_json(cls, text: str) -> _Totals:
        answered, within, took_s = json.loads(text)
        return cls(Counter({(page, status): n for page, status, n in answered}), within, took_s)


class RequestCounts:
    """Counts the requests of this process since it began, and tells those of all processes that answer beside it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._own = _Totals()
        self._file: Path | None = None

    def add(self, page: str, status: int, took_s: float) -> None:
        """Count one request."""
        with self._lock:
            self._own.add(page, status, took_s)

    def share(self, folder: Path) -> None:
        """Write down in a folder, every second, what was counted here, and tell from now on what all have there.

        What a process had counted that is gone stays counted, as long as the folder stands.

        Args:
            folder: of one run of the server, for all processes that answer.
        """
        self._file = folder / uuid4().hex  # a number of a process comes again once it has ended
        threading.Thread(target=self._write, args=(self._file,), name="counts", daemon=True).start()

    def _write(self, file: Path) -> None:
        written, unfinished = "", file.with_suffix(UNFINISHED)
        while True:
            with self._lock:
                text = self._own.as_json()
            if text != written:
                with suppress(OSError):  # a full disk; or the server has ended and its folder with it
                    unfinished.write_text(text, encoding="utf-8")
                    unfinished.replace(file)
                    written = text
            time.sleep(SHARED_EVERY_S)

    def measures(self) -> tuple[Measure, Measure]:
        """Return the counts, by page and status, and the times, by page; of other processes as of a second ago."""
        total = _Totals()
        with self._lock:
            total.add_all(self._own)
        written = () if self._file is None else self._file.parent.iterdir()
        for one in written:
            if one.suffix != UNFINISHED and one != self._file:
                total.add_all(_Totals.of_json(one.read_text(encoding="utf-8")))
        answered = tuple(
            Sample(count, {"page": page, "status": str(status)})
            for (page, status), count in sorted(total.answered.items())
        )
        times = [one for page in sorted(total.within) for one in _times_of(page, total)]
        return (
            Measure("tsunagu_requests_total", "counter", "Requests by page and status.", answered),
            Measure("tsunagu_request_seconds", "histogram", "How long answers took.", tuple(times)),
        )


def _times_of(page: str, totals: _Totals) -> Iterator[Sample]:
    total = 0
    for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), totals.within[page], strict=True):
        total += count
        yield Sample(total, {"page": page, "le": bound}, "_bucket")
    yield Sample(totals.took_s[page], {"page": page}, "_sum")
    yield Sample(total, {"page": page}, "_count")


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

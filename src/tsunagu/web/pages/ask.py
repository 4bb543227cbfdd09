"""The quick question: is this known to any bank that answers, whose is it, and whom to call?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import TYPES, Query
from tsunagu.domain.purpose import Purpose
from tsunagu.services.look_ups.asked_files import begin_to_ask, look_up_file
from tsunagu.web.desk import Parts, actor_of, chosen, parts_of
from tsunagu.web.middleware.references import note_refusal
from tsunagu.web.rooms import rooms

if TYPE_CHECKING:
    from tsunagu.services.look_ups.asking import LookedUp

MOST_FILE_BYTES = 32 << 20
"""A longer file is asked for by its digest: this one lies in memory until it has been answered."""
PIECE_BYTES = 1 << 20


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Show the question, or answer one by the digits of a digest or a fingerprint.

    What is asked for is posted, and kept on the page alone, also where it is refused.
    """
    begin_to_ask(**parts_of(request))
    context: dict[str, Any] = {"purposes": list(Purpose), "types": TYPES, "most_mb": MOST_FILE_BYTES >> 20}
    if request.method == "POST":
        context |= {name: request.POST.get(name, "").strip() for name in ("what", "type")}
        context["purpose"] = next((one for one in Purpose if one.value == request.POST.get("purpose")), None)
        try:
            context["answer"] = _answer(request, typed=context["what"], kind=context["type"])
        except InputError as error:
            context["refused"] = str(error)
            return render(request, "web/ask.html", context, status=note_refusal(request, error))
    return render(request, "web/ask.html", context)


def _answer(request: HttpRequest, *, typed: str, kind: str) -> dict[str, Any]:
    if not typed:
        raise InputError("choose a file, or type the digits of a digest or a fingerprint")
    purpose = chosen(Purpose, request.POST.get("purpose", ""))
    query = Query.of_hex(typed, kind) if kind else Query.of_digits(typed)
    from tsunagu.services.look_ups.asking import look_up  # noqa: PLC0415 - loads the kernels

    told = look_up(queries=[query], known=rooms().known(), **_asking(request, purpose))
    return _shown(told, query)


@require_http_methods(["PUT"])
def ask_file(request: HttpRequest) -> HttpResponse:
    """Answer for the file that is sent, decoded in a limited child. It touches no disk, and nothing of it is kept."""
    parts = _asking(request, chosen(Purpose, request.headers.get("x-purpose", "")))
    with _in_memory(request) as fd:
        examined, told = look_up_file(fd=fd, viewer=rooms().viewer, known=rooms().known(), **parts)
    return render(request, "web/ask_answer.html", {"answer": _shown(told, Query.of_file(examined))})


def _asking(request: HttpRequest, purpose: Purpose) -> Parts:
    parts = parts_of(request)
    parts["actor"] = actor_of(request, purpose.value)
    return parts


def _shown(told: LookedUp, query: Query) -> dict[str, Any]:
    return {"hits": told.answers[0].known, "index": told.index_version, "is_near_told": bool(query.pdq)}


@contextmanager
def _in_memory(request: HttpRequest) -> Iterator[int]:
    """Give the body of a request as an open file that has no name.

    Entering raises:
        InputError: it is longer than `MOST_FILE_BYTES`.
    """
    fd = os.memfd_create("asked", os.MFD_CLOEXEC)
    try:
        size = 0
        while piece := request.read(PIECE_BYTES):
            size += len(piece)
            if size > MOST_FILE_BYTES:
                raise InputError("this file is too long to be asked for here: ask for its digest")
            os.write(fd, piece)
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)

"""A seized list on its way into a case: looked at as often as is wanted, then sealed and read, then compared."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from typing import Any, BinaryIO

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tsunagu.domain.errors import InputError
from tsunagu.domain.seized import ListField, ListMapping
from tsunagu.exchange.seized.encodings import Encoding
from tsunagu.services.seized import asking as seized_asking
from tsunagu.services.seized import saved_mappings
from tsunagu.web.desk import chosen, parts_of, whole
from tsunagu.web.rooms import rooms

MOST_FILE_BYTES = 32 << 20
"""A longer list is brought in by the command: this one lies in memory, and its officer waits before the page."""
MOST_TOLD_BYTES = 1 << 18
PIECE_BYTES = 1 << 20
MOST_NUMBER = 10**6
CALENDARS = {"": None, "1900": False, "1904": True}
DELIMITERS = {"": "", "comma": ",", "semicolon": ";", "tab": "\t"}
SAVED = "saved "
"""What stands before the name of a mapping that the officer keeps, where a list might stand."""
NO_MAPPING = "this is no mapping of a list"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as the page sends it, with what the officer says of it.

    Attributes:
        told: his choices, as JSON has them.
        stream: the file, in memory, from its first byte.
    """

    told: dict[str, Any]
    stream: BinaryIO


@require_GET
def new(request: HttpRequest, reference: str) -> HttpResponse:
    """Offer to bring a list into a case."""
    from tsunagu.services.seized import bringing as seized_bringing  # noqa: PLC0415 - loads NumPy

    found = seized_bringing.lists_to_read_like(reference=reference, **parts_of(request))
    kept = saved_mappings.list_mappings(**parts_of(request))
    context = {
        "case": found.case,
        "views": found.lists,
        "kept": kept,
        "most_mb": MOST_FILE_BYTES >> 20,
        "most": MOST_FILE_BYTES,
    }
    return render(request, "web/seized_new.html", context)


@require_http_methods(["PUT"])
def preview(request: HttpRequest, reference: str) -> HttpResponse:
    """Show how the file that is sent begins, and how it would be read. It touches no disk; nothing of it is kept."""
    from tsunagu.services.seized import bringing as seized_bringing  # noqa: PLC0415 - loads NumPy

    with _sent(request) as sent:
        mapping = _mapping(sent.told)
        if like := sent.told.get("like"):
            mapping = _like(request, str(like), mapping)
        if save_as := str(sent.told.get("save_as", "")).strip():
            saved_mappings.save_mapping(name=save_as, mapping=mapping, **parts_of(request))
        found = seized_bringing.preview_seized(
            reference=reference, stream=sent.stream, mapping=mapping, readers=rooms().tables, **parts_of(request)
        )
    delimiter = {char: name for name, char in DELIMITERS.items()}.get(found.mapping.delimiter, "")
    calendar = {value: name for name, value in CALENDARS.items()}[found.mapping.is_1904]
    context = {"preview": found, "delimiter": delimiter, "delimiters": list(DELIMITERS), "calendar": calendar}
    context |= {"calendars": list(CALENDARS), "fields": list(ListField), "encodings": list(Encoding), "saved": save_as}
    return render(request, "web/seized_preview.html", context)


@require_http_methods(["PUT"])
def bring_in(request: HttpRequest, reference: str) -> HttpResponse:
    """Seal the file that is sent, keep its rows as the officer has said, and have them compared by a worker."""
    from tsunagu.services.seized.imports import OfferedFileOfRows, import_seized  # noqa: PLC0415 - loads NumPy

    with _sent(request) as sent:
        mapping = _mapping(sent.told)
        if not mapping.columns:
            raise InputError("say of one column at least what it says")
        name, exhibit = str(sent.told.get("name", "")), str(sent.told.get("exhibit", ""))
        offered = OfferedFileOfRows(sent.stream, name[:200], mapping, exhibit or None)
        done = import_seized(reference=reference, offered=offered, readers=rooms().tables, **parts_of(request))
    number = done.seized.number
    seized_asking.ask_to_resolve(reference=reference, number=number, queue=rooms().queue, **parts_of(request))
    return JsonResponse({"list": reverse("case_list", args=[reference, number])}, status=HTTPStatus.CREATED)


@require_POST
def mapping(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep a mapping of the officer's no more."""
    saved_mappings.delete_mapping(name=request.POST.get("name", ""), **parts_of(request))
    return redirect("case_list_new", reference)


@require_POST
def compare(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Have the rows of a list compared by a worker."""
    seized_asking.ask_to_resolve(reference=reference, number=number, queue=rooms().queue, **parts_of(request))
    return redirect("case_list", reference, number)


@require_GET
def state(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Let the page of a list be shown anew once its rows have been compared; it asks until then."""
    if seized_asking.is_being_compared(reference=reference, number=number, **parts_of(request)):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    response = HttpResponse()
    response["HX-Refresh"] = "true"
    return response


@contextmanager
def _sent(request: HttpRequest) -> Iterator[Sent]:
    """Give what a page sends: a line of JSON, and behind it the file.

    Entering raises:
        InputError: the line is none, or the file is longer than `MOST_FILE_BYTES`.
    """
    fd = os.memfd_create("seized", os.MFD_CLOEXEC)
    with os.fdopen(fd, "w+b") as kept:
        line, rest = _line(request)
        size = 0
        for piece in chain((rest,), iter(lambda: request.read(PIECE_BYTES), b"")):
            size += len(piece)
            if size > MOST_FILE_BYTES:
                raise InputError("this list is too long for the page: bring it in by the command `tsunagu list import`")
            kept.write(piece)
        kept.seek(0)
        try:
            told = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(NO_MAPPING) from error
        if not isinstance(told, dict):
            raise InputError(NO_MAPPING)
        yield Sent(told, kept)


def _line(request: HttpRequest) -> tuple[bytes, bytes]:
    """Return the first line of a request's body, and what was read behind it."""
    read = b""
    while b"\n" not in read:
        piece = request.read(PIECE_BYTES)
        if not piece or len(read) > MOST_TOLD_BYTES:
            raise InputError(NO_MAPPING)
        read += piece
    line, _, rest = read.partition(b"\n")
    return line, rest


def _mapping(told: dict[str, Any]) -> ListMapping:
    """Return the mapping that an officer has put together; without any column before his first look.

    Raises:
        InputError: it is none, or two columns say the same.
    """
    columns: dict[ListField, str] = {}
    encodings: dict[str, str] = {}
    try:
        for title, field, encoding in told.get("columns", ()):
            if field and columns.setdefault(chosen(ListField, field), str(title)) != title:
                raise InputError("two columns cannot say the same: choose one of them")
            if encoding:
                encodings[str(title)] = str(encoding)
        delimiter, is_1904 = DELIMITERS[told.get("delimiter", "")], CALENDARS[told.get("calendar", "")]
    except (TypeError, ValueError, KeyError) as error:
        raise InputError(NO_MAPPING) from error
    return ListMapping(
        columns, delimiter=delimiter, encodings=encodings, table=str(told.get("table", "")), is_1904=is_1904
    )


def _like(request: HttpRequest, named: str, mapping: ListMapping) -> ListMapping:
    """Return a mapping with the columns of another list, named by its number and its case, or of one that he keeps."""
    if named.startswith(SAVED):
        return saved_mappings.saved_mapping(name=named.removeprefix(SAVED), **parts_of(request))
    from tsunagu.services.seized import bringing as seized_bringing  # noqa: PLC0415 - loads NumPy

    number, _, reference = named.partition(" ")
    read = seized_bringing.mapping_of_list(
        reference=reference, number=whole(number, most=MOST_NUMBER), **parts_of(request)
    )
    return ListMapping(read.columns, encodings={}, table=mapping.table, is_1904=read.is_1904)

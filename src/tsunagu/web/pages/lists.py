"""Lists on their way into a bank: uploaded in chunks, seen on their way, given up."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tsunagu.domain.incoming_list import OfferedList
from tsunagu.services.banks.category_tables import told_tables
from tsunagu.services.intake import list_uploads as service
from tsunagu.web.desk import parts_of, whole
from tsunagu.web.pages.banks import shown_bank
from tsunagu.web.pages.intakes import STOP_POLLING
from tsunagu.web.rooms import rooms
from tsunagu.web.uploading import held_after, held_files, offered_files

MOST_SIZE = 10**15


@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest, bank: str) -> HttpResponse:
    """Show how a bank's lists stand, asked by its page alone; or begin an upload, and say where its parts go.

    When none is on its way any more, what the lists have changed is shown anew with them.
    """
    if request.method == "POST":
        list_id = service.begin_list(bank=bank, offered=_offered(request), uploads=rooms().uploads, **parts_of(request))
        return JsonResponse({"files": reverse("list_files", args=[list_id])}, status=HTTPStatus.CREATED)
    if "HX-Request" not in request.headers:
        return redirect("bank", bank)
    found = service.list_progress(bank=bank, uploads=rooms().uploads, **parts_of(request))
    if any(not one.state.has_ended for one in found):
        context = {"name": bank, "lists": found, "under_way": True}
        return render(request, "web/bank_lists.html", context)
    return render(request, "web/bank_imported.html", shown_bank(request, bank), status=STOP_POLLING)


@require_POST
def offer(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Take the name and the size of the list, and say how much of it is held."""
    files = offered_files(request)
    return held_files([service.offer_list(list_id=list_id, files=files, uploads=rooms().uploads, **parts_of(request))])


@require_http_methods(["PUT"])
def chunk(request: HttpRequest, list_id: UUID, number: int, offset: int) -> HttpResponse:
    """Take the next bytes of the list, and say how many are held now; also when they were not the next ones."""
    return held_after(
        lambda: service.add_list_chunk(
            list_id=list_id,
            number=number,
            offset=offset,
            data=request.body,
            uploads=rooms().uploads,
            **parts_of(request),
        )
    )


@require_POST
def finish(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """End the upload: the list is imported from now on."""
    parts = rooms()
    bank = service.finish_list(list_id=list_id, uploads=parts.uploads, queue=parts.queue, **parts_of(request))
    return redirect("bank", bank)


@require_POST
def stop(request: HttpRequest, list_id: UUID) -> HttpResponse:
    """Give up a list that is not being imported yet."""
    bank = service.stop_list(list_id=list_id, uploads=rooms().uploads, **parts_of(request))
    return redirect("bank", bank)


def _offered(request: HttpRequest) -> OfferedList:
    sent = request.POST
    return OfferedList(
        sent.get("name", ""),
        whole(sent.get("size", ""), most=MOST_SIZE),
        sent.get("format", ""),
        sent.get("hex_is") or None,
        told_tables(sent.get("categories", "")),
    )

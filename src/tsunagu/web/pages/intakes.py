"""Intake: an exhibit's media come in through the browser, or from a watched folder of the server."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tsunagu.domain.errors import Unavailable
from tsunagu.domain.intake_run import IntakeState, IntakeSummary
from tsunagu.services.intake import intakes as service
from tsunagu.services.intake import uploads
from tsunagu.web.desk import ROWS_A_PAGE, number, parts_of
from tsunagu.web.rooms import rooms
from tsunagu.web.uploading import held_after, held_files, offered_files

STOP_POLLING = 286
"""What tells htmx that nothing more will come."""


@require_http_methods(["GET", "POST"])
def intake(request: HttpRequest, reference: str) -> HttpResponse:
    """Offer the ways in and list what came in so far; or begin an upload, and say where its parts go."""
    if request.method == "POST":
        begun = _uploading(request, reference, request.POST.get("exhibit", ""))
        where = reverse("intake_files", args=[begun.intake_id])
        return JsonResponse({"intake": str(begun.intake_id), "files": where}, status=HTTPStatus.CREATED)
    try:
        folders = service.watched_folders(watched=rooms().watched, **parts_of(request))
    except Unavailable:
        folders = None
    found = service.intakes_of(case_reference=reference, **parts_of(request))
    return render(
        request,
        "web/intake.html",
        {"reference": reference, "intakes": found, "folders": folders, "uploading": IntakeState.UPLOADING},
    )


@require_POST
def from_folder(request: HttpRequest, reference: str) -> HttpResponse:
    """Begin the intake of a watched folder."""
    begun = service.begin_folder_intake(
        case_reference=reference,
        exhibit_reference=request.POST.get("exhibit", ""),
        folder=request.POST.get("folder", ""),
        watched=rooms().watched,
        queue=rooms().queue,
        **parts_of(request),
    )
    return redirect("intake_run", begun.intake_id)


@require_POST
def offer(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Take names and sizes of files, and say for each its number and how much of it is held."""
    files = offered_files(request)
    held = uploads.offer_files(intake_id=intake_id, files=files, uploads=rooms().uploads, **parts_of(request))
    return held_files(list(held))


@require_http_methods(["PUT"])
def chunk(request: HttpRequest, intake_id: UUID, number: int, offset: int) -> HttpResponse:
    """Take the next bytes of a file, and say how many are held now; also when they were not the next ones."""
    return held_after(
        lambda: uploads.add_chunk(
            intake_id=intake_id,
            number=number,
            offset=offset,
            data=request.body,
            uploads=rooms().uploads,
            **parts_of(request),
        )
    )


@require_POST
def finish(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """End an upload: what came is brought into the exhibit from now on."""
    parts = rooms()
    uploads.finish_upload(intake_id=intake_id, uploads=parts.uploads, queue=parts.queue, **parts_of(request))
    return redirect("intake_run", intake_id)


@require_GET
def run(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Show how far an intake is; asked by the page itself, only that part of it."""
    progress = service.intake_progress(intake_id=intake_id, uploads=rooms().uploads, **parts_of(request))
    has_ended = progress.intake.state.has_ended
    context = {"progress": progress, "run": progress.intake, "has_ended": has_ended}
    if "HX-Request" not in request.headers:
        return render(request, "web/intake_run.html", context)
    return render(request, "web/intake_progress.html", context, status=STOP_POLLING if has_ended else HTTPStatus.OK)


@require_GET
def refused(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """List what was refused, with the reasons."""
    skip = number(request.GET.get("after", ""))
    places = service.refused_of(intake_id=intake_id, skip=skip, most=ROWS_A_PAGE, **parts_of(request))
    following = skip + ROWS_A_PAGE if places.has_more else None
    context = {"places": places, "intake_id": intake_id, "after": skip, "next": following}
    return render(request, "web/refused.html", context)


@require_POST
def stop(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Stop an intake; what was kept stays."""
    service.stop_intake(intake_id=intake_id, uploads=rooms().uploads, **parts_of(request))
    return redirect("intake_run", intake_id)


@require_POST
def again(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Let what was uploaded be examined again after that has failed."""
    parts = rooms()
    begun = service.run_intake_again(intake_id=intake_id, uploads=parts.uploads, queue=parts.queue, **parts_of(request))
    return redirect("intake_run", begun.intake_id)


def _uploading(request: HttpRequest, reference: str, exhibit: str) -> IntakeSummary:
    """Return the officer's own upload of this exhibit that is still under way, or a new one."""
    parts = parts_of(request)
    for one in service.intakes_of(case_reference=reference, **parts):
        is_mine = one.begun_by == parts["actor"].officer_id
        if is_mine and one.exhibit == exhibit and one.state is IntakeState.UPLOADING:
            return one
    return uploads.begin_upload(case_reference=reference, exhibit_reference=exhibit, **parts)

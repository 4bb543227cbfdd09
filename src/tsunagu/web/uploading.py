"""What every upload has in common at its addresses: files are offered by name and size, and come in chunks."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, JsonResponse

from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.intake_run import OfferedFile, UploadedFile


def offered_files(request: HttpRequest) -> list[OfferedFile]:
    """Return the files that a script offers.

    Raises:
        InputError: they are not told as they should be.
    """
    try:
        return [OfferedFile(str(one["name"]), int(one["size"])) for one in json.loads(request.body)]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("files are offered as a list of names and sizes") from error


def held_files(held: list[UploadedFile]) -> JsonResponse:
    """Say of each file its number and how much of it is held."""
    return JsonResponse({"files": [{"number": one.number, "held": one.held_bytes} for one in held]})


def held_after(add: Callable[[], int]) -> JsonResponse:
    """Add a chunk, and say how many bytes are held now; also when they were not the next ones."""
    try:
        return JsonResponse({"held": add()})
    except Conflict as error:
        if "held_bytes" not in error.details:
            raise
        return JsonResponse({"held": error.details["held_bytes"]}, status=HTTPStatus.CONFLICT)

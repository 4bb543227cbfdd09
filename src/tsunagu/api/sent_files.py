"""The one file that a request may bring: held in memory, bounded, and gone with the request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict

from tsunagu.domain.errors import InputError
from tsunagu.services.look_ups.asked_files import MOST_FILE_BYTES

_PIECE_BYTES = 1 << 16
_TOO_LARGE = f"a file that is asked about has at most {MOST_FILE_BYTES >> 20} MiB: ask for larger ones by their digests"


class InMemory(FileUploadHandler):
    """Keeps the files of a form in memory, so many bytes of them at most: none ever touches a disk."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._left = MOST_FILE_BYTES
        self._file: IO[bytes] | None = None

    def new_file(self, *given: Any, **more: Any) -> None:
        """Begin a file."""
        super().new_file(*given, **more)
        self._file = _memory()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece.

        Raises:
            RequestDataTooBig: it is too much.
        """
        del start
        self._left -= len(raw_data)
        if self._left < 0 or self._file is None:
            raise RequestDataTooBig(_TOO_LARGE)
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """Give the file back."""
        return UploadedFile(self._file, self.file_name, self.content_type, file_size)


@contextmanager
def sent_file(request: HttpRequest) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Give the file that a request brings, as a form's only file or as its whole body, until the block ends.

    Yields:
        The open file, the name of its field, empty where it is the body, and the other fields of the form.

    Entering raises:
        InputError: there is none, or more than one, or it is too large.
    """
    if request.content_type == "multipart/form-data":
        files, fields = _form(request)
        try:
            if len(files) != 1:
                raise InputError("a request asks about exactly one file")
            [(name, file)] = files
            file.seek(0)
            yield file.fileno(), name, fields
        finally:
            for _, one in files:
                one.close()
        return
    with _memory() as kept:
        left = MOST_FILE_BYTES
        while piece := request.read(_PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise InputError(_TOO_LARGE)
            kept.write(piece)
        kept.seek(0)
        yield kept.fileno(), "", {}


def _form(request: HttpRequest) -> tuple[list[tuple[str, Any]], dict[str, str]]:
    request.upload_handlers = [InMemory()]
    try:
        files: MultiValueDict[str, UploadedFile[Any]] = request.FILES
    except RequestDataTooBig as error:
        raise InputError(_TOO_LARGE) from error
    except MultiPartParserError as error:
        raise InputError("the form cannot be read") from error
    named = [(name, one) for name, many in files.lists() for one in many]
    return named, {name: str(value) for name, value in request.POST.items()}


def _memory() -> IO[bytes]:
    return os.fdopen(os.memfd_create("asked"), "w+b", buffering=0)

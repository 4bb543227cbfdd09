"""No page takes a file out of a form, only the digest of a document: uploads come as parts of their own, bounded."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

DOCUMENT: Final = "document"
"""The field that sends what a correspondent has written; the form goes on behind it."""


class NoFiles(FileUploadHandler):
    """Keeps nothing of a file, in memory or on the disk, and reads no form that is longer than a page could send.

    Of a document its SHA-256 is told, as if that were the file. Forms are read before it is known who sends them.
    """

    def __init__(self, request: Any = None) -> None:
        """Begin with no file."""
        super().__init__(request)
        self._digest = hashlib.sha256()

    def handle_raw_input(self, *given: Any, **_: Any) -> None:
        """Refuse a form that is too long before anything of it is read.

        Args:
            given: the stream, the headers, and how many bytes they announce, then what is of no matter here.

        Raises:
            RequestDataTooBig: it is.
        """
        if given[2] > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("a form is longer than any page sends")

    def new_file(self, field_name: str, *given: Any, **more: Any) -> None:
        """Begin with a document, and read no further where any other file begins.

        Raises:
            StopUpload: it is no document.
        """
        super().new_file(field_name, *given, **more)
        if field_name != DOCUMENT:
            raise StopUpload(connection_reset=True)
        self._digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's
        """Keep nothing but what the digest takes of it."""
        self._digest.update(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """Give the digest back in the document's place."""
        digest = BytesIO(self._digest.digest())
        return InMemoryUploadedFile(digest, DOCUMENT, DOCUMENT, None, file_size, None)

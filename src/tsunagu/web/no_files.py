"""No page takes a file out of a form: uploads come as parts of their own, each bounded."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class NoFiles(FileUploadHandler):
    """Keeps nothing of a file, in memory or on the disk, and reads no form that is longer than a page could send.

    Forms are read before it is known who sends them.
    """

    def handle_raw_input(self, *given: Any, **_: Any) -> None:
        """Refuse a form that is too long before anything of it is read.

        Args:
            given: the stream, the headers, and how many bytes they announce, then what is of no matter here.

        Raises:
            RequestDataTooBig: it is.
        """
        if given[2] > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("a form is longer than any page sends")

    def new_file(self, *_: Any, **__: Any) -> None:
        """Read no further where a file begins.

        Raises:
            StopUpload: always.
        """
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep nothing."""

    def file_complete(self, file_size: int) -> None:
        """Give nothing back."""

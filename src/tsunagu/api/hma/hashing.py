"""Signals of a file that a request brings, or names where that is allowed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tsunagu.api.hma.door import Request
from tsunagu.api.hma.shapes import CONTENTS, MD5, SIGNALS
from tsunagu.api.sent_files import sent_file
from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import PDQ
from tsunagu.domain.media import Examined

_OF = {"photo": (PDQ,), "video": ("video_md5",)}
"""What is made of each type of content, where a client does not say."""


def examined_file(request: Request) -> tuple[str, Examined]:
    """Return the type of the content that a request brings, and what it is known by.

    Raises:
        InputError: there is not exactly one file in a field that is called as its type is, or it cannot be fetched.
    """
    from tsunagu.services.look_ups.asked_files import examine_asked  # noqa: PLC0415 - loads the kernels

    with _file(request) as (fd, content):
        if content not in CONTENTS:
            raise InputError(f"the field of the file is called as its type is: {', '.join(CONTENTS)}")
        return content, examine_asked(fd=fd, viewer=request.rooms.viewer, **request.parts)


def signals_of(request: Request, content: str, examined: Examined) -> dict[str, str]:
    """Return the signals of a file that are asked for; a picture too plain to be searched has an empty one.

    Raises:
        InputError: a type is asked for that there is not, or the file is none of what it was said to be.
    """
    wanted = [one for one in request.params.get("types", "").split(",") if one] or _OF[content]
    if not set(wanted) <= set(SIGNALS):
        raise InputError(f"the types of signals: {', '.join(SIGNALS)}")
    if examined.digests is None or (PDQ in wanted and examined.pdq is None):
        raise InputError("this file cannot be read as what it was said to be")
    told = {}
    for kind in wanted:
        if kind in MD5:
            told[kind] = examined.digests.md5.hex()
        elif examined.pdq is not None:
            told[kind] = examined.pdq.data.hex() if examined.pdq.is_searchable else ""
    return told


def hashed(request: Request) -> dict[str, str]:
    """Return the signals of a file."""
    content, examined = examined_file(request)
    return signals_of(request, content, examined)


@contextmanager
def _file(request: Request) -> Iterator[tuple[int, str]]:
    url = request.params.get("url")
    if url is None:
        with sent_file(request.http) as (fd, name, _):
            yield fd, name
        return
    with os.fdopen(os.memfd_create("fetched"), "w+b", buffering=0) as kept:
        for piece in request.rooms.fetch(url):
            kept.write(piece)
        yield kept.fileno(), request.params.get("content_type", "")

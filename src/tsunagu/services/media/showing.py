"""An open content to a small picture: decoded in a limited child, encoded in memory."""

from __future__ import annotations

import os
from contextlib import closing
from itertools import islice
from typing import Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.media import MediaKind, MediaType
from tsunagu.domain.reveal import Shown
from tsunagu.media.eyes import MOST_FRAMES, MOST_SIDE, jpeg, sheet
from tsunagu.media.messages import Refused
from tsunagu.media.picture import Picture, TimedPicture
from tsunagu.media.probe import HEAD_BYTES, probe
from tsunagu.services.parts import Decoder

FRAMES_LOOKED_AT: Final = 36
"""Frames from the beginning of a video, one a second, among which those are chosen that are shown."""


def small_picture(fd: int, decoder: Decoder) -> Shown:
    """Return a picture in color, or of a video a few frames of its first half minute, in grey and as stored.

    Args:
        fd: the content, open for reading; its position is moved.
        decoder: the limited children.

    Raises:
        InputError: it is neither picture nor video, or cannot be decoded.
    """
    media_type = probe(os.pread(fd, HEAD_BYTES, 0))
    try:
        if media_type is not None and media_type.kind is MediaKind.PICTURE:
            return Shown(jpeg(decoder.decode_rgb(fd, media_type, max_side=MOST_SIDE).pixels))
        if media_type is not None and media_type.kind is MediaKind.VIDEO:
            return Shown(jpeg(sheet(_few_frames(fd, media_type, decoder))))
    except Refused as refused:
        raise InputError("the content cannot be decoded: it is not shown") from refused
    raise InputError("only pictures and videos can be shown")


def _few_frames(fd: int, media_type: MediaType, decoder: Decoder) -> list[Picture]:
    with closing(decoder.decode(fd, media_type)) as messages:
        pictures = (one.picture for one in messages if isinstance(one, TimedPicture))
        found = list(islice(pictures, FRAMES_LOOKED_AT))
    if not found:
        raise InputError("only pictures and videos can be shown")
    step = max(1, len(found) / MOST_FRAMES)
    return [found[int(number * step)] for number in range(min(MOST_FRAMES, len(found)))]

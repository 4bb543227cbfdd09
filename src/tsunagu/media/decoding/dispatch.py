"""One door for all decoders: an open file and its type in, messages out.

Runs inside the limited child: nothing here or beneath opens a file or imports a module once
`warm_up` has run, and no thread is started, but for one: libde265, which decodes HEIC, always
starts one worker thread of its own and fails without it. So the child must allow `clone` with
CLONE_THREAD (and answer ENOSYS to `clone3`, whose flags no filter can read); fork stays shut.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import BinaryIO, Final

import av

from tsunagu.domain.media import MediaKind, MediaType, Refusal
from tsunagu.media.decoding.archives import decode_archive
from tsunagu.media.decoding.pictures import decode_picture, decode_upright_rgb
from tsunagu.media.decoding.refusing import refusing
from tsunagu.media.decoding.videos import decode_timed
from tsunagu.media.decoding.warming import tiny_items
from tsunagu.media.messages import DecodeOptions, Message, Refused, RgbPicture

_WARM_SIDE: Final = 16


def decode(file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
    """Decode one item from its start.

    Args:
        file: open for reading, seekable, unread; stays open.
        media_type: what `probe` said of it; the content is tried as this type and no other.
        options: frames taken and bounds kept.

    Yields:
        Of pictures `MediaFacts`, then one `Picture`. Of videos and sounds `MediaFacts`, then
        `TimedPicture` in the order of time, mixed with `SoundChunk`. Of archives `MediaFacts`,
        then for each member `MemberStart` and `MemberData`, or `MemberRefused`.

    Raises:
        Refused: the content cannot be read, or not to its end, or passes a bound.
    """
    with refusing():
        if media_type.kind is MediaKind.PICTURE:
            yield from decode_picture(file, media_type, options)
        elif media_type.kind is MediaKind.ARCHIVE:
            yield from decode_archive(file, media_type, options)
        else:
            yield from decode_timed(file, media_type, options)


def decode_rgb(file: BinaryIO, media_type: MediaType, options: DecodeOptions, *, max_side: int) -> RgbPicture:
    """Decode one picture for eyes, shrunk so that no side is longer than `max_side` pixels, upright.

    Args:
        file: open for reading, seekable, unread; stays open.
        media_type: what `probe` said of it; of kind picture.
        options: only `max_pixels` matters.
        max_side: longest side of the answer in pixels, at least 1.

    Raises:
        Refused: the content cannot be read or passes a bound; UNKNOWN_TYPE when it is no picture.
    """
    if media_type.kind is not MediaKind.PICTURE:
        raise Refused(Refusal.UNKNOWN_TYPE)
    return decode_upright_rgb(file, media_type, options, max_side)


def warm_up() -> None:
    """Decode a tiny item of every format, so that nothing needs opening or importing once the doors are closed.

    Takes about half a second and leaves no thread behind. To be called before the limits are set, best in the
    process that children are forked from.

    Raises:
        Refused: a library does not read what it has just written; the installation is broken.
    """
    for module in pkgutil.walk_packages(av.__path__, "av."):
        # A stream of a kind that no tiny item has would have its class imported on first sight: too late.
        if module.name != "av.__main__":
            import_module(module.name)
    options = DecodeOptions()
    for media_type, item in tiny_items():
        for _ in decode(item, media_type, options):
            pass
        if media_type.kind is MediaKind.PICTURE:
            item.seek(0)
            decode_rgb(item, media_type, options, max_side=_WARM_SIDE)

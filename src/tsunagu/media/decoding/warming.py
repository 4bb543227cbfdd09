"""Makes one tiny item of each format in memory, for decoders to be exercised on before the doors close."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final, cast

import av
import numpy as np
from av.codec.codec import UnknownCodecError
from PIL import ExifTags, Image

from tsunagu.domain.media import MediaType

_PICTURES: Final[tuple[tuple[MediaType, str, str, dict[str, Any]], ...]] = (
    (MediaType.JPEG, "JPEG", "RGB", {}),
    (MediaType.JPEG, "JPEG", "CMYK", {}),
    (MediaType.PNG, "PNG", "P", {}),
    (MediaType.PNG, "PNG", "I;16", {}),
    (MediaType.GIF, "GIF", "P", {}),
    (MediaType.WEBP, "WEBP", "RGB", {}),
    (MediaType.TIFF, "TIFF", "RGB", {"compression": "tiff_lzw"}),
    (MediaType.TIFF, "TIFF", "RGB", {"compression": "jpeg"}),
    (MediaType.TIFF, "TIFF", "1", {}),
    (MediaType.BMP, "BMP", "RGB", {}),
    (MediaType.HEIC, "HEIF", "RGB", {}),
    (MediaType.AVIF, "AVIF", "RGB", {"max_threads": 1}),
)
_TIMED: Final = (
    (MediaType.MP4, "mp4", "libx264", "aac"),
    (MediaType.WEBM, "webm", "libvpx-vp9", "libopus"),
    (MediaType.MATROSKA, "matroska", "mjpeg", "flac"),
    (MediaType.AVI, "avi", "mpeg4", "libmp3lame"),
    (MediaType.MPEG_TS, "mpegts", "mpeg2video", "ac3"),
    (MediaType.OGG, "ogg", None, "libopus"),
    (MediaType.WAV, "wav", None, "pcm_s16le"),
    (MediaType.FLAC, "flac", None, "flac"),
    (MediaType.MP3, "mp3", None, "libmp3lame"),
    (MediaType.AAC, "adts", None, "aac"),
)
_SIDE: Final = 64
_RATE_HZ: Final = 48_000


def tiny_items() -> Iterator[tuple[MediaType, io.BytesIO]]:
    """Yield one small valid item of each format that the libraries at hand can write, a plain gradient each."""
    yield from _pictures()
    for media_type, container, video, sound in _TIMED:
        item = io.BytesIO()
        try:
            _write_timed(item, container, video, sound)
        except UnknownCodecError:
            continue
        item.seek(0)
        yield media_type, item
    yield from _archives()


def _pictures() -> Iterator[tuple[MediaType, io.BytesIO]]:
    """Yield the pictures, each with EXIF where the format has it."""
    gradient = Image.linear_gradient("L").resize((_SIDE, _SIDE))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "warm"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2000:01:01 00:00:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (0.0, 0.0, 0.0)
    for media_type, name, mode, extra in _PICTURES:
        item = io.BytesIO()
        drawn = gradient.convert("I").convert(mode) if mode == "I;16" else gradient.convert(mode)
        tagged = {} if name in {"GIF", "BMP", "TIFF"} else {"exif": exif.tobytes()}
        drawn.save(item, name, **tagged, **extra)
        item.seek(0)
        yield media_type, item


def _write_timed(item: io.BytesIO, container: str, video: str | None, sound: str) -> None:
    """Write two frames and a tenth of a second of sound.

    Raises:
        UnknownCodecError: libav was built without one of the encoders.
    """
    with av.open(item, "w", format=container) as output:
        seen = None if video is None else output.add_stream(video, rate=25)
        heard = cast("av.AudioStream", output.add_stream(sound, rate=_RATE_HZ))
        heard.codec_context.thread_count = 1
        if isinstance(seen, av.VideoStream):
            seen.width = seen.height = _SIDE
            seen.pix_fmt = "yuvj420p" if video == "mjpeg" else "yuv420p"
            seen.codec_context.thread_count = 1
            for number in range(2):
                frame = av.VideoFrame.from_ndarray(np.full((_SIDE, _SIDE, 3), 90 * number, np.uint8), "rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 25)
                output.mux(seen.encode(frame))
            output.mux(seen.encode(None))
        quiet = av.AudioFrame.from_ndarray(np.zeros((1, _RATE_HZ // 5), np.int16), "s16", "stereo")
        quiet.sample_rate, quiet.pts, quiet.time_base = _RATE_HZ, 0, Fraction(1, _RATE_HZ)
        output.mux(heard.encode(quiet))
        output.mux(heard.encode(None))


def _archives() -> Iterator[tuple[MediaType, io.BytesIO]]:
    """Yield a ZIP with every compression, and a TAR."""
    item = io.BytesIO()
    with zipfile.ZipFile(item, "w") as archive:
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            archive.writestr(f"{method}", bytes(_SIDE), compress_type=method)
    item.seek(0)
    yield MediaType.ZIP, item
    item = io.BytesIO()
    with tarfile.open(fileobj=item, mode="w") as tape:
        entry = tarfile.TarInfo("one")
        entry.size = _SIDE
        tape.addfile(entry, io.BytesIO(bytes(_SIDE)))
    item.seek(0)
    yield MediaType.TAR, item

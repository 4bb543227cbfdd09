"""Files that lie, explode or break off, all drawn by code."""

from __future__ import annotations

import contextlib
import io
import os
import random
import socket
import stat
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from tsunagu.media.decoding.warming import tiny_items

Expected = dict[bytes, frozenset[str | None]]
"""What each place may come to, by path from the folder: reasons for a refusal, None for none."""

BAD_NAMES = (
    b"broken-\xff\xfe.jpg",
    b"two\nlines\r\x1b[2J\x1b]0;owned\x07.jpg",
    b"[bold red]markup[link=x].jpg",
    "separators \u2028\u2029\x85\x9b31m\u202egpj.jpg".encode(),
    "\u5199\u771f.jpg".encode(),
)
FRAMES_APART_S = 30
TOO_MANY_FRAMES = 12 * 3600 // FRAMES_APART_S + 20
"""Of a film in which a frame comes every half minute: more than any film may have."""


def samples() -> Iterator[tuple[str, bytes]]:
    """Yield a valid item of every format, each with an extension that says what it is."""
    for number, (media_type, item) in enumerate(tiny_items()):
        yield f"{number:02}.{media_type.name.lower()}", item.getvalue()
    yield "40.mov", clip("mov", "mpeg4")
    yield "41.webp", lossless_webp()


def spoiled(content: bytes, seed: str) -> bytes:
    """Return a copy that was cut, changed in some bits, or both."""
    chance = random.Random(seed)
    copy = bytearray(content)
    kind = chance.choice(("cut", "flipped", "both"))
    if kind != "cut":
        for _ in range(chance.choice((1, 3, 30))):
            copy[chance.randrange(len(copy))] ^= 1 << chance.randrange(8)
    if kind != "flipped":
        copy = copy[: chance.randrange(1, len(copy))]
    return bytes(copy)


def write_spoiled(folder: Path, count: int) -> list[Path]:
    """Write `count` spoiled copies, in turn of every format, and return where they lie."""
    whole = list(samples())
    written = []
    for number in range(count):
        name, content = whole[number % len(whole)]
        path = folder / f"{number:04}-{name}"
        path.write_bytes(spoiled(content, path.name))
        written.append(path)
    return written


def write_bombs(folder: Path) -> Expected:
    """Write files that claim or unpack far too much."""
    huge = 100_000
    too_many, too_long = "too-many-pixels", "too-long"
    told: dict[str, tuple[bytes, tuple[str | None, ...]]] = {
        "huge.png": (png(huge, huge), (too_many,)),
        "bomb.png": (png(30_000, 30_000, bits=1, rows=30_000), (too_many,)),
        "wide-samples.png": (png(17_000, 17_000, bits=16, color=6), ("out-of-memory",)),
        "long-data.png": (png(16, 16, rows=4_000_000), (None, "damaged")),
        "long-text.png": (png(16, 16, rows=16, text_bytes=80_000_000), ("damaged",)),
        "huge.tif": (tiff(huge, huge), (too_many,)),
        "huge.bmp": (bmp(huge, huge), (too_many,)),
        "huge.gif": (gif(65_500, 65_500), (too_many,)),
        "huge.jpg": (with_jpeg_size(picture("JPEG"), 65_500, 65_500), (too_many,)),
        "huge.heic": (with_boxed_size(picture("HEIF"), huge, huge), (too_many,)),
        # libavif and libavcodec have bounds of their own, below ours, and say no more than that they fail.
        "huge.avif": (with_boxed_size(picture("AVIF"), huge, huge), (too_many, "damaged")),
        "huge.avi": (with_avi_size(clip("avi", "rawvideo"), huge, huge), (too_many, "damaged")),
        "long.mkv": (with_matroska_duration(clip("matroska", "mpeg4"), hours=13), (too_long,)),
        "endless.mkv": (clip("live", "mpeg2video", frames=TOO_MANY_FRAMES, apart_s=FRAMES_APART_S), (too_long,)),
        "endless.ts": (clip("mpegts", "mpeg2video", frames=TOO_MANY_FRAMES, apart_s=FRAMES_APART_S), (too_long,)),
        "repeating.ts": (clip("mpegts", "mpeg2video") * 60, (None, "damaged")),
    }
    for name, (content, _) in told.items():
        (folder / name).write_bytes(content)
    return {name.encode(): frozenset(answers) for name, (_, answers) in told.items()}


def write_archives(folder: Path) -> Expected:
    """Write archives that explode, nest or escape."""
    photo, escapes = picture("JPEG"), ["../up.jpg", "a/../../up.jpg", "/etc/up.jpg", "C:\\up.jpg", "\\\\host\\up.jpg"]
    link = zipfile.ZipInfo("link.jpg")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    special = {"sym": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "fifo": tarfile.FIFOTYPE, "device": tarfile.CHRTYPE}
    nested = zipped([("0.jpg", photo)])
    for level in range(1, 5):
        nested = zipped([(f"{level}.zip", nested)])
    escaped = dict.fromkeys(escapes, "path-escapes")
    told: dict[str, tuple[bytes, str | None, dict[str, str | None]]] = {
        "bomb.zip": (
            zipped([("zeros", bytes(60_000_000)), ("ok.jpg", photo)]),
            None,
            {"zeros": "suspicious-ratio", "ok.jpg": None},
        ),
        "nest-bomb.zip": (nest_bomb(), "suspicious-ratio", {}),
        "nested.zip": (nested, None, {"4.zip": None, "4.zip!/3.zip": None, "4.zip!/3.zip!/2.zip": "too-deep"}),
        "escapes.zip": (
            zipped([*((name, photo) for name in escapes), (link, b"/etc/passwd"), ("ok.jpg", photo)]),
            None,
            {**escaped, "link.jpg": "not-a-file", "ok.jpg": None},
        ),
        "escapes.tar": (
            taped([*escapes, "ok.jpg"], photo, special),
            None,
            {**escaped, **dict.fromkeys(special, "not-a-file"), "ok.jpg": None},
        ),
        "crowd.zip": (
            zipped([("first.jpg", photo), *((f"{number}/", b"") for number in range(10_000)), ("last.jpg", photo)]),
            "too-many-members",
            {"first.jpg": None},
        ),
        # A folder beside it is called `twins.zip!` and holds a `same.jpg` as well.
        "twins.zip": (
            zipped([("same.jpg", photo), ("same.jpg", picture("JPEG", 1)), ("same.jpg", b"3")]),
            None,
            {"same.jpg!2": None, "same.jpg!3": None, "same.jpg!4": "unknown-type"},
        ),
    }
    expected: Expected = {}
    for name, (content, refusal, members) in told.items():
        (folder / name).write_bytes(content)
        expected[name.encode()] = frozenset({refusal})
        expected |= {f"{name}!/{member}".encode(): frozenset({answer}) for member, answer in members.items()}
    return expected


def write_places(folder: Path) -> Expected:
    """Make places that are no files, cannot be read, or are hard to name."""
    photo = picture("JPEG", 2)
    special = ["fifo.jpg", "loop", "elsewhere.jpg", "dangling", "socket"]
    os.mkfifo(folder / "fifo.jpg")
    (folder / "loop").symlink_to(".")
    (folder / "elsewhere.jpg").symlink_to("/etc/passwd")
    (folder / "dangling").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(folder / "socket"))
    with contextlib.suppress(PermissionError):
        os.mknod(folder / "device", stat.S_IFCHR | 0o666, os.makedev(1, 5))
        special.append("device")
    expected: Expected = {name.encode(): frozenset({"not-a-file"}) for name in special}
    (folder / "closed").mkdir()
    (folder / "twins.zip!").mkdir()
    contents = {
        "empty.jpg": (b"", "empty"),
        "noise.jpg": (random.Random(1).randbytes(5000), "unknown-type"),
        "closed.jpg": (photo, "unreadable"),
        "twins.zip!/same.jpg": (picture("JPEG", 3), None),
        "yesterday.jpg": (photo, None),
        "tomorrow.jpg": (photo, None),
        **{os.fsdecode(name): (photo, None) for name in BAD_NAMES},
    }
    for name, (content, answer) in contents.items():
        (folder / name).write_bytes(content)
        expected[os.fsencode(name)] = frozenset({answer})
    # Before 1970, and later than 64 bits of nanoseconds can tell.
    os.utime(folder / "yesterday.jpg", (-(2**31), -(2**31)))
    os.utime(folder / "tomorrow.jpg", (2**34 - 2**31 - 1,) * 2)
    for name in ("closed.jpg", "closed"):
        (folder / name).chmod(0)
    return expected | {name: frozenset({"unreadable"}) for name in (b"closed", _write_too_far_down(folder))}


def _write_too_far_down(folder: Path) -> bytes:
    """Make folders in one another until no path reaches them; return the last one that a walk can name."""
    part = "d" * 250
    reached = os.fsencode(folder)
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(18):
        os.mkdir(part, dir_fd=handle)
        below = os.open(part, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
        if len(reached) < os.pathconf(folder, "PC_PATH_MAX"):
            reached += b"/" + part.encode()
    os.close(handle)
    return reached[len(os.fsencode(folder)) + 1 :]


def picture(form: str, seed: int = 0) -> bytes:
    """Return a picture of smooth noise."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8))
    out = io.BytesIO()
    small.resize((320, 240), Image.Resampling.BICUBIC).save(out, form)
    return out.getvalue()


def lossless_webp() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "WEBP", lossless=True)
    return out.getvalue()


def clip(container: str, codec: str, *, frames: int = 25, apart_s: float = 0.04) -> bytes:
    """Return a silent film of grey frames; the container `live` is Matroska that says nowhere how long it is."""
    out = io.BytesIO()
    form, options = ("matroska", {"live": "1"}) if container == "live" else (container, {})
    with av.open(out, "w", format=form, options=options) as output:
        video = output.add_stream(codec, rate=25, options={} if codec == "rawvideo" else {"g": "1"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number % 200, np.uint8), "rgb24")
            frame.pts, frame.time_base = round(number * apart_s * 25), Fraction(1, 25)
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
    return out.getvalue()


def with_matroska_duration(content: bytes, *, hours: int) -> bytes:
    """Return the film with a header that claims to last for hours."""
    at = content.index(b"\x44\x89\x88") + 3  # Duration, 8 bytes, in milliseconds: RFC 9559 section 5.1.2.10
    return content[:at] + struct.pack(">d", hours * 3_600_000.0) + content[at + 8 :]


def with_jpeg_size(content: bytes, width: int, height: int) -> bytes:
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def with_boxed_size(content: bytes, width: int, height: int) -> bytes:
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", width, height) + content[at + 8 :]


def with_avi_size(content: bytes, width: int, height: int) -> bytes:
    at = content.index(b"strf") + 12
    return content[:at] + struct.pack("<ii", width, height) + content[at + 8 :]


def png(width: int, height: int, *, bits: int = 8, color: int = 0, rows: int = 4, text_bytes: int = 0) -> bytes:
    """Return a black PNG of which only `rows` rows are there, perhaps with a text that unpacks to `text_bytes`."""
    samples_a_pixel = {0: 1, 6: 4}[color]
    row = bytes(1 + (width * bits * samples_a_pixel + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row * min(2000, rows - done)) for done in range(0, rows, 2000)) + packer.flush()
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(text_bytes))) if text_bytes else b""
    header = struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), text, _chunk(b"IDAT", packed), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def tiff(width: int, height: int) -> bytes:
    """Return the header of a grey TIFF with one strip that is not there."""
    entries = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, height), (279, 64))
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(68)


def bmp(width: int, height: int) -> bytes:
    return (
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 118, 0, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0) + bytes(64)
    )


def gif(width: int, height: int) -> bytes:
    """Return a GIF whose one frame is as large as it says and breaks off at once."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x02\x01\x44\x00;"
    return b"GIF89a" + struct.pack("<HH3B", width, height, 0x80, 0, 0) + bytes(6) + frame


def nest_bomb() -> bytes:
    """Return a ZIP of ZIPs of ZIPs of zeros: each within its bounds, together 3 GB out of some 100 kB."""
    zeros = zipped([("zeros", bytes(1_000_000))])
    stored = zipped([(f"{number}.zip", zeros) for number in range(100)], zipfile.ZIP_STORED)
    return zipped([(f"{number}.zip", stored) for number in range(30)])


def zipped(members: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as archive:
        warnings.simplefilter("ignore")  # a name that is there twice
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def taped(names: list[str], content: bytes, special: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tape:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tape.addfile(entry, io.BytesIO(content))
        for name, kind in special.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            tape.addfile(entry)
    return out.getvalue()

"""The demonstration's exhibits: which benign files each agency has seized."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from PIL import Image

from tsunagu.services.demo.drawing import jpeg, logo, mp3, mp4, pan, photographs, tune, wav, with_mark


def write_exhibits(folder: Path) -> dict[str, Path]:
    """Write the exhibits beneath a folder, and return the folder of each, by name."""
    pictures = photographs()
    song, other_song = tune(seconds=30, seed=1), tune(seconds=25, seed=2)
    exhibits = {
        "laptop": _laptop(pictures, wav(song)),
        "phone": _phone(pictures, mp3(song[5 * 44_100 : 25 * 44_100])),
        "disk": _disk(pictures, wav(other_song)),
        "tablet": {"cache/logo.jpg": jpeg(logo()), "pictures/rocket.jpg": jpeg(pictures["rocket"])},
    }
    for name, files in exhibits.items():
        for path, content in files.items():
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return {name: folder / name for name in exhibits}


def _laptop(pictures: dict[str, Image.Image], song: bytes) -> dict[str, bytes]:
    """Denmark's exhibit: the originals."""
    return {
        **{f"pictures/{name}.jpg": jpeg(picture) for name, picture in pictures.items() if name != "rocket"},
        "clips/room.mp4": mp4(_long_clip(pictures), tune(seconds=30, seed=3)),
        "sound/song.wav": song,
        "cache/logo.jpg": jpeg(logo()),
    }


def _phone(pictures: dict[str, Image.Image], song: bytes) -> dict[str, bytes]:
    """Australia's exhibit: copies and edits of some of them, and a file that is damaged."""
    return {
        "dcim/0001.jpg": jpeg(pictures["chelsea"]),
        "dcim/0002.jpg": jpeg(pictures["coffee"].resize((400, 267)), quality=40),
        "dcim/0003.jpg": jpeg(pictures["astronaut"].transpose(Image.Transpose.ROTATE_90)),
        "dcim/0004.jpg": jpeg(with_mark(pictures["china"])),
        "dcim/0005.jpg": jpeg(pictures["motorcycle_left"].transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
        "dcim/0006.jpg": jpeg(pictures["flower"])[:9000],
        "movies/cut.mp4": mp4(_excerpt(pictures), bit_rate=150_000),
        "music/part.mp3": song,
        "cache/logo.jpg": jpeg(logo()),
    }


def _disk(pictures: dict[str, Image.Image], song: bytes) -> dict[str, bytes]:
    """Japan's exhibit: an archive with one copy, and nothing else of the others'."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("backup/flower.jpg", jpeg(pictures["flower"].resize((500, 334)), quality=70))
        archive.writestr("backup/readme.txt", "nothing of note")
    return {
        "backup.zip": packed.getvalue(),
        "sound/other.wav": song,
        "clips/rocket.mp4": mp4(pan(pictures["rocket"], seconds=8, box=(0.0, 0.0, 1.0, 0.6))),
        "cache/logo.jpg": jpeg(logo()),
    }


def _long_clip(pictures: dict[str, Image.Image]) -> Iterator[Image.Image]:
    """Thirty seconds: three scenes of ten."""
    return chain(
        pan(pictures["retina"], seconds=10, box=(0.0, 0.2, 1.0, 0.8)),
        pan(pictures["astronaut"], seconds=10, box=(0.0, 0.0, 1.0, 1.0)),
        pan(pictures["china"], seconds=10, box=(1.0, 0.0, 0.0, 0.9)),
    )


def _excerpt(pictures: dict[str, Image.Image]) -> Iterator[Image.Image]:
    """Six seconds of something else, then the last twenty seconds of the long clip."""
    return chain(
        pan(pictures["coffee"], seconds=6, box=(0.0, 0.0, 1.0, 1.0)),
        pan(pictures["astronaut"], seconds=10, box=(0.0, 0.0, 1.0, 1.0)),
        pan(pictures["china"], seconds=10, box=(1.0, 0.0, 0.0, 0.9)),
    )

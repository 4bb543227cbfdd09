"""Benign media made by code: edited photographs, clips that pan over them, and sounds."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tsunagu.domain.errors import Unavailable

SHIPPED: Final = {
    ("skimage", "data"): (
        "astronaut.png",
        "chelsea.png",
        "coffee.png",
        "rocket.jpg",
        "motorcycle_left.png",
        "retina.jpg",
    ),
    ("sklearn", "datasets/images"): ("china.jpg", "flower.jpg"),
}
FRAMES_PER_S: Final = 12
SOUND_HZ: Final = 44_100

Sound = NDArray[np.int16]


def photographs() -> dict[str, Image.Image]:
    """Return the photographs that the demo's packages ship, by name, as RGB.

    Raises:
        Unavailable: the packages are not installed.
    """
    return {
        Path(name).stem: Image.open(_folder(package) / part / name).convert("RGB")
        for (package, part), names in SHIPPED.items()
        for name in names
    }


def _folder(package: str) -> Path:
    # Found without importing it: that would take seconds.
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise Unavailable("the demo's photographs are missing: install tsunagu with the extra `demo`")
    return Path(spec.origin).parent


def jpeg(picture: Image.Image, *, quality: int = 92) -> bytes:
    """Return a picture as JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def with_mark(picture: Image.Image) -> Image.Image:
    """Return a picture with a translucent mark in a corner, as websites put it there."""
    marked = picture.copy()
    width, height = marked.size
    draw = ImageDraw.Draw(marked, "RGBA")
    draw.rectangle((width * 0.72, height * 0.86, width * 0.97, height * 0.95), fill=(20, 60, 160, 150))
    draw.text((width * 0.75, height * 0.88), "example.org", fill=(255, 255, 255, 255))
    return marked


def logo() -> Image.Image:
    """Return a drawn logo, such as lies in everybody's browser cache."""
    picture = Image.new("RGB", (320, 200), "white")
    draw = ImageDraw.Draw(picture)
    for step in range(8):
        draw.ellipse((20 + 30 * step, 30, 90 + 30 * step, 170), outline=(30 * step, 90, 200 - 20 * step), width=9)
    draw.polygon(((40, 190), (160, 10), (280, 190)), outline="black", width=6)
    return picture


def pan(picture: Image.Image, *, seconds: float, box: tuple[float, float, float, float]) -> Iterator[Image.Image]:
    """Yield the frames of a slow pan over a part of a picture, 320 by 240.

    Args:
        box: left, top, right and bottom of the way, as parts of the picture from 0 to 1.
    """
    width, height = picture.size
    side_x, side_y = width * 0.5, height * 0.5
    left, top, right, bottom = box
    count = int(seconds * FRAMES_PER_S)
    for number in range(count):
        part = number / max(1, count - 1)
        x = (left + (right - left) * part) * (width - side_x)
        y = (top + (bottom - top) * part) * (height - side_y)
        yield picture.crop((int(x), int(y), int(x + side_x), int(y + side_y))).resize((320, 240))


def tune(*, seconds: float, seed: int) -> Sound:
    """Return a melody of random notes with two overtones, mono, `SOUND_HZ` samples a second."""
    rng = np.random.default_rng(seed)
    notes = rng.choice(np.array([220.0, 247.0, 262.0, 294.0, 330.0, 349.0, 392.0, 440.0]), size=int(seconds * 3) + 1)
    time = np.arange(int(seconds * SOUND_HZ)) / SOUND_HZ
    pitch = notes[(time * 3).astype(int)]
    phase = 2 * np.pi * np.cumsum(pitch) / SOUND_HZ
    wave = np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase)
    return (wave / 1.6 * 12_000 + rng.normal(0, 60, len(wave))).astype(np.int16)


def wav(sound: Sound) -> bytes:
    """Return a sound as WAV."""
    return _encoded("wav", lambda container: _sound_stream(container, "pcm_s16le", sound))


def mp3(sound: Sound) -> bytes:
    """Return a sound as MP3 of 96 kbit/s."""
    return _encoded("mp3", lambda container: _sound_stream(container, "libmp3lame", sound, bit_rate=96_000))


def mp4(frames: Iterator[Image.Image], sound: Sound | None = None, *, bit_rate: int = 900_000) -> bytes:
    """Return a clip as MP4: H.264 and, with a sound, AAC."""

    def write(container: Any) -> None:
        video = container.add_stream("libx264", rate=FRAMES_PER_S, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt, video.bit_rate = 320, 240, "yuv420p", bit_rate
        audio = container.add_stream("aac", rate=SOUND_HZ, layout="mono") if sound is not None else None
        for picture in frames:
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
        container.mux(video.encode())
        if audio is not None and sound is not None:
            _encode_sound(container, audio, sound)

    return _encoded("mp4", write)


def _encoded(format_name: str, write: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=format_name) as container:
        write(container)
    return out.getvalue()


def _sound_stream(container: Any, codec: str, sound: Sound, *, bit_rate: int | None = None) -> None:
    stream = container.add_stream(codec, rate=SOUND_HZ, layout="mono")
    if bit_rate:
        stream.bit_rate = bit_rate
    _encode_sound(container, stream, sound)


def _encode_sound(container: Any, stream: Any, sound: Sound) -> None:
    for start in range(0, len(sound), 1024):
        frame = av.AudioFrame.from_ndarray(sound[None, start : start + 1024], format="s16", layout="mono")
        frame.sample_rate, frame.pts = SOUND_HZ, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode())

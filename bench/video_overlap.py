"""Recall and false alarms of shared video: made clips, each against its edited copies and against strangers.

Clips are pans and zooms over real photographs (scikit-image, scikit-learn, and the test media where they are),
cut together, 20 s each. Run: `python -m bench.video_overlap [--clips 200] [--json]`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import av
import numpy as np
import skimage
import sklearn
from numpy.typing import NDArray
from PIL import Image

from tsunagu.domain.fingerprint import TimedFingerprint, Turn
from tsunagu.domain.hit import Stretch
from tsunagu.domain.media import MediaType
from tsunagu.fingerprints import pdq
from tsunagu.media.decoding.dispatch import decode
from tsunagu.media.messages import DecodeOptions
from tsunagu.media.picture import TimedPicture
from tsunagu.overlap.video import shared_video, turned

FPS: Final = 5
WIDTH, HEIGHT = 320, 240
CLIP_S: Final = 20.0
Luma = NDArray[np.uint8]
Frames = list[Luma]
Span = tuple[float, float, float, float]


@dataclass(frozen=True)
class Clip:
    """Frames at 5 a second, and the photographs they show."""

    frames: Frames
    photos: frozenset[int]


@dataclass(frozen=True)
class Edited:
    """A copy: its frames, where the original's seconds went (a from, a to, b from, b to), and how it is encoded."""

    frames: Frames
    truth: tuple[Span, ...]
    bit_rate: int = 400_000
    size: tuple[int, int] = (WIDTH, HEIGHT)
    turn: Turn = Turn.UPRIGHT


def photographs() -> list[Image.Image]:
    """Return real photographs in grey, none over 1,024 pixels on a side, in a fixed order."""
    shipped = Path(skimage.__file__).parent / "data"
    names = "astronaut brick camera cell chelsea coffee coins grass gravel ihc moon motorcycle_left page"
    paths = [shipped / f"{name}.png" for name in names.split()]
    paths += [shipped / name for name in ("hubble_deep_field.jpg", "retina.jpg", "rocket.jpg")]
    paths += sorted((Path(sklearn.__file__).parent / "datasets" / "images").glob("*.jpg"))
    media = os.environ.get("TSUNAGU_TEST_MEDIA")
    if media:
        for pattern in ("exif/coolpix_gps/*.jpg", "exif/makernotes/*.jpg", "negatives/*.jpg", "objects/*/*.jpg"):
            paths += sorted(Path(media).glob(pattern))
    found = []
    for path in paths:
        with Image.open(path) as opened:
            picture = opened.convert("L")
        picture.thumbnail((1024, 1024))
        found.append(picture)
    return found


def make_clip(photos: Sequence[Image.Image], seed: int) -> Clip:
    """Return a clip of scenes of 3 to 7 s; a fourth of them hold nearly still."""
    rng = np.random.default_rng(seed)
    frames: Frames = []
    shown = set()
    while len(frames) < CLIP_S * FPS:
        number = int(rng.integers(len(photos)))
        shown.add(number)
        count = int(rng.uniform(3, 7) * FPS)
        start, end = _region(rng), _region(rng)
        if rng.random() < 0.25:
            end = start + rng.normal(0, 0.01, 3)
        for step in np.linspace(0, 1, count):
            share, left, top = np.clip(start + (end - start) * step, 0.05, 0.95)
            frames.append(_cut(photos[number], share, left, top))
    return Clip(frames[: int(CLIP_S * FPS)], frozenset(shown))


def _region(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a region of a photograph: its share of each side, and where it lies in what is left, 0 to 1."""
    return np.array([rng.uniform(0.35, 0.9), rng.random(), rng.random()])


def _cut(photo: Image.Image, share: float, left: float, top: float) -> Luma:
    """Return a region at the size of a frame."""
    width, height = photo.width * share, photo.height * share
    x, y = left * (photo.width - width), top * (photo.height - height)
    return np.asarray(photo.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, (x, y, x + width, y + height)))


def _each(change: Callable[[Luma], Luma], **how: int | tuple[int, int] | Turn) -> Callable[[Clip, Clip], Edited]:
    """Return the edit that changes each frame and no time."""

    def edit(clip: Clip, other: Clip) -> Edited:
        del other
        frames = [np.ascontiguousarray(change(frame)) for frame in clip.frames]
        return Edited(frames, ((0, CLIP_S, 0, CLIP_S),), **how)  # type: ignore[arg-type]

    return edit


def _logo(frame: Luma) -> Luma:
    """Return the frame under an opaque bar with stripes: a fifth of its height."""
    covered = frame.copy()
    covered[-HEIGHT // 5 :] = 30
    covered[-HEIGHT // 6 : -HEIGHT // 10, WIDTH // 8 : WIDTH // 2 : 6] = 235
    return covered


def _letterbox(frame: Luma) -> Luma:
    """Return the frame between two black bars, each an eighth of the height."""
    boxed = np.full_like(frame, 16)
    high = HEIGHT * 3 // 4
    boxed[HEIGHT // 8 : HEIGHT // 8 + high] = np.asarray(Image.fromarray(frame).resize((WIDTH, high)))
    return boxed


def _crop(frame: Luma) -> Luma:
    """Return the middle nine tenths of each side."""
    box = (WIDTH * 0.05, HEIGHT * 0.05, WIDTH * 0.95, HEIGHT * 0.95)
    return np.asarray(Image.fromarray(frame).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, box))


def _faster(clip: Clip, other: Clip) -> Edited:
    """Return the clip run 1.05 times as fast."""
    del other
    count = int(len(clip.frames) / 1.05)
    frames = [clip.frames[int(place * 1.05)] for place in range(count)]
    return Edited(frames, ((0, CLIP_S, 0, count / FPS),))


def _middle_out(clip: Clip, other: Clip) -> Edited:
    """Return the clip without its seconds 8 to 12."""
    del other
    frames = clip.frames[: 8 * FPS] + clip.frames[12 * FPS :]
    return Edited(frames, ((0, 8, 0, 8), (12, CLIP_S, 8, CLIP_S - 4)))


def _embedded(clip: Clip, other: Clip) -> Edited:
    """Return seconds 4 to 16 of the clip inside another one."""
    lead = int(7.4 * FPS)
    frames = other.frames[:lead] + clip.frames[4 * FPS : 16 * FPS] + other.frames[lead:]
    return Edited(frames, ((4, 16, lead / FPS, lead / FPS + 12),))


EDITS: Final[dict[str, Callable[[Clip, Clip], Edited]]] = {
    "low bit rate": _each(lambda frame: frame, bit_rate=60_000),
    "half size": _each(lambda frame: frame, size=(WIDTH // 2, HEIGHT // 2)),
    "logo bar": _each(_logo),
    "letterbox": _each(_letterbox),
    "crop 90 %": _each(_crop),
    "brighter": _each(lambda frame: np.clip(frame.astype(np.int16) + 40, 0, 255).astype(np.uint8)),
    "speed 1.05": _faster,
    "middle cut out": _middle_out,
    "mirrored": _each(lambda frame: frame[:, ::-1], turn=Turn.MIRRORED_LEFT_RIGHT),
    "embedded": _embedded,
}


def encode(frames: Frames, bit_rate: int, size: tuple[int, int]) -> bytes:
    """Return an MP4 file (H.264) of the frames."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size, "yuv420p", bit_rate
        for luma in frames:
            frame = av.VideoFrame.from_ndarray(luma, format="gray").reformat(*size, "yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def fingerprints(video: bytes) -> tuple[TimedFingerprint, ...]:
    """Return a frame's fingerprint a second, through the product's own decoder."""
    messages = decode(io.BytesIO(video), MediaType.MP4, DecodeOptions(frames_per_s=1.0))
    return tuple(
        TimedFingerprint(one.at_s, one.frame, pdq.fingerprint(one.picture))
        for one in messages
        if isinstance(one, TimedPicture)
    )


def judge(found: Sequence[Stretch], truth: Sequence[Span]) -> tuple[bool, bool]:
    """Return whether each true stretch was found at its offset, and whether all ends are right to 1.5 s.

    The last frame stands up to a second before the end, so ends may be half a second farther off than +-1 s.
    """
    is_found = is_right = True
    for a_from, a_to, b_from, b_to in truth:
        ends = [(one.a_from_s, one.a_to_s, one.b_from_s, one.b_to_s) for one in found]
        errors = [np.abs(np.subtract(end, (a_from, a_to, b_from, b_to))) for end in ends]
        drift = [(end[0] - a_from) - (end[2] - b_from) for end in ends]
        is_found &= any(abs(one) <= 1.5 for one in drift)
        is_right &= any(error.max() <= 1.5 for error in errors)
    return is_found, is_right


def strangers(prints: Sequence[tuple[frozenset[int], tuple[TimedFingerprint, ...]]]) -> Iterator[bool]:
    """Yield for each pair of clips without a common photograph whether a stretch was found: a false alarm."""
    for (a_photos, a), (b_photos, b) in combinations(prints, 2):
        if not a_photos & b_photos:
            yield bool(shared_video(a, b))


def run(clips: int) -> dict[str, object]:
    """Return the table: recall an edit, false alarms, time of a comparison."""
    photos = photographs()
    prints = []
    verdicts: dict[str, list[tuple[bool, bool]]] = {name: [] for name in EDITS}
    clip = make_clip(photos, 0)
    for seed in range(clips):
        following = make_clip(photos, seed + 1)
        original = fingerprints(encode(clip.frames, 400_000, (WIDTH, HEIGHT)))
        prints.append((clip.photos, original))
        for name, edit in EDITS.items():
            copy = edit(clip, following)
            frames = turned(fingerprints(encode(copy.frames, copy.bit_rate, copy.size)), copy.turn)
            verdicts[name].append(judge(shared_video(original, frames), copy.truth))
        clip = following
    started = time.monotonic()
    alarms = list(strangers(prints))
    each_ms = 1000 * (time.monotonic() - started) / max(1, len(alarms))
    return {
        "photographs": len(photos),
        "clips": clips,
        "edits": {
            name: {"found": sum(one for one, _ in rows) / clips, "ends_right": sum(one for _, one in rows) / clips}
            for name, rows in verdicts.items()
        },
        "stranger_pairs": len(alarms),
        "false_alarms": sum(alarms),
        "pair_ms": round(each_ms, 3),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = run(options.clips)
    if options.json:
        print(json.dumps(result))
        return
    table = result.pop("edits")
    print("  ".join(f"{key}: {value}" for key, value in result.items()))
    print(f"{'edit':16} {'found':>7} {'ends right':>11}")
    for name, row in table.items():  # type: ignore[attr-defined]
        print(f"{name:16} {row['found']:7.1%} {row['ends_right']:11.1%}")


if __name__ == "__main__":
    main()

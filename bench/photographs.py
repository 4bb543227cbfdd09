"""Real photographs of wanted sizes: native files where there are any, else cut, made smaller or enlarged; all named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, JpegImagePlugin

NATIVE_TOLERANCE = 0.1
"""A file this near to the wanted size, as a part of it, is used as it is."""

_MIN_MEGAPIXELS = 0.12
_PACKAGED = {"skimage": "data", "sklearn": "datasets/images"}
# Drawings, charts and laboratory targets among the packaged pictures, and flat test exposures and edited copies among
# the media, are no photographs of a scene.
_LEFT_OUT = (
    "flat_",
    "bridge-mods",
    "bridge-dih",
    "checker",
    "logo",
    "mitosis",
    "ihc",
    "motorcycle_disp",
    "phantom",
    "color.",
)


@dataclass(frozen=True, slots=True)
class Photograph:
    """One photograph as JPEG bytes.

    Attributes:
        name: the file's name, with what was done to it.
    """

    name: str
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class _Source:
    path: Path
    width: int
    height: int

    @property
    def megapixels(self) -> float:
        return self.width * self.height / 1e6


def photographs(megapixels: float, most: int) -> list[Photograph]:
    """Return up to `most` photographs of about `megapixels`: native, cut or made smaller, or enlarged.

    What is made is baseline JPEG, as cameras write it; a progressive one takes any decoder several times as long, so
    that it gains less. None carries an EXIF orientation, since peers do not apply it.
    """
    sources = list(_sources())
    native = [one for one in sources if abs(one.megapixels / megapixels - 1) <= NATIVE_TOLERANCE]
    larger = [one for one in sources if one.megapixels / megapixels > 1 + NATIVE_TOLERANCE]
    smaller = [one for one in sources if one.megapixels / megapixels < 1 - NATIVE_TOLERANCE]
    ways = (_cut, _resized)
    made = [(ways[(place + turn) % 2], one) for turn in range(2) for place, one in enumerate(larger)]
    kept = [(_native, one) for one in native]
    enlarged = [(_resized, one) for one in smaller]
    # Half the places at first, so that one camera's native files do not take them all.
    chosen = (kept[: most // 2] + made + kept[most // 2 :] + enlarged)[:most]
    return [way(one, megapixels) for way, one in chosen]


def scenes(most: int, width: int, height: int) -> list[NDArray[np.uint8]]:
    """Return up to `most` of the largest photographs, covering `width` by `height`: (rows, columns, 3), uint8."""
    found = []
    for source in list(_sources())[:most]:
        with Image.open(source.path) as image:
            image.draft("RGB", (width, height))
            grow = max(width / image.width, height / image.height)
            size = (max(width, round(image.width * grow)), max(height, round(image.height * grow)))
            found.append(np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS)))
    return found


def _sources() -> Iterator[_Source]:
    """Yield every photograph on this machine, the largest first."""
    found: dict[tuple[int, float], _Source] = {}
    for folder in _folders():
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in {".jpg", ".jpeg", ".png"} and not any(part in str(path) for part in _LEFT_OUT):
                source = _source(path)
                if source is not None:
                    found.setdefault((path.stat().st_size, source.megapixels), source)
    yield from sorted(found.values(), key=lambda one: (-one.megapixels, one.path.name))


def _folders() -> Iterator[Path]:
    media = os.environ.get("TSUNAGU_TEST_MEDIA")
    if media:
        yield Path(media)
    for package, folder in _PACKAGED.items():
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin).parent / folder


def _source(path: Path) -> _Source | None:
    with Image.open(path) as image:
        upright = image.getexif().get(ExifTags.Base.Orientation, 1) == 1
        source = _Source(path, image.width, image.height)
        return source if image.mode == "RGB" and upright and source.megapixels >= _MIN_MEGAPIXELS else None


def _native(source: _Source, megapixels: float) -> Photograph:
    if source.path.suffix.lower() in {".jpg", ".jpeg"}:
        return Photograph(f"{source.path.name} (native)", source.path.read_bytes())
    return _resized(source, megapixels)


def _cut(source: _Source, megapixels: float) -> Photograph:
    """Return the middle of the photograph at native resolution."""
    part = (megapixels / source.megapixels) ** 0.5
    width, height = round(source.width * part), round(source.height * part)
    left, top = (source.width - width) // 2, (source.height - height) // 2
    with Image.open(source.path) as image:
        cut = image.convert("RGB").crop((left, top, left + width, top + height))
        return Photograph(f"{source.path.name} (cut from {source.megapixels:.1f} MP)", _saved(cut, image))


def _resized(source: _Source, megapixels: float) -> Photograph:
    grow = (megapixels / source.megapixels) ** 0.5
    size = (round(source.width * grow), round(source.height * grow))
    done = "enlarged" if grow > 1 else "made smaller"
    with Image.open(source.path) as image:
        resized = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        return Photograph(f"{source.path.name} ({done} from {source.megapixels:.1f} MP)", _saved(resized, image))


def _saved(made: Image.Image, original: Image.Image) -> bytes:
    """Return JPEG bytes, as finely quantised as the original is; quality 90 where that is no JPEG."""
    out = BytesIO()
    if isinstance(original, JpegImagePlugin.JpegImageFile):
        sampling = JpegImagePlugin.get_sampling(original)
        made.save(out, "JPEG", qtables=original.quantization, subsampling=sampling)
    else:
        made.save(out, "JPEG", quality=90)
    return out.getvalue()

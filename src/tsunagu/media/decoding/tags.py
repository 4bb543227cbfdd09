"""A small, bounded choice of what a file says of itself: camera, software, time, position."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from PIL import ExifTags, Image

MAX_TAG_LENGTH: Final = 200

_BASE: Final = {
    "camera_make": ExifTags.Base.Make,
    "camera_model": ExifTags.Base.Model,
    "software": ExifTags.Base.Software,
    "modified_at": ExifTags.Base.DateTime,
}
_DETAIL: Final = {
    "taken_at": ExifTags.Base.DateTimeOriginal,
    "taken_at_offset": ExifTags.Base.OffsetTimeOriginal,
    "camera_serial": ExifTags.Base.BodySerialNumber,
    "lens": ExifTags.Base.LensModel,
}
_CONTAINER: Final = {
    "camera_make": ("com.apple.quicktime.make", "make"),
    "camera_model": ("com.apple.quicktime.model", "model"),
    "software": ("com.apple.quicktime.software", "software", "encoder"),
    "taken_at": ("com.apple.quicktime.creationdate", "creation_time", "date"),
    "position": ("com.apple.quicktime.location.ISO6709", "location"),
}
_ISO_6709: Final = re.compile(r"([+-]\d{1,2}(?:\.\d{1,9})?)([+-]\d{1,3}(?:\.\d{1,9})?)")


def clean_text(value: object) -> str:
    """Return `value` as one line of at most `MAX_TAG_LENGTH` characters, without control or unassigned ones."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    kept = (char for char in text[: 4 * MAX_TAG_LENGTH] if not unicodedata.category(char).startswith("C"))
    return "".join(kept).strip()[:MAX_TAG_LENGTH].strip()


def picture_tags(image: Image.Image) -> dict[str, str]:
    """Return the EXIF tags of `image`; empty when there are none or they cannot be read.

    The keys are `camera_make`, `camera_model`, `camera_serial`, `lens`, `software`, `taken_at`,
    `taken_at_offset`, `modified_at` and `position` (latitude, longitude in degrees, north and east
    positive). Times are as the camera wrote them, without a time zone.
    """
    try:
        exif = image.getexif()
        found = {name: exif.get(tag) for name, tag in _BASE.items()}
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        found |= {name: detail.get(tag) for name, tag in _DETAIL.items()}
        found["position"] = _position(exif.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception:  # noqa: BLE001 - broken tags do not make the pixels unreadable
        return {}
    return _kept(found)


def orientation_of(image: Image.Image) -> int:
    """Return the EXIF orientation of `image`, 1 to 8; 1 when it has none, an impossible or an unreadable one."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - broken tags do not make the pixels unreadable
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def container_tags(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return the tags of a video or sound container, under the keys of `picture_tags`."""
    found: dict[str, Any] = {}
    for name, keys in _CONTAINER.items():
        found[name] = next((metadata[key] for key in keys if metadata.get(key)), None)
    place = _ISO_6709.match(found["position"] or "")
    found["position"] = f"{float(place[1]):.6f}, {float(place[2]):.6f}" if place else None
    return _kept(found)


def _kept(found: Mapping[str, Any]) -> dict[str, str]:
    """Clean the values and leave out the empty ones."""
    cleaned = {name: clean_text(value) for name, value in found.items() if value is not None}
    return {name: text for name, text in cleaned.items() if text}


def _position(gps: Mapping[int, Any]) -> str | None:
    """Write the position of an EXIF GPS directory in degrees; None when it is missing or impossible."""
    tag = ExifTags.GPS
    if tag.GPSLatitude not in gps or tag.GPSLongitude not in gps:
        return None
    degrees = []
    for value, reference, negative, limit in (
        (gps[tag.GPSLatitude], gps.get(tag.GPSLatitudeRef, "N"), "S", 90),
        (gps[tag.GPSLongitude], gps.get(tag.GPSLongitudeRef, "E"), "W", 180),
    ):
        whole, minutes, seconds = (float(part) for part in value)
        angle = whole + minutes / 60 + seconds / 3600
        if not 0 <= angle <= limit:
            return None
        degrees.append(-angle if str(reference).strip("\0 ").upper() == negative else angle)
    return f"{degrees[0]:.6f}, {degrees[1]:.6f}"

"""Real files come out of a decode child as they come out without one."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from tsunagu.domain.fingerprint import TimedFingerprint
from tsunagu.fingerprints.taking import decode, fingerprint
from tsunagu.media.messages import DecodeOptions, PictureFingerprints, Refused
from tsunagu.media.picture import Picture, TimedPicture
from tsunagu.media.probe import HEAD_BYTES, probe
from tsunagu.media.sandbox.limits import Limits
from tsunagu.media.sandbox.pool import DecodePool


def _outline(messages) -> list[str]:
    """What came, with the planes summed up; and the refusal at its end."""
    lines = []
    try:
        for message in messages:
            plane = message.picture if isinstance(message, TimedPicture) else message
            at = f" at {message.at_s}" if isinstance(message, TimedPicture) else ""
            lines.append(
                f"{type(message).__name__}{at}" + (f" {plane.luma.sum()}" if isinstance(plane, Picture) else "")
            )
    except Refused as refused:
        lines.append(f"refused {refused.refusal}")
    return lines


def _fingerprints(messages) -> list[object]:
    """What was taken of pictures and frames, up to a refusal; no plane may come with it."""
    taken = []
    with contextlib.suppress(Refused):
        for message in messages:
            assert not isinstance(message, Picture | TimedPicture)
            if isinstance(message, PictureFingerprints | TimedFingerprint):
                taken.append(message)
    return taken


def test_one_real_file_of_every_type_decodes_in_a_child_as_it_does_outside(test_media: Path) -> None:
    by_type = {}
    for path in sorted(test_media.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                media_type = probe(file.read(HEAD_BYTES))
            if media_type is not None:
                by_type.setdefault((media_type, path.suffix.lower()), path)
    assert len(by_type) > 8
    with DecodePool(1, Limits(), DecodeOptions(), decoder="tsunagu.fingerprints.taking") as pool:
        for (media_type, _), path in by_type.items():
            fd = os.open(path, os.O_RDONLY)
            with os.fdopen(fd, "rb") as file:
                inside = _outline(pool.decode(fd, media_type))
                file.seek(0)
                assert inside == _outline(decode(file, media_type, DecodeOptions())), media_type
                file.seek(0)
                taken = _fingerprints(pool.fingerprint(fd, media_type))
                file.seek(0)
                assert taken == _fingerprints(fingerprint(file, media_type, DecodeOptions())), media_type

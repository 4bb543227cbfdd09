"""Files of a case as CASE tells of them: a node a place, with its digests, its facts and our fingerprints in it."""

from __future__ import annotations

import base64
import json
import struct
from datetime import UTC, datetime, timedelta
from typing import Final

from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, SoundFingerprint, SoundKind, TimedFingerprint
from tsunagu.domain.media import Examined, MediaKind
from tsunagu.domain.package import PackagedFile
from tsunagu.exchange.case_terms import Ids, Node, hex_binary, integer, moment, without_nothing

METHODS: Final = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256"}
"""Names of digests as UCO has them, and as we have."""
PICTURE: Final = f"tsunagu:{FingerprintKind.PDQ.code}"
FRAMES: Final = f"{PICTURE}-frames"
SOUND: Final = f"tsunagu:{SoundKind.CHROMAPRINT.code}"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CLASSES: Final = {
    MediaKind.PICTURE: ["uco-observable:File", "uco-observable:RasterPicture"],
    MediaKind.SOUND: ["uco-observable:File", "uco-observable:Audio"],
    MediaKind.ARCHIVE: ["uco-observable:File", "uco-observable:ArchiveFile"],
}


def file_node(file: PackagedFile, ids: Ids) -> Node:
    """Return the node of one place, with all that hangs on it."""
    media_type = file.examined.media_type
    is_picture = media_type is not None and media_type.kind is MediaKind.PICTURE
    facets = [_file_facet(file, ids), _content_facet(file, ids), _own_facet(file, ids, is_picture=is_picture)]
    if is_picture:
        facets.append(_picture_facet(file, ids))
    return {
        "@id": ids.of("file", file.number),
        "@type": _CLASSES.get(media_type.kind, "uco-observable:File") if media_type else "uco-observable:File",
        "uco-core:objectMarking": ids.ref("marking"),
        "uco-core:hasFacet": facets,
    }


def _file_facet(file: PackagedFile, ids: Ids) -> Node:
    path = file.examined.path
    return without_nothing(
        {
            "@id": ids.of("file-facet", file.number),
            "@type": "uco-observable:FileFacet",
            "uco-observable:fileName": shown(path.rpartition(b"/")[2]),
            "uco-observable:filePath": shown(path),
            "uco-observable:modifiedTime": _modified(file.mtime_ns),
        }
    )


def _modified(mtime_ns: int) -> Node | None:
    """Return the time to the microsecond; None where no calendar has it. The exact one stands beside it."""
    try:
        return moment(_EPOCH + timedelta(microseconds=mtime_ns // 1000))
    except OverflowError:
        return None


def _content_facet(file: PackagedFile, ids: Ids) -> Node:
    examined = file.examined
    return without_nothing(
        {
            "@id": ids.of("content-data-facet", file.number),
            "@type": "uco-observable:ContentDataFacet",
            "uco-observable:hash": _digests(examined.digests, ids, file.number) if examined.digests else None,
            "uco-observable:mimeType": examined.media_type.mime if examined.media_type else None,
            "uco-observable:sizeInBytes": integer(examined.size_bytes),
        }
    )


def _digests(digests: Digests, ids: Ids, number: int) -> list[Node]:
    return [
        {
            "@id": ids.of("hash", number, method),
            "@type": "uco-types:Hash",
            "uco-types:hashMethod": method,
            "uco-types:hashValue": hex_binary(getattr(digests, name)),
        }
        for method, name in METHODS.items()
    ]


def _picture_facet(file: PackagedFile, ids: Ids) -> Node:
    facts = file.examined.facts
    return without_nothing(
        {
            "@id": ids.of("raster-picture-facet", file.number),
            "@type": "uco-observable:RasterPictureFacet",
            "uco-observable:pictureWidth": None if facts.width is None else integer(facts.width),
            "uco-observable:pictureHeight": None if facts.height is None else integer(facts.height),
        }
    )


def _own_facet(file: PackagedFile, ids: Ids, *, is_picture: bool) -> Node:
    """Return what CASE has no words for. Each value is a text or a whole number, so that no reader rounds it."""
    examined, facts = file.examined, file.examined.facts
    sides = {} if is_picture else {"tsunagu:width": facts.width, "tsunagu:height": facts.height}
    return without_nothing(
        {
            "@id": ids.of("examined-facet", file.number),
            "@type": ["uco-core:Facet", "tsunagu:ExaminedFacet"],
            "tsunagu:exhibit": file.exhibit,
            "tsunagu:place": integer(file.number),
            "tsunagu:pathBytes": None if _is_text(examined.path) else base64.b64encode(examined.path).decode(),
            "tsunagu:mtimeNs": integer(file.mtime_ns),
            **{name: None if side is None else integer(side) for name, side in sides.items()},
            "tsunagu:durationS": None if facts.duration_s is None else repr(facts.duration_s),
            "tsunagu:codecs": json.dumps(facts.codecs) if facts.codecs else None,
            "tsunagu:tags": json.dumps(facts.tags, sort_keys=True) if facts.tags else None,
            "tsunagu:refused": examined.refused.value if examined.refused else None,
            **_fingerprints(examined),
        }
    )


def _fingerprints(examined: Examined) -> Node:
    return {
        PICTURE: _picture_text(examined.pdq, examined.pdq_turns) if examined.pdq else None,
        FRAMES: _frames_text(examined.frames) if examined.frames else None,
        SOUND: _sound_text(examined.sound) if examined.sound and examined.sound.words else None,
    }


def shown(path: bytes) -> str:
    """Return a path as text; what is no UTF-8 in it is replaced."""
    return path.decode("utf-8", "replace")


def _is_text(path: bytes) -> bool:
    return shown(path).encode() == path


def _picture_text(upright: Fingerprint, turns: tuple[Fingerprint, ...]) -> str:
    """Return quality, then the fingerprint and its turns in hex, in the order of `Turn`, with commas between them."""
    return ",".join([str(upright.quality), upright.data.hex(), *(one.data.hex() for one in turns)])


def _frames_text(frames: tuple[TimedFingerprint, ...]) -> str:
    """Return a line a frame, as vPDQ writes them: frame, quality, fingerprint in hex, seconds."""
    return "\n".join(
        f"{one.frame},{one.fingerprint.quality},{one.fingerprint.data.hex()},{one.at_s!r}" for one in frames
    )


def _sound_text(sound: SoundFingerprint) -> str:
    """Return the words, 4 bytes each, big-endian, in base64."""
    return base64.b64encode(struct.pack(f">{len(sound.words)}I", *sound.words)).decode()

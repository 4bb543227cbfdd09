"""A package's case read back: what `case_writing` wrote, and nothing else; a document of others is refused."""

from __future__ import annotations

import base64
import json
import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, BinaryIO, Final

from tsunagu.domain.digest import Digests
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import (
    Fingerprint,
    FingerprintKind,
    SoundFingerprint,
    SoundKind,
    TimedFingerprint,
    Turn,
)
from tsunagu.domain.media import Examined, MediaFacts, MediaType, Refusal
from tsunagu.domain.package import OfferedCase, PackagedFile
from tsunagu.domain.purpose import Purpose
from tsunagu.exchange.case_files import FRAMES, METHODS, PICTURE, SOUND
from tsunagu.exchange.case_terms import FORMAT, Node
from tsunagu.exchange.json_stream import JsonStream

_MOST_CHARACTERS: Final = 256 << 20  # an exhibit's node names all its files
_MOST_NUMBER: Final = 2**63 - 1
_MOST_COUNT: Final = 2**31 - 1
"""Of pixels and of frames, as they are kept."""
_TYPES: Final = {one.mime: one for one in MediaType}


def read_case(stream: BinaryIO) -> OfferedCase:
    """Return what the document offers; every file in it was read and can be read again by `read_files`.

    Raises:
        InputError: it was written by no release that this one knows, is damaged, or contradicts itself.
    """
    whole, agency, exhibits, files, numbers = None, "", [], 0, set()
    with _unreadable_told():
        for node in _nodes(stream):
            kind = node["@type"]
            if kind == "case-investigation:Investigation":
                whole = _format_checked(node)
            elif kind == "uco-identity:Organization":
                agency = _text(node, "uco-core:name")
            elif kind == "case-investigation:ProvenanceRecord":
                exhibits.append(_text(node, "case-investigation:exhibitNumber"))
            elif _is_file(kind):
                file = _file(node)
                files += 1
                numbers.add((file.exhibit, file.number))
        if whole is None:
            raise InputError("the document holds no case")
        found = OfferedCase(
            _text(whole, "uco-core:name"),
            Purpose(_text(whole, "case-investigation:focus")),
            _truth(whole, "tsunagu:covert"),
            date.fromisoformat(_text(whole, "tsunagu:keepLimit")),
            agency,
            tuple(exhibits),
            files,
        )
    if len(set(exhibits)) != len(exhibits) or len(numbers) != files or {one for one, _ in numbers} - set(exhibits):
        raise InputError("the case in the package contradicts itself")
    return found


def read_files(stream: BinaryIO) -> Iterator[PackagedFile]:
    """Yield the files of the document, in its order, one in memory at a time.

    Raises:
        InputError: as for `read_case`.
    """
    with _unreadable_told():
        for node in _nodes(stream):
            if _is_file(node["@type"]):
                yield _file(node)


def _nodes(stream: BinaryIO) -> Iterator[Node]:
    document = JsonStream(stream)
    for key in document.members():
        if key != "@graph":
            document.value()
            continue
        for _ in document.elements():
            yield document.value(_MOST_CHARACTERS)
    document.end()


def _is_file(kind: object) -> bool:
    return kind == "uco-observable:File" or (isinstance(kind, list) and "uco-observable:File" in kind)


def _format_checked(node: Node) -> Node:
    if node.get("tsunagu:format") != FORMAT:
        raise InputError("the case was written by a release that this one does not know")
    return node


def _file(node: Node) -> PackagedFile:
    """Return the file that a node tells of. The names of its facets' properties do not meet."""
    told = {name: value for facet in node["uco-core:hasFacet"] for name, value in facet.items()}
    mime = told.get("uco-observable:mimeType")
    refused = told.get("tsunagu:refused")
    upright, turns = _picture(told.get(PICTURE))
    examined = Examined(
        _path(told),
        _number(told["uco-observable:sizeInBytes"]),
        None if mime is None else _TYPES[mime],
        _digests(told.get("uco-observable:hash")),
        _facts(told),
        upright,
        turns,
        _frames(told.get(FRAMES)),
        _sound(told.get(SOUND)),
        None if refused is None else Refusal(refused),
    )
    mtime_ns = int(told["tsunagu:mtimeNs"]["@value"])
    if abs(mtime_ns) > _MOST_NUMBER:
        raise ValueError
    return PackagedFile(_text(told, "tsunagu:exhibit"), _number(told["tsunagu:place"]), mtime_ns, examined)


def _path(told: Node) -> bytes:
    exact = told.get("tsunagu:pathBytes")
    return _text(told, "uco-observable:filePath").encode() if exact is None else base64.b64decode(exact, validate=True)


def _facts(told: Node) -> MediaFacts:
    width = told.get("uco-observable:pictureWidth", told.get("tsunagu:width"))
    height = told.get("uco-observable:pictureHeight", told.get("tsunagu:height"))
    duration_s = told.get("tsunagu:durationS")
    codecs = json.loads(told.get("tsunagu:codecs", "[]"))
    tags = json.loads(told.get("tsunagu:tags", "{}"))
    for one in (*codecs, *tags, *tags.values()):
        if not isinstance(one, str):
            raise TypeError
        one.encode()
        if "\0" in one:  # which no structure of the database keeps
            raise ValueError
    return MediaFacts(
        None if width is None else _number(width, _MOST_COUNT),
        None if height is None else _number(height, _MOST_COUNT),
        None if duration_s is None else _seconds(duration_s),
        tuple(codecs),
        tags,
    )


def _digests(hashes: list[Node] | None) -> Digests | None:
    if hashes is None:
        return None
    found = {
        METHODS[one["uco-types:hashMethod"]]: bytes.fromhex(one["uco-types:hashValue"]["@value"]) for one in hashes
    }
    return Digests(**found)


def _picture(text: str | None) -> tuple[Fingerprint | None, tuple[Fingerprint, ...]]:
    if text is None:
        return None, ()
    quality, *data = text.split(",")
    upright, *turns = (Fingerprint(FingerprintKind.PDQ, bytes.fromhex(one), int(quality)) for one in data)
    if len(turns) != len(Turn):
        raise ValueError
    return upright, tuple(turns)


def _frames(text: str | None) -> tuple[TimedFingerprint, ...]:
    if text is None:
        return ()
    lines = (line.split(",") for line in text.split("\n"))
    return tuple(
        TimedFingerprint(
            _seconds(at_s),
            _bounded(frame, _MOST_COUNT),
            Fingerprint(FingerprintKind.PDQ, bytes.fromhex(data), int(quality)),
        )
        for frame, quality, data, at_s in lines
    )


def _sound(text: str | None) -> SoundFingerprint | None:
    if text is None:
        return None
    data = base64.b64decode(text, validate=True)
    return SoundFingerprint(SoundKind.CHROMAPRINT, struct.unpack(f">{len(data) // 4}I", data))


def _text(node: Node, name: str) -> str:
    value = node[name]
    if not isinstance(value, str):
        raise TypeError
    value.encode()  # a lone surrogate could not be kept
    return value


def _truth(node: Node, name: str) -> bool:
    value: Any = node[name]
    if not isinstance(value, bool):
        raise TypeError
    return value


def _number(literal: Node, most: int = _MOST_NUMBER) -> int:
    return _bounded(literal["@value"], most)


def _bounded(written: str, most: int) -> int:
    number = int(written)
    if not 0 <= number <= most:
        raise ValueError
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError
    return seconds


@contextmanager
def _unreadable_told() -> Iterator[None]:
    """Turn whatever a hostile document brings about into one error that quotes nothing of it."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, struct.error, OverflowError, RecursionError):
        raise InputError("the case in the package cannot be read") from None

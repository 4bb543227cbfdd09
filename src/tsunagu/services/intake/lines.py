"""The lines of an intake file, written and understood.

A line is one JSON object (RFC 8259) in ASCII, without spaces, ended by a line feed. It is taken only when writing what
was understood gives the same bytes again: there is one way to say a thing, and nothing is passed over. A path is bytes:
those that are no UTF-8 stand as lone surrogates (PEP 383). Fingerprints stand under the code of their kind.

Whoever wrote the file may be hostile: no value is believed before it was held to the bounds under which a decode
child's own words are taken.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from tsunagu.domain.clock import utc_text
from tsunagu.domain.digest import Digests
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, SoundFingerprint, SoundKind, TimedFingerprint, Turn
from tsunagu.domain.intake import IntakeHeader
from tsunagu.domain.media import Examined, MediaFacts, MediaType, Refusal
from tsunagu.media.messages import DecodeOptions
from tsunagu.media.sandbox import facts as media_facts
from tsunagu.media.sandbox.malformed import Malformed
from tsunagu.media.sandbox.wire import TIME_SLACK_S
from tsunagu.media.walk import Found

MAGIC: Final = b'{"tsunagu_intake":'
END_MAGIC: Final = b'{"files":'
UNSIGNED: Final = "unsigned"
MOST_PATH_BYTES: Final = 1 << 15
MOST_AT_S: Final = DecodeOptions().max_duration_s + TIME_SLACK_S
MOST_FRAMES: Final = 50_000
MOST_WORDS: Final = 400_000
"""A little more than the longest video and sound that are decoded give, twelve hours."""
_FORMAT: Final = 1
_MOST_BYTES: Final = 2**63 - 1
_MOST_FRAME: Final = 2**31 - 1
_MOST_SCANNER: Final = 64
_PDQ: Final = FingerprintKind.PDQ
_FRAMES: Final = f"{FingerprintKind.PDQ.code}/frame"
_SOUND: Final = SoundKind.CHROMAPRINT
_TYPES: Final = {one.mime: one for one in MediaType}

Value = TypeVar("Value")


class NotALine(ValueError):
    """The bytes are no line that a scan writes."""


def encode_header(header: IntakeHeader) -> bytes:
    """Return the first line."""
    return _line(
        tsunagu_intake=_FORMAT,
        made_at=utc_text(header.made_at),
        scanner=header.scanner,
        exhibit=str(header.exhibit_id) if header.exhibit_id else None,
        key=str(header.key_id) if header.key_id else None,
    )


def decode_header(line: bytes) -> IntakeHeader:
    """Understand the first line.

    Raises:
        NotALine: it is none.
    """
    return _understood(line, _header, encode_header)


def encode_file(file: tuple[Found, int]) -> bytes:
    """Return the line that goes before the items of one file: where it lies, and how many there are."""
    found, items = file
    return _line(file=_text(found.path), size_bytes=found.size_bytes, mtime_ns=found.mtime_ns, items=items)


def decode_file(line: bytes) -> tuple[Found, int]:
    """Understand the line of one file.

    Raises:
        NotALine: it is none.
    """
    return _understood(line, _file, encode_file)


def encode_item(item: Examined) -> bytes:
    """Return the line of one item."""
    return _line(
        path=_text(item.path),
        size_bytes=item.size_bytes,
        media_type=item.media_type.mime if item.media_type else None,
        digests=[item.digests.md5.hex(), item.digests.sha1.hex(), item.digests.sha256.hex()] if item.digests else None,
        width=item.facts.width,
        height=item.facts.height,
        duration_s=item.facts.duration_s,
        codecs=item.facts.codecs,
        tags=item.facts.tags,
        refused=item.refused.value if item.refused else None,
        **{
            _PDQ.code: [[turn.quality, turn.data.hex()] for turn in item.pdq_turns],
            _FRAMES: [
                [one.at_s, one.frame, one.fingerprint.quality, one.fingerprint.data.hex()] for one in item.frames
            ],
            _SOUND.code: struct.pack(f">{len(item.sound.words)}I", *item.sound.words).hex() if item.sound else None,
        },
    )


def decode_item(line: bytes) -> Examined:
    """Understand the line of one item.

    Raises:
        NotALine: it is none.
    """
    return _understood(line, _item, encode_item)


def encode_end(end: tuple[int, int, bytes]) -> bytes:
    """Return the line after the last item: how many files and items there were, and the SHA-256 of all lines before."""
    files, items, sha256 = end
    return _line(files=files, items=items, sha256=sha256.hex())


def decode_end(line: bytes) -> tuple[int, int, bytes]:
    """Understand the line after the last item.

    Raises:
        NotALine: it is none.
    """
    return _understood(line, _end, encode_end)


def encode_signature(signature: bytes | None) -> bytes:
    """Return the last line: an Ed25519 signature, or that there is none."""
    return _line(signature=signature.hex() if signature else UNSIGNED)


def decode_signature(line: bytes) -> bytes | None:
    """Understand the last line.

    Raises:
        NotALine: it is none.
    """
    return _understood(line, _signature, encode_signature)


def _line(**fields: Any) -> bytes:
    return json.dumps(fields, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def _understood(line: bytes, understand: Callable[[dict[str, Any]], Value], write: Callable[[Value], bytes]) -> Value:
    try:
        value = understand(json.loads(line))
        if write(value) == line:
            return value
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, InputError, Malformed, struct.error):
        pass
    raise NotALine


def _header(fields: dict[str, Any]) -> IntakeHeader:
    _require(_whole(fields["tsunagu_intake"], _FORMAT, _FORMAT) == _FORMAT)
    made_at, scanner = datetime.fromisoformat(fields["made_at"]), fields["scanner"]
    _require(0 < len(scanner) <= _MOST_SCANNER and scanner.isascii() and scanner.isprintable())
    exhibit, key = fields["exhibit"], fields["key"]
    _require((exhibit is None) == (key is None))
    return IntakeHeader(made_at, scanner, exhibit and UUID(exhibit), key and UUID(key))


def _file(fields: dict[str, Any]) -> tuple[Found, int]:
    found = Found(
        _path(fields["file"]), _whole(fields["size_bytes"]), _whole(fields["mtime_ns"], -_MOST_BYTES, _MOST_BYTES)
    )
    return found, _whole(fields["items"], 1)


def _item(fields: dict[str, Any]) -> Examined:
    turns = tuple(_fingerprint(*turn) for turn in fields[_PDQ.code])
    _require(len(turns) in {0, len(Turn)} and len(fields[_FRAMES]) <= MOST_FRAMES)
    item = Examined(
        path=_path(fields["path"]),
        size_bytes=_whole(fields["size_bytes"]),
        media_type=None if fields["media_type"] is None else _TYPES[fields["media_type"]],
        digests=fields["digests"] and Digests(*(bytes.fromhex(one) for one in fields["digests"])),
        facts=_facts(fields),
        pdq=turns[0] if turns else None,
        pdq_turns=turns,
        frames=tuple(_frame(*frame) for frame in fields[_FRAMES]),
        sound=None if fields[_SOUND.code] is None else _sound(fields[_SOUND.code]),
        refused=None if fields["refused"] is None else Refusal(fields["refused"]),
    )
    _require(item.digests is not None or (item.refused is not None and not (turns or item.frames or item.sound)))
    return item


def _facts(fields: dict[str, Any]) -> MediaFacts:
    width, height = (None if fields[side] is None else _whole(fields[side], 1) for side in ("width", "height"))
    duration_s = None if fields["duration_s"] is None else _seconds(fields["duration_s"])
    told = MediaFacts(width, height, duration_s, tuple(fields["codecs"]), fields["tags"])
    _require(media_facts.unpack(media_facts.pack(told)) == told)
    return told


def _frame(at_s: float, frame: int, quality: int, data: str) -> TimedFingerprint:
    _require(_seconds(at_s) <= MOST_AT_S)
    return TimedFingerprint(at_s, _whole(frame, 0, _MOST_FRAME), _fingerprint(quality, data))


def _fingerprint(quality: int, data: str) -> Fingerprint:
    return Fingerprint(_PDQ, bytes.fromhex(data), _whole(quality))


def _sound(words: str) -> SoundFingerprint:
    data = bytes.fromhex(words)
    _require(len(data) <= 4 * MOST_WORDS)
    return SoundFingerprint(_SOUND, struct.unpack(f">{len(data) // 4}I", data))


def _end(fields: dict[str, Any]) -> tuple[int, int, bytes]:
    return _whole(fields["files"]), _whole(fields["items"]), bytes.fromhex(fields["sha256"])


def _signature(fields: dict[str, Any]) -> bytes | None:
    if fields["signature"] == UNSIGNED:
        return None
    signature = bytes.fromhex(fields["signature"])
    _require(len(signature) == 64)
    return signature


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _path(text: str) -> bytes:
    path = text.encode("utf-8", "surrogateescape")
    _require(0 < len(path) <= MOST_PATH_BYTES)
    return path


def _whole(value: int, least: int = 0, most: int = _MOST_BYTES) -> int:
    _require(type(value) is int and least <= value <= most)
    return value


def _seconds(value: float) -> float:
    _require(type(value) is float and math.isfinite(value) and value >= 0)
    return value


def _require(holds: bool) -> None:  # noqa: FBT001 - reads as the sentence it checks
    if not holds:
        raise NotALine

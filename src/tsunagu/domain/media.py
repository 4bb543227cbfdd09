"""Media: what kinds of content there are, what is told of one, and why one may be refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, SoundFingerprint, TimedFingerprint


class MediaKind(StrEnum):
    """The four ways a content is worked on."""

    PICTURE = "picture"
    VIDEO = "video"
    SOUND = "sound"
    ARCHIVE = "archive"


class MediaType(Enum):
    """A content type that Tsunagu reads, told from the bytes and never from the name.

    A container that can hold both (MP4, Matroska, Ogg) is listed as video; one without a
    picture track is worked on as sound.
    """

    JPEG = ("image/jpeg", MediaKind.PICTURE)
    PNG = ("image/png", MediaKind.PICTURE)
    GIF = ("image/gif", MediaKind.PICTURE)
    WEBP = ("image/webp", MediaKind.PICTURE)
    TIFF = ("image/tiff", MediaKind.PICTURE)
    BMP = ("image/bmp", MediaKind.PICTURE)
    HEIC = ("image/heic", MediaKind.PICTURE)
    AVIF = ("image/avif", MediaKind.PICTURE)
    MP4 = ("video/mp4", MediaKind.VIDEO)
    MOV = ("video/quicktime", MediaKind.VIDEO)
    MATROSKA = ("video/x-matroska", MediaKind.VIDEO)
    WEBM = ("video/webm", MediaKind.VIDEO)
    AVI = ("video/x-msvideo", MediaKind.VIDEO)
    MPEG_TS = ("video/mp2t", MediaKind.VIDEO)
    WAV = ("audio/wav", MediaKind.SOUND)
    MP3 = ("audio/mpeg", MediaKind.SOUND)
    FLAC = ("audio/flac", MediaKind.SOUND)
    OGG = ("audio/ogg", MediaKind.SOUND)
    AAC = ("audio/aac", MediaKind.SOUND)
    ZIP = ("application/zip", MediaKind.ARCHIVE)
    TAR = ("application/x-tar", MediaKind.ARCHIVE)

    def __init__(self, mime: str, kind: MediaKind) -> None:
        """Spread the tuple over named attributes."""
        self.mime = mime
        self.kind = kind


class Refusal(StrEnum):
    """Why a file was not examined, or not to its end. Codes are stable: other programs read them."""

    UNREADABLE = "unreadable"
    NOT_A_FILE = "not-a-file"
    EMPTY = "empty"
    UNKNOWN_TYPE = "unknown-type"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too-many-pixels"
    TOO_LONG = "too-long"
    TOO_LARGE = "too-large"
    TOO_MANY_MEMBERS = "too-many-members"
    TOO_DEEP = "too-deep"
    SUSPICIOUS_RATIO = "suspicious-ratio"
    PATH_ESCAPES = "path-escapes"
    ENCRYPTED = "encrypted"
    OUT_OF_MEMORY = "out-of-memory"
    OUT_OF_TIME = "out-of-time"
    DECODER_DIED = "decoder-died"
    CHANGED = "changed"


PASSING = frozenset({Refusal.OUT_OF_MEMORY, Refusal.OUT_OF_TIME, Refusal.DECODER_DIED})
"""Refusals that may tell of our own process and not of the file: a child that was killed, a machine that was busy."""
MEMBER_SEPARATOR = b"!/"
"""Between the path of an archive and the name of its member."""


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a file says of itself; nothing here is verified.

    Attributes:
        width, height: pixels as stored, before any turning; None for sound.
        duration_s: seconds; None for pictures and where the file does not say.
        codecs: names of the video and sound codecs, in that order.
        tags: a small, bounded choice of the file's own metadata (camera, time, position), as text.
    """

    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    codecs: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examined:
    """All that Tsunagu learns of one file: what `fingerprint` prints and `ingest` keeps.

    Attributes:
        path: where the file lies, raw bytes; a member of an archive as `archive!/member`.
        size_bytes: length of the content; 0 when it could not be read.
        media_type: None when the content is of no type that Tsunagu reads.
        digests: None only when the content could not be read at all.
        pdq: the upright fingerprint of a picture.
        pdq_turns: the eight fingerprints of a picture, in the order of `Turn`; empty otherwise.
        frames: the timed fingerprints of a video, in the order of time.
        sound: None without a sound track, or when no sound was decoded.
        refused: why the file was not examined, or not to its end; None when all went well.
    """

    path: bytes
    size_bytes: int
    media_type: MediaType | None = None
    digests: Digests | None = None
    facts: MediaFacts = field(default_factory=MediaFacts)
    pdq: Fingerprint | None = None
    pdq_turns: tuple[Fingerprint, ...] = ()
    frames: tuple[TimedFingerprint, ...] = ()
    sound: SoundFingerprint | None = None
    refused: Refusal | None = None

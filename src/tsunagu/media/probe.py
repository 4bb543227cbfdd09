"""What a content is, told from its first bytes and never from its name."""

from __future__ import annotations

from typing import Final

from tsunagu.domain.media import MediaType

HEAD_BYTES: Final = 4096
"""How much of a file `probe` wants to see. With less it may answer None, but not a wrong type."""

_STARTS: Final = (
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"GIF87a", MediaType.GIF),
    (b"GIF89a", MediaType.GIF),
    (b"II*\0", MediaType.TIFF),
    (b"MM\0*", MediaType.TIFF),
    (b"II+\0\x08\0\0\0", MediaType.TIFF),
    (b"MM\0+\0\x08\0\0", MediaType.TIFF),
    (b"fLaC", MediaType.FLAC),
    (b"OggS\0", MediaType.OGG),
    (b"PK\x03\x04", MediaType.ZIP),
    (b"PK\x05\x06", MediaType.ZIP),
    (b"PK\x07\x08PK\x03\x04", MediaType.ZIP),
)
_RIFF: Final = {b"WAVE": MediaType.WAV, b"AVI ": MediaType.AVI, b"WEBP": MediaType.WEBP}
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_STILL_BRANDS: Final = frozenset({b"mif1", b"mif2", b"msf1", b"miaf"})
_QUICKTIME_ATOMS: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_EBML: Final = b"\x1aE\xdf\xa3"
_EBML_DOCTYPE: Final = b"\x42\x82"
_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})
_ID3: Final = (b"ID3\x02", b"ID3\x03", b"ID3\x04")
_TS_SYNC: Final = 0x47
_MP3_KBITS: Final = {
    (3, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_HZ: Final = (44_100, 48_000, 32_000)


def probe(head: bytes) -> MediaType | None:
    """Return the type of a content, or None when it is of none that Tsunagu reads.

    Only says which decoder to try: a content that merely begins like a type is refused by that decoder.
    An MP4 or Ogg with sound alone is still MP4 or Ogg. Never raises.

    Args:
        head: the first `HEAD_BYTES` of the content, or all of it when it is shorter.

    Source: the signatures of each format; ISO/IEC 14496-12 (`ftyp`), RFC 8794 (EBML), ISO/IEC 13818-1
    (transport stream), ISO/IEC 11172-3 and 13818-3 (MPEG audio frames), POSIX.1-2017 pax (`ustar`).
    """
    for start, media_type in _STARTS:
        if head.startswith(start):
            return media_type
    if head[:4] in {b"RIFF", b"RF64"}:
        return _RIFF.get(head[8:12])
    for test in (_iso_media, _ebml, _bmp, _tar, _transport_stream, _mpeg_audio):
        found = test(head)
        if found is not None:
            return found
    return None


def _iso_media(head: bytes) -> MediaType | None:
    """Tell HEIC, AVIF, QuickTime and MP4 apart by their brands, the major one first."""
    if head[4:8] in _QUICKTIME_ATOMS:
        return MediaType.MOV if _plausible_atom(head) else None
    if head[4:8] != b"ftyp" or len(head) < 12:
        return None
    length = min(int.from_bytes(head[:4]), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]
    major = brands[0]
    if major in _HEIC_BRANDS:
        return MediaType.HEIC
    if major in _AVIF_BRANDS:
        return MediaType.AVIF
    if major in _STILL_BRANDS:
        return MediaType.AVIF if _AVIF_BRANDS.intersection(brands) else MediaType.HEIC
    return MediaType.MOV if major == b"qt  " else MediaType.MP4


def _plausible_atom(head: bytes) -> bool:
    """Whether a file begins with a QuickTime atom: its length leads to another atom, or beyond `head`."""
    length = int.from_bytes(head[:4])
    if length == 1:
        return len(head) >= 16
    if length < 8:
        return False
    return length + 8 > len(head) or head[length + 4 : length + 8].isalnum()


def _ebml(head: bytes) -> MediaType | None:
    """Tell WebM from other Matroska by the document type in the EBML header."""
    if not head.startswith(_EBML):
        return None
    at = head.find(_EBML_DOCTYPE, 4, 128)
    if at < 0 or at + 3 > len(head):
        return None
    name = head[at + 3 : at + 3 + (head[at + 2] & 0x7F)].rstrip(b"\0")
    return {b"webm": MediaType.WEBM, b"matroska": MediaType.MATROSKA}.get(name)


def _bmp(head: bytes) -> MediaType | None:
    """Accept a bitmap by the length of its second header, since two letters alone prove little."""
    known = head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
    return MediaType.BMP if known else None


def _tar(head: bytes) -> MediaType | None:
    """Accept a tape archive by its magic, or by the checksum of the first header (the format before POSIX)."""
    header = head[:512]
    if header[257:262] == b"ustar":
        return MediaType.TAR
    if len(header) < 512 or header[0] == 0:
        return None
    digits = header[148:156].strip(b" \0")
    if not digits or not set(digits) <= set(b"01234567"):
        return None
    expected = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    return MediaType.TAR if int(digits, 8) == expected else None


def _transport_stream(head: bytes) -> MediaType | None:
    """Accept five sync bytes in step: 188 bytes apart, or 192 with a four-byte time stamp before each (M2TS)."""
    for first, step in ((0, 188), (4, 192)):
        syncs = head[first : first + 5 * step : step]
        if len(syncs) == 5 and set(syncs) == {_TS_SYNC}:
            return MediaType.MPEG_TS
    return None


def _mpeg_audio(head: bytes) -> MediaType | None:
    """Tell MP3 and ADTS AAC by two whole frame headers in a row; one sync word is too easily met by chance.

    An ID3 tag is stepped over; when it is longer than `head`, what it stands before is not seen: MP3 by far
    most often, and the decoder finds out.
    """
    at = 0
    if head.startswith(_ID3) and len(head) >= 10:
        if any(byte & 0x80 for byte in head[6:10]):
            return None
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        if at + 4 > len(head):
            return MediaType.MP3
        if head.startswith(b"fLaC", at):
            return MediaType.FLAC
    for length_of, media_type in ((_mp3_frame, MediaType.MP3), (_adts_frame, MediaType.AAC)):
        length = length_of(head[at : at + 8])
        if length and length_of(head[at + length : at + length + 8]):
            return media_type
    return None


def _mp3_frame(header: bytes) -> int:
    """Return the length of the MPEG audio frame that begins here, in bytes; 0 when none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer == 0 or bitrate in {0, 15} or rate == 3:
        return 0
    kbits = _MP3_KBITS[3 if version == 3 else 2, layer][bitrate - 1]
    hz = _MP3_HZ[rate] >> {3: 0, 2: 1, 0: 2}[version]
    padding = header[2] >> 1 & 1
    if layer == 3:
        return (12_000 * kbits // hz + padding) * 4
    return (72_000 if layer == 1 and version != 3 else 144_000) * kbits // hz + padding


def _adts_frame(header: bytes) -> int:
    """Return the length of the ADTS frame that begins here, in bytes; 0 when none does."""
    if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0

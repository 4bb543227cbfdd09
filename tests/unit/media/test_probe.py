"""Types are told by content."""

import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.media import MediaType
from tsunagu.media.decoding.warming import tiny_items
from tsunagu.media.probe import HEAD_BYTES, probe

TINY = [(media_type, item.getvalue()) for media_type, item in tiny_items()]


@pytest.mark.parametrize(("media_type", "content"), TINY, ids=[f"{kind.name}-{n}" for n, (kind, _) in enumerate(TINY)])
def test_every_format_that_is_decoded_is_told_from_its_bytes(media_type, content):
    assert probe(content[:HEAD_BYTES]) is media_type


def test_every_media_type_but_quicktime_was_drawn():
    assert {media_type for media_type, _ in TINY} == set(MediaType) - {MediaType.MOV}


@given(st.binary(max_size=700))
@settings(deadline=None)
def test_any_bytes_get_an_answer(head):
    assert probe(head) in {None, *MediaType}


@given(st.sampled_from(TINY), st.integers(0, HEAD_BYTES), st.binary(max_size=40))
@settings(deadline=None)
def test_any_cut_or_overwritten_head_gets_an_answer(tiny, at, over):
    content = tiny[1][:HEAD_BYTES]
    assert probe(content[:at]) in {None, tiny[0], MediaType.MP4, MediaType.MP3, MediaType.HEIC}
    assert probe(content[:at] + over + content[at + len(over) :]) in {None, *MediaType}


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + major + bytes(4) + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + bytes(64)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (ftyp(b"heic", b"mif1"), MediaType.HEIC),
        (ftyp(b"heix"), MediaType.HEIC),
        (ftyp(b"mif1", b"heic"), MediaType.HEIC),
        (ftyp(b"mif1", b"mif1", b"avif"), MediaType.AVIF),
        (ftyp(b"avif"), MediaType.AVIF),
        (ftyp(b"avis", b"avif"), MediaType.AVIF),
        (ftyp(b"qt  "), MediaType.MOV),
        (ftyp(b"isom", b"avc1"), MediaType.MP4),
        (ftyp(b"mp42"), MediaType.MP4),
        (ftyp(b"3gp4"), MediaType.MP4),
        (ftyp(b"M4A "), MediaType.MP4),
        (b"\0\0\0\x08wide\0\0\0\x10mdat" + bytes(20), MediaType.MOV),
        (b"\0\0\x10\0moov\0\0\0\x6cmvhd" + bytes(20), MediaType.MOV),
        (b"\0\0\0\0moov", None),
        (b"RIFF\x24\0\0\0CDDA", None),
        (b"RF64\xff\xff\xff\xffWAVE", MediaType.WAV),
        (b"PK\x05\x06" + bytes(18), MediaType.ZIP),
        (b"BM, he said, and left the room.", None),
        (b"\xff\xfb\x90\x64" + bytes(1000), None),
        (b"ID3 is a format", None),
        (b"\x1aE\xdf\xa3\x88\x42\x82\x88matroska", MediaType.MATROSKA),
        (b"\x1aE\xdf\xa3\x87\x42\x82\x84webm", MediaType.WEBM),
        (b"\x1aE\xdf\xa3\x87\x42\x82\x84text", None),
        (b"", None),
        (b"hello", None),
        (b"%PDF-1.7\n", None),
        (b"\x7fELF", None),
        (b"G" * 4096, MediaType.MPEG_TS),
    ],
)
def test_brands_and_look_alikes(head, media_type):
    assert probe(head) is media_type


def test_mp3_is_told_with_and_without_an_id3_tag_even_one_longer_than_the_head():
    bare = next(content for media_type, content in TINY if media_type is MediaType.MP3)
    frames = bare[bare.index(b"\xff\xfb") :] if b"\xff\xfb" in bare else bare[bare.index(b"\xff\xf3") :]
    assert probe(frames[:HEAD_BYTES]) is MediaType.MP3
    assert probe(b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + frames) is MediaType.MP3
    assert probe(b"ID3\x04\0\0\0\0\x7f\x7f" + bytes(HEAD_BYTES)) is MediaType.MP3


def test_transport_streams_with_time_stamps_before_each_packet_are_told_too():
    stream = next(content for media_type, content in TINY if media_type is MediaType.MPEG_TS)
    stamped = b"".join(bytes(4) + stream[at : at + 188] for at in range(0, 188 * 6, 188))
    assert probe(stamped) is MediaType.MPEG_TS


def test_a_tape_archive_of_the_time_before_posix_is_told_by_its_checksum():
    item = io.BytesIO()
    with tarfile.open(fileobj=item, mode="w", format=tarfile.GNU_FORMAT) as tape:
        tape.addfile(tarfile.TarInfo("one"))
    header = bytearray(item.getvalue()[:512])
    header[257:265] = bytes(8)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    assert probe(bytes(header)) is MediaType.TAR
    header[0] ^= 1
    assert probe(bytes(header)) is None


@pytest.mark.skipif("TSUNAGU_TEST_MEDIA" not in os.environ, reason="needs real media")
def test_real_media_are_what_their_names_say():
    by_suffix = {
        ".jpg": MediaType.JPEG,
        ".png": MediaType.PNG,
        ".heic": MediaType.HEIC,
        ".mov": MediaType.MOV,
        ".mp4": MediaType.MP4,
        ".3gp": MediaType.MP4,
        ".mts": MediaType.MPEG_TS,
        ".wav": MediaType.WAV,
        ".flac": MediaType.FLAC,
    }
    files = [path for path in Path(os.environ["TSUNAGU_TEST_MEDIA"]).rglob("*") if path.suffix.lower() in by_suffix]
    assert files
    for path in files:
        with path.open("rb") as file:
            assert probe(file.read(HEAD_BYTES)) is by_suffix[path.suffix.lower()], path.name

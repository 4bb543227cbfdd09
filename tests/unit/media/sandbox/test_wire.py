"""The bytes between a decode child and its parent."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.media.messages import (
    DecodeOptions,
    MemberData,
    MemberRefused,
    MemberStart,
    PictureFingerprints,
    Refused,
    RgbPicture,
    SoundChunk,
)
from tsunagu.media.picture import Picture, TimedPicture
from tsunagu.media.sandbox.malformed import Malformed
from tsunagu.media.sandbox.request import Request
from tsunagu.media.sandbox.tally import Tally
from tsunagu.media.sandbox.wire import FrameKind, encode, encode_end, encode_refusal, receive

OPTIONS = DecodeOptions(
    max_pixels=10_000, max_side=2000, max_duration_s=5.0, max_members=3, max_member_bytes=10, max_total_bytes=20
)

_texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
_facts = st.builds(
    MediaFacts,
    width=st.none() | st.integers(1, 2**31 - 1),
    height=st.none() | st.integers(1, 2**31 - 1),
    duration_s=st.none() | st.floats(0, 1e9),
    codecs=st.lists(_texts, max_size=4).map(tuple),
    tags=st.dictionaries(_texts, _texts, max_size=5),
)


@st.composite
def _pictures(draw: st.DrawFn) -> Picture:
    width, height, scale = draw(st.integers(1, 100)), draw(st.integers(1, 100)), draw(st.integers(1, 9))
    shape = (-(-height // scale), -(-width // scale))
    luma = np.random.default_rng(draw(st.integers(0, 9))).integers(0, 256, shape, np.uint8)
    return Picture(luma, width, height, scale, draw(st.integers(1, 8)))


_rgb = st.tuples(st.integers(1, 30), st.integers(1, 30)).map(lambda size: RgbPicture(np.ones((*size, 3), np.uint8)))
_names = (
    st.text("abc/.", min_size=1, max_size=9)
    .map(str.encode)
    .filter(lambda name: not name.startswith(b"/") and b".." not in name.split(b"/"))
)
_qualities = st.integers(0, 100)
_bits = st.binary(min_size=32, max_size=32)


def _turns(quality: int, turns: list[bytes]) -> PictureFingerprints:
    return PictureFingerprints(tuple(Fingerprint(FingerprintKind.PDQ, data, quality) for data in turns))


_messages = (
    _facts
    | st.builds(_turns, _qualities, st.lists(_bits, min_size=8, max_size=8))
    | st.builds(
        TimedFingerprint,
        st.floats(0, OPTIONS.max_duration_s),
        st.integers(0, 2**31 - 1),
        st.builds(Fingerprint, st.just(FingerprintKind.PDQ), _bits, _qualities),
    )
    | _pictures()
    | st.builds(TimedPicture, st.floats(0, OPTIONS.max_duration_s), st.integers(0, 2**31 - 1), _pictures())
    | st.lists(st.integers(-(2**15), 2**15 - 1), min_size=1).map(lambda values: SoundChunk(np.array(values, np.int16)))
    | st.builds(MemberStart, _names, st.none() | st.integers(0, 2**62))
    | st.builds(MemberData, st.binary(min_size=1, max_size=99))
    | st.builds(MemberRefused, st.binary(max_size=99), st.sampled_from(Refusal))
    | _rgb
)


def reader(data: bytes) -> Callable[[memoryview], None]:
    """Return a source that gives `data` and then says, as a dead child does, that there is no more."""
    left = memoryview(data)

    def fill(view: memoryview) -> None:
        nonlocal left
        if len(view) > len(left):
            raise ConnectionResetError
        view[:] = left[: len(view)]
        left = left[len(view) :]

    return fill


def plain(message: object) -> object:
    """Return the message with its arrays as values that compare."""
    if isinstance(message, np.ndarray):
        return message.dtype, message.shape, message.tobytes()
    if dataclasses.is_dataclass(message):
        return type(message), [plain(getattr(message, field.name)) for field in dataclasses.fields(message)]
    return message


@given(_messages)
def test_what_one_end_says_the_other_end_hears(message):
    assert plain(receive(reader(b"".join(encode(message))), OPTIONS)) == plain(message)


def test_the_end_of_an_item_is_heard():
    assert receive(reader(encode_end()), OPTIONS) is None


@pytest.mark.parametrize("refusal", Refusal)
def test_each_refusal_is_heard_with_its_code(refusal):
    with pytest.raises(Refused) as caught:
        receive(reader(encode_refusal(refusal)), OPTIONS)
    assert caught.value.refusal is refusal


def _hears_or_refuses(data: bytes) -> None:
    fill = reader(data)
    try:
        while receive(fill, OPTIONS) is not None:
            pass
    except (Malformed, Refused, ConnectionResetError):
        pass


@settings(max_examples=500)
@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_be_refused(data):
    _hears_or_refuses(data)


@settings(max_examples=500)
@given(
    kind=st.sampled_from(FrameKind),
    told=st.binary(max_size=80),
    bulk_bytes=st.integers(0, 2**32 - 1),
    bulk=st.binary(max_size=80),
)
def test_no_frame_with_a_sound_heading_does_more_than_be_refused(kind, told, bulk_bytes, bulk):
    _hears_or_refuses(struct.pack("<BxHI", kind, len(told), bulk_bytes) + told + bulk)


@settings(max_examples=500)
@given(_messages, st.data())
def test_a_frame_with_a_changed_byte_is_heard_otherwise_or_refused(message, data):
    frame = bytearray(b"".join(encode(message)))
    frame[data.draw(st.integers(0, min(len(frame), 60) - 1))] ^= data.draw(st.integers(1, 255))
    _hears_or_refuses(bytes(frame))


def _picture_frame(**changes: int) -> bytes:
    told = {"width": 9, "height": 5, "scale": 2, "rows": 3, "columns": 5, "orientation": 1, "bulk": 15} | changes
    bulk = told.pop("bulk")
    return struct.pack("<BxHI", FrameKind.PICTURE, 21, bulk) + struct.pack("<IIIIIB", *told.values()) + bytes(bulk)


def test_the_picture_that_the_next_test_spoils_is_heard():
    assert isinstance(receive(reader(_picture_frame()), OPTIONS), Picture)


@pytest.mark.parametrize(
    "changes",
    [
        {"width": 0},
        {"height": 0},
        {"scale": 0},
        {"orientation": 0},
        {"orientation": 9},
        {"rows": 4},
        {"columns": 4},
        {"rows": 2, "bulk": 10},
        {"bulk": 14},
        {"bulk": 16},
        {"width": 10_001, "height": 1, "scale": 1, "rows": 1, "columns": 10_001, "bulk": 10_001},
        {"width": 2001, "height": 1, "scale": 1, "rows": 1, "columns": 2001, "bulk": 2001},
        {"width": 1, "height": 2001, "scale": 1, "rows": 2001, "columns": 1, "bulk": 2001},
    ],
)
def test_a_picture_that_contradicts_itself_or_its_bounds_is_refused(changes):
    with pytest.raises(Malformed):
        receive(reader(_picture_frame(**changes)), OPTIONS)


def test_fingerprints_of_another_length_or_a_quality_above_100_are_refused():
    turns = struct.pack("<BxHI", FrameKind.PICTURE_FINGERPRINTS, 257, 0)
    assert isinstance(receive(reader(turns + bytes(257)), OPTIONS), PictureFingerprints)
    timed = struct.pack("<BxHI", FrameKind.TIMED_FINGERPRINT, 49, 0) + bytes(16)
    assert isinstance(receive(reader(timed + bytes(33)), OPTIONS), TimedFingerprint)
    for frame in (
        turns + b"\x65" + bytes(256),
        timed + b"\x65" + bytes(32),
        struct.pack("<BxHI", FrameKind.PICTURE_FINGERPRINTS, 256, 0) + bytes(256),
        struct.pack("<BxHI", FrameKind.TIMED_FINGERPRINT, 48, 0) + bytes(48),
    ):
        with pytest.raises(Malformed):
            receive(reader(frame), OPTIONS)


@pytest.mark.parametrize("at_s", [float("nan"), float("inf"), -1.0, OPTIONS.max_duration_s + 2.0])
def test_a_frame_at_no_time_or_beyond_the_longest_is_refused(at_s):
    message = TimedPicture(at_s, 0, Picture(np.zeros((1, 1), np.uint8), 1, 1))
    with pytest.raises(Malformed):
        receive(reader(b"".join(encode(message))), OPTIONS)


@pytest.mark.parametrize("name", [b"/etc/passwd", b"a/../../b", b"..", b"a\0b"])
def test_a_member_that_leaves_its_archive_is_refused(name):
    with pytest.raises(Malformed):
        receive(reader(b"".join(encode(MemberStart(name, None)))), OPTIONS)


def test_a_tag_that_could_steer_a_terminal_is_refused():
    with pytest.raises(Malformed):
        receive(reader(b"".join(encode(MediaFacts(tags={"camera": "\x1b[2J"})))), OPTIONS)


def test_a_decoder_that_says_too_much_fails_in_the_child_already():
    with pytest.raises(Malformed):
        encode(MediaFacts(tags={"camera": "x" * 10_000}))
    with pytest.raises(Malformed):
        encode(MediaFacts(tags={str(number): "" for number in range(100)}))


@pytest.mark.parametrize("at_s", [float("nan"), float("inf"), -1.0, OPTIONS.max_duration_s + 2.0])
def test_a_fingerprint_at_no_time_or_beyond_the_longest_is_refused(at_s):
    message = TimedFingerprint(at_s, 0, Fingerprint(FingerprintKind.PDQ, bytes(32), 0))
    with pytest.raises(Malformed):
        receive(reader(b"".join(encode(message))), OPTIONS)


PICTURE = Picture(np.zeros((1, 1), np.uint8), 1, 1)
TURNS = _turns(100, [bytes(32)] * 8)
TAKEN = TimedFingerprint(0.0, 0, TURNS.turns[0])
MINUTE = SoundChunk(np.zeros(11_025 * 60, np.int16))


@pytest.mark.parametrize(
    ("media_type", "messages"),
    [
        (MediaType.JPEG, [PICTURE, PICTURE]),
        (MediaType.JPEG, [MediaFacts(), MediaFacts()]),
        (MediaType.JPEG, [MINUTE]),
        (MediaType.JPEG, [RgbPicture(np.zeros((1, 1, 3), np.uint8))]),
        (MediaType.MP4, [PICTURE]),
        (MediaType.MP4, [TimedPicture(0.0, 0, PICTURE)] * 200),
        (MediaType.WAV, [MINUTE, MINUTE]),
        (MediaType.WAV, [MemberStart(b"a", None)]),
        (MediaType.ZIP, [MemberStart(b"a", None)] * 5),
        (MediaType.ZIP, [MemberData(b"x")]),
        (MediaType.ZIP, [MemberStart(b"a", None), MemberRefused(b"a", Refusal.DAMAGED), MemberData(b"x")]),
        (MediaType.ZIP, [MemberStart(b"a", None), *[MemberData(bytes(1 << 20))] * 2]),
    ],
)
def test_no_item_says_more_than_its_kind_and_bounds_allow(media_type, messages):
    tally = Tally(Request(media_type), OPTIONS)
    with pytest.raises(Malformed):  # noqa: PT012 - which of them is one too many does not matter
        for message in messages:
            tally.admit(message)


@pytest.mark.parametrize(
    ("media_type", "messages"),
    [
        (MediaType.JPEG, [TURNS, TURNS]),
        (MediaType.JPEG, [PICTURE]),
        (MediaType.JPEG, [TAKEN]),
        (MediaType.MP4, [TURNS]),
        (MediaType.MP4, [TimedPicture(0.0, 0, PICTURE)]),
        (MediaType.MP4, [TAKEN] * 200),
    ],
)
def test_where_fingerprints_are_asked_for_no_plane_and_no_more_than_the_bounds_is_admitted(media_type, messages):
    tally = Tally(Request(media_type, as_fingerprints=True), OPTIONS)
    with pytest.raises(Malformed):  # noqa: PT012 - which of them is one too many does not matter
        for message in messages:
            tally.admit(message)


@pytest.mark.parametrize(("media_type", "message"), [(MediaType.JPEG, TURNS), (MediaType.MP4, TAKEN)])
def test_fingerprints_are_admitted_where_they_are_asked_for_and_nowhere_else(media_type, message):
    Tally(Request(media_type, as_fingerprints=True), OPTIONS).admit(message)
    with pytest.raises(Malformed):
        Tally(Request(media_type), OPTIONS).admit(message)


def test_an_honest_item_is_admitted():
    tally = Tally(Request(MediaType.ZIP), OPTIONS)
    for message in (MediaFacts(), MemberStart(b"a", 3), MemberData(b"abc"), MemberRefused(b"b", Refusal.DAMAGED)):
        tally.admit(message)

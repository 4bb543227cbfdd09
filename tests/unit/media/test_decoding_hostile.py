"""Whatever is done to the bytes, a decoder answers or refuses; nothing else ever comes out of it."""

import io
import random

import pytest

from tsunagu.domain.media import MediaType
from tsunagu.media.decoding import decode
from tsunagu.media.decoding.warming import tiny_items
from tsunagu.media.messages import DecodeOptions, Refused
from tsunagu.media.picture import Picture, TimedPicture

BOUNDS = DecodeOptions(max_pixels=4_000_000, max_duration_s=600, max_total_bytes=1 << 24, max_member_bytes=1 << 22)
TINY = [(media_type, item.getvalue()) for media_type, item in tiny_items()]
IDS = [f"{media_type.name}-{number}" for number, (media_type, _) in enumerate(TINY)]


def answer(content, media_type):
    """Decode to the end; only `Refused` may interrupt."""
    try:
        for message in decode(io.BytesIO(content), media_type, BOUNDS):
            picture = message.picture if isinstance(message, TimedPicture) else message
            if isinstance(picture, Picture):
                assert picture.width * picture.height <= BOUNDS.max_pixels
                assert picture.luma.size <= BOUNDS.max_pixels
    except Refused as refused:
        return refused.refusal
    return None


@pytest.mark.parametrize(("media_type", "content"), TINY, ids=IDS)
def test_the_whole_file_is_not_refused(media_type, content):
    assert answer(content, media_type) is None


@pytest.mark.parametrize(("media_type", "content"), TINY, ids=IDS)
def test_cut_and_changed_copies_are_answered_or_refused(media_type, content):
    chance = random.Random(f"{media_type.name}{len(content)}")
    for _ in range(40):
        copy = bytearray(content)
        for _ in range(chance.choice((0, 1, 3, 30))):
            copy[chance.randrange(len(copy))] ^= 1 << chance.randrange(8)
        if chance.random() < 0.4:
            copy = copy[: chance.randrange(len(copy))]
        answer(bytes(copy), media_type)


@pytest.mark.parametrize("media_type", MediaType)
def test_nothing_and_noise_are_refused(media_type):
    for content in (b"", b"\0" * 5000, random.Random(1).randbytes(5000)):
        if media_type is MediaType.TAR and not any(content) and content:
            continue  # blocks of zeros are an archive of nothing
        assert answer(content, media_type) is not None


@pytest.mark.parametrize(("media_type", "content"), TINY, ids=IDS)
def test_a_valid_file_tried_as_another_type_is_refused_or_answered(media_type, content):
    for other in MediaType:
        if other is not media_type:
            answer(content, other)

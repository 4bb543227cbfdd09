"""Shared video and sound on real clips, through the product's own decoder and fingerprints."""

import io
import wave

import av
import numpy as np
import pytest

from tsunagu.domain.fingerprint import TimedFingerprint
from tsunagu.domain.media import MediaType
from tsunagu.fingerprints import pdq
from tsunagu.fingerprints.chromaprint import Chromaprint
from tsunagu.media.decoding.dispatch import decode
from tsunagu.media.messages import DecodeOptions, SoundChunk
from tsunagu.media.picture import TimedPicture
from tsunagu.overlap.sound import shared_sound
from tsunagu.overlap.video import shared_video

CHAIR_S = 22.4


def frames(file):
    messages = decode(file, MediaType.MP4, DecodeOptions())
    pictures = [one for one in messages if isinstance(one, TimedPicture)]
    return [TimedFingerprint(one.at_s, one.frame, pdq.fingerprint(one.picture)) for one in pictures]


@pytest.fixture(scope="module")
def clips(test_media):
    folder = test_media / "video" / "tmk"
    names = {"original": "chair-orig-22-sd-bar", "logo": "chair-22-with-large-logo-bar", "door": "doorknob-hd-no-bar"}
    found = {}
    for word, name in names.items():
        with (folder / f"{name}.mp4").open("rb") as file:
            found[word] = frames(file)
    return found


def encoded_again(path, *, size, bit_rate):
    """The clip at another size and a low bit rate, every third frame."""
    copy = io.BytesIO()
    with av.open(path) as source, av.open(copy, "w", format="mp4") as target:
        stream = target.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size, "yuv420p", bit_rate
        for number, frame in enumerate(source.decode(video=0)):
            if number % 3 == 0:
                small = av.VideoFrame.from_ndarray(frame.reformat(*size, "yuv420p").to_ndarray(), format="yuv420p")
                target.mux(stream.encode(small))
        target.mux(stream.encode(None))
    copy.seek(0)
    return copy


def assert_whole(found):
    (stretch,) = found
    assert stretch.a_from_s == pytest.approx(0, abs=1)
    assert stretch.b_from_s == pytest.approx(0, abs=1)
    assert stretch.a_to_s == pytest.approx(CHAIR_S, abs=1)
    assert stretch.b_to_s == pytest.approx(CHAIR_S, abs=1)


def test_a_copy_covered_by_a_large_logo_is_found_whole(clips):
    assert_whole(shared_video(clips["logo"], clips["original"]))


def test_a_copy_encoded_again_smaller_and_worse_is_found_whole(clips, test_media):
    path = test_media / "video" / "tmk" / "chair-orig-22-sd-bar.mp4"
    copy = frames(encoded_again(path, size=(240, 360), bit_rate=80_000))
    assert_whole(shared_video(clips["original"], copy))
    assert_whole(shared_video(clips["logo"], copy))


def test_another_clip_shares_nothing(clips):
    assert shared_video(clips["door"], clips["original"]) == ()
    assert shared_video(clips["door"], clips["logo"]) == ()


def words(samples):
    printer = Chromaprint()
    printer.feed(samples)
    return printer.finish()


def wav(samples, rate):
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    file.seek(0)
    return file


def heard(file, media_type):
    chunks = [one.samples for one in decode(file, media_type, DecodeOptions()) if isinstance(one, SoundChunk)]
    return np.concatenate(chunks)


def speech(test_media, reader):
    paths = sorted((test_media / "audio" / "librispeech" / reader).glob("*.flac"))
    parts = []
    for path in paths:
        with path.open("rb") as file:
            parts.append(heard(file, MediaType.FLAC))
    return np.concatenate(parts)


def test_speech_is_found_again_under_noise_and_inside_other_speech(test_media):
    reader, other = speech(test_media, "1688"), speech(test_media, "3331")
    noise = np.random.default_rng(1).normal(0, 0.05 * np.abs(reader).std(), len(reader))
    (found,) = shared_sound(words(reader), words((reader + noise).astype(np.int16)))
    assert found.a_from_s == pytest.approx(found.b_from_s)
    piece = reader[4 * 11_025 : 14 * 11_025]
    mixed = np.concatenate((other[: 5 * 11_025], piece, other[5 * 11_025 :]))
    (found,) = shared_sound(words(reader), words(mixed))
    assert found.a_from_s == pytest.approx(4, abs=1)
    assert found.a_to_s == pytest.approx(14, abs=1.5)
    assert found.b_from_s == pytest.approx(5, abs=1)


def test_the_speech_of_different_readers_shares_nothing(test_media):
    readers = ["1688", "1998", "3331", "2033"]
    prints = {reader: words(speech(test_media, reader)) for reader in readers}
    for one in readers:
        for other in readers:
            if one < other:
                assert shared_sound(prints[one], prints[other]) == ()


def test_hums_of_one_frequency_share_nothing():
    seconds = np.arange(60 * 11_025) / 11_025
    hums = [
        np.int16(3000 * np.sin(2 * np.pi * 100 * seconds) + np.random.default_rng(seed).normal(0, 100, len(seconds)))
        for seed in (1, 2)
    ]
    assert shared_sound(words(hums[0]), words(hums[1])) == ()

"""Videos give the frame nearest to each tick and their sound, in one reading and with bounded memory."""

import io
import os
import tracemalloc
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tsunagu.domain.media import MediaFacts, MediaKind, MediaType, Refusal
from tsunagu.media.decoding import decode
from tsunagu.media.decoding.sampling import Shown, Ticks
from tsunagu.media.decoding.tags import container_tags
from tsunagu.media.messages import SOUND_RATE_HZ, DecodeOptions, Refused, SoundChunk
from tsunagu.media.picture import TimedPicture
from tsunagu.media.probe import probe

PLAIN = DecodeOptions()


def shade(number):
    """The grey of frame `number`: distinct for any 50 frames in a row."""
    return 20 + (number * 37 % 50) * 4


def film(
    container="mp4", codec="libx264", sound="aac", *, seconds=4, rate=25, size=(128, 96), pixels="yuv420p", **more
):
    """Frames of one grey each, beside a tone of 440 Hz."""
    item = io.BytesIO()
    with av.open(item, "w", format=container) as output:
        if codec:
            video = output.add_stream(codec, rate=rate, options=more.get("options", {"g": "30", "bf": "3"}))
            video.width, video.height = size
            video.pix_fmt = pixels
            video.codec_context.thread_count = 1
        if sound:
            heard = output.add_stream(sound, rate=more.get("rate_hz", 48_000))
            heard.codec_context.layout = "stereo"
        for number in range(int(seconds * rate) if codec else 0):
            picture = np.full((size[1], size[0], 3), shade(number), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            output.mux(video.encode(frame))
        if codec:
            output.mux(video.encode(None))
        if sound:
            rate_hz = more.get("rate_hz", 48_000)
            tone = np.sin(np.arange(int(seconds * rate_hz)) * 2 * np.pi * 440 / rate_hz) * 8000
            for at in range(0, len(tone), 1024):
                samples = np.repeat(tone[at : at + 1024].astype(np.int16), 2).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(samples, "s16", "stereo")
                frame.sample_rate, frame.pts, frame.time_base = rate_hz, at, Fraction(1, rate_hz)
                output.mux(heard.encode(frame))
            output.mux(heard.encode(None))
    return item.getvalue()


def parts_of(content, media_type, options=PLAIN):
    """Facts, timed pictures, joined sound and the refusal, if any."""
    facts, pictures, sound, refusal = None, [], [], None
    try:
        for message in decode(io.BytesIO(content), media_type, options):
            if isinstance(message, MediaFacts):
                assert facts is None
                facts = message
            elif isinstance(message, TimedPicture):
                pictures.append(message)
            else:
                assert isinstance(message, SoundChunk)
                assert message.samples.dtype == np.int16
                assert message.samples.ndim == 1
                assert 0 < len(message.samples) <= 6 * SOUND_RATE_HZ
                sound.append(message.samples)
    except Refused as refused:
        refusal = refused.refusal
    return facts, pictures, np.concatenate(sound) if sound else np.zeros(0, np.int16), refusal


def loudest_hz(samples):
    spectrum = np.abs(np.fft.rfft(samples.astype(float) * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * SOUND_RATE_HZ / len(samples))


@pytest.mark.parametrize(("media_type", "container", "codec", "sound"), [
    (MediaType.MP4, "mp4", "libx264", "aac"), (MediaType.MP4, "mp4", "libx265", None),
    (MediaType.MOV, "mov", "libx264", "aac"), (MediaType.MATROSKA, "matroska", "libx264", "flac"),
    (MediaType.WEBM, "webm", "libvpx-vp9", "libopus"), (MediaType.WEBM, "webm", "libvpx", "libopus"),
    (MediaType.AVI, "avi", "mpeg4", "libmp3lame"), (MediaType.MPEG_TS, "mpegts", "libx264", "aac"),
    (MediaType.MPEG_TS, "mpegts", "mpeg2video", "ac3"),
])  # fmt: skip
def test_every_container_gives_the_frames_of_each_second_and_the_sound(media_type, container, codec, sound):
    more = {"options": {"x265-params": "log-level=none"}} if codec == "libx265" else {}
    content = film(container, codec, sound, **more)
    assert probe(content[:4096]) is media_type
    facts, pictures, samples, refusal = parts_of(content, media_type)
    assert refusal is None
    assert (facts.width, facts.height) == (128, 96)
    assert facts.duration_s == pytest.approx(4, abs=0.25)
    assert len(facts.codecs) == (2 if sound else 1)
    assert [one.at_s for one in pictures] == pytest.approx([0, 1, 2, 3], abs=0.021)
    assert [one.frame for one in pictures] == [0, 25, 50, 75]
    for one in pictures:
        assert one.picture.luma.shape == (96, 128)
        assert np.abs(one.picture.luma.astype(int) - shade(one.frame)).mean() < 5
    if sound:
        assert len(samples) == pytest.approx(4 * SOUND_RATE_HZ, rel=0.03)
        assert loudest_hz(samples) == pytest.approx(440, abs=2)
        assert np.abs(samples[SOUND_RATE_HZ:-SOUND_RATE_HZ]).max() == pytest.approx(8000, rel=0.15)


@pytest.mark.parametrize(("media_type", "container", "sound"), [
    (MediaType.WAV, "wav", "pcm_s16le"), (MediaType.WAV, "wav", "pcm_f32le"), (MediaType.MP3, "mp3", "libmp3lame"),
    (MediaType.FLAC, "flac", "flac"), (MediaType.OGG, "ogg", "libopus"), (MediaType.OGG, "ogg", "flac"),
    (MediaType.AAC, "adts", "aac"), (MediaType.MP4, "mp4", "aac"),
])  # fmt: skip
def test_sound_files_give_mono_samples_at_the_one_rate(media_type, container, sound):
    content = film(container, None, sound)
    assert probe(content[:4096]) is media_type
    facts, pictures, samples, refusal = parts_of(content, media_type)
    assert refusal is None
    assert pictures == []
    assert (facts.width, facts.height, len(facts.codecs)) == (None, None, 1)
    assert len(samples) == pytest.approx(4 * SOUND_RATE_HZ, rel=0.03)
    assert loudest_hz(samples) == pytest.approx(440, abs=2)


def test_a_wave_file_at_the_one_rate_comes_out_bit_for_bit():
    samples = np.random.default_rng(1).integers(-30_000, 30_000, 5 * SOUND_RATE_HZ).astype(np.int16)
    item = io.BytesIO()
    with wave.open(item, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SOUND_RATE_HZ)
        out.writeframes(samples.tobytes())
    assert np.array_equal(parts_of(item.getvalue(), MediaType.WAV)[2], samples)


@pytest.mark.parametrize(("frames_per_s", "expected"), [(0.5, [0, 50]), (2, [0, 12, 25, 37, 50, 62, 75, 87])])
def test_the_rate_of_ticks_is_an_option(frames_per_s, expected):
    _, pictures, _, _ = parts_of(film(sound=None), MediaType.MP4, DecodeOptions(frames_per_s=frames_per_s))
    assert [one.frame for one in pictures] == pytest.approx(expected, abs=1)


def test_more_ticks_than_frames_give_every_frame_once():
    _, pictures, _, _ = parts_of(film(sound=None, seconds=2), MediaType.MP4, DecodeOptions(frames_per_s=60))
    assert [one.frame for one in pictures] == list(range(50))


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=60),
    st.sampled_from([0.5, 1.0, 2.0, 10.0]),
)
def test_ticks_take_the_nearest_frame_by_definition(gaps, frames_per_s):
    times = [sum(gaps[:n]) / 100 - gaps[0] / 100 for n in range(1, len(gaps) + 1)]
    ticks = Ticks(frames_per_s)
    taken = [shown.number for n, at_s in enumerate(times) for shown in ticks.take(Shown(at_s, n, None))]
    marks = [n / frames_per_s for n in range(int(times[-1] * frames_per_s + 1e-6) + 1)]
    distances = [min(abs(at_s - mark) for at_s in times) for mark in marks]
    assert taken == sorted(set(taken))
    for mark, distance in zip(marks, distances, strict=True):
        assert min(abs(times[n] - mark) for n in taken) == pytest.approx(distance, abs=1e-6)
    assert len(taken) <= len(marks)


def test_skipping_what_nothing_needs_changes_neither_frames_nor_times(monkeypatch):
    content = film(sound=None, seconds=6, options={"g": "100", "bf": "3", "b-pyramid": "none"})
    skipping = parts_of(content, MediaType.MP4)[1]
    monkeypatch.setattr(Ticks, "is_near", lambda *_: True)
    whole = parts_of(content, MediaType.MP4)[1]
    assert [(one.at_s, one.frame) for one in skipping] == [(one.at_s, one.frame) for one in whole]
    for one, other in zip(skipping, whole, strict=True):
        assert np.array_equal(one.picture.luma, other.picture.luma)


@pytest.mark.parametrize(("codec", "pixels"), [
    ("libx264", "yuv420p"), ("libx264", "yuvj420p"), ("libx264", "yuv420p10le"),
    ("libx264", "yuv444p"), ("libx264", "nv12"), ("ffv1", "gray"),
    ("mjpeg", "yuvj420p"), ("ffv1", "bgra"), ("ffv1", "yuv422p16le"),
])  # fmt: skip
def test_luma_is_full_range_whatever_the_pixel_format(codec, pixels):
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 64, axis=0).repeat(3, axis=2)
    item = io.BytesIO()
    with av.open(item, "w", format="matroska") as output:
        video = output.add_stream(codec, rate=25, options={"qp": "1"} if codec == "libx264" else {})
        video.width, video.height, video.pix_fmt = 256, 64, pixels
        video.codec_context.thread_count = 1
        frame = av.VideoFrame.from_ndarray(ramp, "rgb24")
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        output.mux(video.encode(frame))
        output.mux(video.encode(None))
    _, pictures, _, _ = parts_of(item.getvalue(), MediaType.MATROSKA)
    with av.open(io.BytesIO(item.getvalue())) as again:
        oracle = np.asarray(next(again.decode(video=0)).to_image().convert("L"), int)
    assert np.abs(pictures[0].picture.luma - oracle).max() <= 3
    assert np.abs(pictures[0].picture.luma - ramp[..., 0].astype(int)).max() <= 4


def test_large_frames_are_reduced_by_block_means():
    _, pictures, _, _ = parts_of(film(sound=None, seconds=1, size=(1280, 720)), MediaType.MP4)
    picture = pictures[0].picture
    assert (picture.width, picture.height, picture.scale) == (1280, 720, 2)
    assert picture.luma.shape == (360, 640)


def test_covers_are_no_video():
    cover = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(cover, "JPEG")
    item = io.BytesIO()
    with av.open(item, "w", format="mp3") as output:
        heard = output.add_stream("libmp3lame", rate=44_100)
        picture = output.add_stream("mjpeg", rate=1)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuvj420p"
        picture.disposition = av.stream.Disposition.attached_pic
        packet = av.Packet(cover.getvalue())
        packet.stream, packet.pts, packet.dts = picture, 0, 0
        output.start_encoding()
        output.mux(packet)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2 * 44_100), np.int16), "s16", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = 44_100, 0, Fraction(1, 44_100)
        output.mux(heard.encode(frame))
        output.mux(heard.encode(None))
    facts, pictures, samples, refusal = parts_of(item.getvalue(), MediaType.MP3)
    assert (facts.width, facts.codecs, pictures, refusal) == (None, ("mp3",), [], None)
    assert len(samples) > SOUND_RATE_HZ // 2


def test_a_duration_beyond_the_bound_is_refused_from_the_header():
    for content, media_type in ((film(), MediaType.MP4), (film("wav", None, "pcm_s16le"), MediaType.WAV)):
        facts, pictures, samples, refusal = parts_of(content, media_type, DecodeOptions(max_duration_s=3))
        assert (facts, pictures, len(samples), refusal) == (None, [], 0, Refusal.TOO_LONG)


@pytest.mark.parametrize("sound", [None, "pcm_s16le"])
def test_a_header_that_lies_does_not_help_an_endless_stream(sound):
    content = bytearray(film("matroska", None if sound else "libx264", sound))
    at = content.index(b"\x44\x89\x88") + 3
    content[at : at + 8] = np.array([500.0], ">f8").tobytes()
    facts, pictures, _, refusal = parts_of(bytes(content), MediaType.MATROSKA, DecodeOptions(max_duration_s=2))
    assert facts.duration_s == pytest.approx(0.5)
    assert refusal is Refusal.TOO_LONG
    assert len(pictures) <= 3


def test_too_many_pixels_are_refused_from_the_header():
    _, pictures, _, refusal = parts_of(film(), MediaType.MP4, DecodeOptions(max_pixels=128 * 96 - 1))
    assert (pictures, refusal) == ([], Refusal.TOO_MANY_PIXELS)


@pytest.mark.parametrize(("media_type", "container"), [
    (MediaType.MATROSKA, "matroska"), (MediaType.AVI, "avi"), (MediaType.MP4, "mp4"),
])  # fmt: skip
def test_a_cut_film_gives_what_is_there_and_is_damaged(media_type, container):
    options = {"movflags": "faststart"} if container == "mp4" else {}
    content = film(container, "mpeg4" if container == "avi" else "libx264", None, seconds=8)
    if options:
        item = io.BytesIO()
        with av.open(io.BytesIO(content)) as source, av.open(item, "w", format="mp4", options={
            "movflags": "empty_moov+frag_keyframe"
        }) as output:  # fmt: skip
            track = output.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = track
                    output.mux(packet)
        content = item.getvalue()
    _, pictures, _, refusal = parts_of(content[: len(content) // 2], media_type)
    assert len(pictures) >= 2
    assert pictures[0].frame == 0
    assert refusal is Refusal.DAMAGED


def test_nothing_but_a_beginning_is_damaged():
    for media_type, container, codec, sound in (
        (MediaType.MP4, "mp4", "libx264", "aac"), (MediaType.FLAC, "flac", None, "flac"),
    ):  # fmt: skip
        content = film(container, codec, sound)
        assert parts_of(content[:40], media_type)[3] in {Refusal.DAMAGED, Refusal.UNKNOWN_TYPE}


def test_memory_does_not_grow_with_the_duration():
    def peak(seconds):
        content = film(seconds=seconds, size=(64, 48))
        file = io.BytesIO(content)
        tracemalloc.start()
        for _ in decode(file, MediaType.MP4, PLAIN):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    assert peak(32) < peak(8) + 100_000


def test_tags_of_the_container_come_under_the_keys_of_pictures():
    tags = container_tags({
        "com.apple.quicktime.location.ISO6709": "+32.0929+034.8620+014.000/",
        "com.apple.quicktime.make": "Apple\0",
        "creation_time": "2019-07-24T08:25:40Z",
        "comment": "not asked for",
    })  # fmt: skip
    assert tags == {"position": "32.092900, 34.862000", "camera_make": "Apple", "taken_at": "2019-07-24T08:25:40Z"}
    assert container_tags({"location": "somewhere"}) == {}


@pytest.mark.skipif("TSUNAGU_TEST_MEDIA" not in os.environ, reason="needs real media")
def test_real_videos_and_sounds_all_decode():
    count = 0
    for path in sorted(Path(os.environ["TSUNAGU_TEST_MEDIA"]).rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        media_type = probe(content[:4096])
        if media_type is None or media_type.kind not in {MediaKind.VIDEO, MediaKind.SOUND}:
            continue
        count += 1
        facts, pictures, samples, refusal = parts_of(content, media_type)
        assert refusal is None, path.name
        assert len(samples) / SOUND_RATE_HZ == pytest.approx(facts.duration_s, abs=0.3), path.name
        if media_type.kind is MediaKind.VIDEO:
            assert abs(len(pictures) - facts.duration_s) < 1.1, path.name
            assert all(abs(one.at_s - n) < 0.05 for n, one in enumerate(pictures)), path.name
        if path.name == "with-gps.mov":
            assert {one.picture.orientation for one in pictures} == {6}
    assert count > 30

import hashlib
import json
import shutil
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import SoundKind
from tsunagu.fingerprints.chromaprint import SAMPLE_RATE_HZ, Chromaprint

needs_fpcalc = pytest.mark.skipif(shutil.which("fpcalc") is None, reason="fpcalc is not installed")


def tune(seconds: float, *, loudness: int = 8000) -> np.ndarray:
    """A tune of half-second notes, drawn by code with whole numbers only: the same on every machine."""
    at = np.arange(int(seconds * SAMPLE_RATE_HZ))
    note = at * 2 // SAMPLE_RATE_HZ
    pitch_hz = np.array([220, 330, 262, 440, 294, 523, 392, 660, 247])[(note * note + 3 * note) % 9]
    saw = (at * pitch_hz) % SAMPLE_RATE_HZ * 2 - SAMPLE_RATE_HZ
    return (saw * loudness // SAMPLE_RATE_HZ).astype(np.int16)


def noise(seconds: float) -> np.ndarray:
    stream = hashlib.shake_128(b"noise").digest(2 * int(seconds * SAMPLE_RATE_HZ))
    return np.frombuffer(stream, "<i2").astype(np.int16)


def with_gap(seconds: float) -> np.ndarray:
    sound = tune(seconds)
    sound[len(sound) // 3 : 2 * len(sound) // 3] = 0
    return sound


def words(sound: np.ndarray, *, piece: int = 10**9) -> tuple[int, ...]:
    one = Chromaprint()
    for start in range(0, len(sound), piece):
        one.feed(sound[start : start + piece])
    return one.finish().words


def fpcalc(folder: Path, sound: np.ndarray) -> tuple[int, ...]:
    path = folder / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(sound.tobytes())
    # Its exit status says "end of file" with some versions of its decoder; what it prints is whole.
    done = subprocess.run(["fpcalc", "-raw", "-length", "0", "-json", path], capture_output=True, check=False)
    return tuple(json.loads(done.stdout)["fingerprint"])


@needs_fpcalc
@pytest.mark.parametrize(
    "sound",
    [tune(40), tune(20, loudness=2), noise(20), with_gap(30), np.zeros(150_000, np.int16), tune(2.73), tune(2.9)],
    ids=["tune", "faint", "noise", "gap", "silence", "one-word", "two-words"],
)
def test_the_words_are_those_of_fpcalc(tmp_path: Path, sound: np.ndarray) -> None:
    ours, theirs = words(sound), fpcalc(tmp_path, sound)
    assert len(ours) == len(theirs) > 0
    apart = sum((one ^ other).bit_count() for one, other in zip(ours, theirs, strict=True))
    assert apart <= 0.005 * 32 * len(ours)


# What fpcalc 1.5.1 printed for these sounds.
GOLDEN = {
    tune: """3758463084 3758545004 3759601772 3759598956 3780538223 3783753566 3817093454 3804510542 3791919438
        3791919438 1648769902 1652959854 1669738095 1636269677 1620377180""",
    with_gap: """3825572076 3842398444 4010949100 1729243628 1712466924 577977052 582041119 548748927 548746879
        547831391 548158287 548202823 548177927 556382327 557430903""",
    noise: """3581760887 3615315319 3615324023 3749574485 3749573973 3749573973 3749573973 3716011349 3716150781
        3715888637 3749443071 3615479807 3615348735 3615348735 4152219647""",
}


@pytest.mark.parametrize("drawn", GOLDEN, ids=lambda drawn: drawn.__name__)
def test_without_fpcalc_the_words_are_those_it_printed_once(drawn: Callable[[float], np.ndarray]) -> None:
    assert words(drawn(4.5)) == tuple(map(int, GOLDEN[drawn].split()))


@settings(deadline=None, max_examples=20)
@given(pieces=st.lists(st.integers(0, 40_000), max_size=8))
def test_how_the_sound_is_cut_into_pieces_changes_nothing(pieces: list[int]) -> None:
    sound = tune(12)
    one = Chromaprint()
    at = 0
    for length in [*pieces, len(sound)]:
        one.feed(sound[at : at + length])
        at += length
    assert one.finish().words == words(sound)


@pytest.mark.parametrize(("samples", "count"), [(0, 0), (30_030, 0), (30_031, 1), (31_395, 1), (31_396, 2)])
def test_a_word_needs_the_kinds_span_and_each_further_one_a_step(samples: int, count: int) -> None:
    assert len(words(tune(4)[:samples])) == count
    span, step = (round(one * SAMPLE_RATE_HZ) for one in (SoundKind.CHROMAPRINT.span_s, SoundKind.CHROMAPRINT.step_s))
    assert count == max(0, (samples - span) // step + 1)


def test_loudness_hardly_changes_the_words() -> None:
    loud, low = words(tune(20)), words(tune(20, loudness=1000))
    apart = sum((one ^ other).bit_count() for one, other in zip(loud, low, strict=True))
    assert apart < 0.03 * 32 * len(loud)


def test_what_is_kept_between_pieces_does_not_grow() -> None:
    one = Chromaprint()
    kept = set()
    for _ in range(6):
        one.feed(tune(30))
        kept.add((one._sound.nbytes <= 2 * 4096, one._chroma.shape, one._rows.shape))
        assert all(array.base is None for array in (one._sound, one._chroma, one._rows))
    assert kept == {(True, (4, 12), (15, 12))}


def test_finish_tells_the_kind_and_may_be_asked_again() -> None:
    one = Chromaprint()
    one.feed(tune(5))
    first = one.finish()
    assert first.kind is SoundKind.CHROMAPRINT
    assert one.finish() == first
    assert all(0 <= word < 2**32 for word in first.words)


@pytest.mark.parametrize("wrong", [np.zeros((2, 10), np.int16), np.zeros(10, np.float32), np.zeros(10, np.int32)])
def test_sound_of_another_shape_or_type_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(InputError):
        Chromaprint().feed(wrong)
